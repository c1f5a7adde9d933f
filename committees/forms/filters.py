"""What the lists can be narrowed and sorted by. The address carries it, so the names are French and short."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import is_staff
from committees.models import Action, Decision, Meeting
from committees.models.followup import ActionQuerySet, DecisionQuerySet
from committees.models.meeting import MeetingQuerySet
from committees.permissions import can_read_committees
from core.filters import ChoiceFilter, SortedFilterForm, TickFilter, WordsFilter
from core.search import fold


class _ListFilterForm(SortedFilterForm):
    comite = ChoiceFilter(label=_("Comité"))

    def __init__(self, *args: Any, candidacy: Candidacy, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        committees = _committees(candidacy, reader)
        if committees is None:
            del self.fields["comite"]
            self.fields.pop("manque", None)  # what they read is theirs, and they do not date it
        else:
            self.fields["comite"].choices = [("", _t("Tous")), *committees]  # type: ignore[attr-defined]  # a choice field

    def in_words(self) -> list[str]:
        """Say what the list is narrowed to, for whoever reads it without the bar."""
        said = []
        for name, value in self.asked.items():
            field = self.fields[name]
            if name == "tri" or not value:
                continue
            if isinstance(field, TickFilter):
                said.append(str(field.label))
            else:
                shown = dict(getattr(field, "choices", ())).get(value, value)
                said.append(f"{field.label} : {shown}")
        return said


def _committees(candidacy: Candidacy, reader: User) -> list[tuple[str, str]] | None:
    """Return the committees to choose from, by public identifier; None for those who read of no committee."""
    if not can_read_committees(reader, candidacy):
        return None
    committees = candidacy.committees.all()
    if not is_staff(reader, candidacy):
        committees = committees.visible_to(reader)
    return [
        (str(key), acronym)
        for key, acronym in committees.order_by("acronym").values_list("public_id", "acronym")
    ]


class MeetingFilterForm(_ListFilterForm):
    quand = ChoiceFilter(
        label=_("Période"),
        choices=[("", _("À venir")), ("passees", _("Passées")), ("toutes", _("Toutes"))],
    )
    etat = ChoiceFilter(label=_("État"), choices=[("", _("Tous")), *Meeting.Status.choices])
    miennes = TickFilter(label=_("Où je suis invité·e"))

    usual_sort = "date"
    orders: ClassVar = {
        "date": (F("starts_at").asc(),),
        "comite": (F("committee__acronym").asc(), F("starts_at").asc()),
        "etat": (F("status").asc(), F("starts_at").asc()),
    }

    @property
    def sort(self) -> str:
        """What is past reads from the latest on."""
        if self.asked.get("quand") == "passees" and not self.asked.get("tri"):
            return "-date"
        return super().sort

    def narrow(self, meetings: MeetingQuerySet, *, user: User, now: datetime) -> MeetingQuerySet:
        asked = self.asked
        if asked.get("comite"):
            meetings = meetings.filter(committee__public_id=asked["comite"])
        if asked.get("etat"):
            meetings = meetings.filter(status=asked["etat"])
        if asked.get("miennes"):
            meetings = meetings.inviting(user)
        if asked.get("quand") == "passees":
            meetings = meetings.past(now)
        elif asked.get("quand") != "toutes":
            meetings = meetings.upcoming(now)
        return meetings.order_by(*self.ordering())


class DecisionFilterForm(_ListFilterForm):
    etat = ChoiceFilter(label=_("État"), choices=[("", _("Tous")), *Decision.Status.choices])
    q = WordsFilter(label=_("Mots"), max_length=100)
    retard = TickFilter(label=_("En retard"))
    manque = TickFilter(label=_("Sans responsable ou sans échéance"))

    usual_sort = "-date"
    orders: ClassVar = {
        "date": (F("meeting__starts_at").asc(), F("pk").asc()),
        "echeance": (F("due_on").asc(nulls_last=True),),
        "etat": (F("status").asc(), F("due_on").asc(nulls_last=True)),
        "responsable": (F("owner__last_name").asc(nulls_last=True),),
    }

    def narrow(self, decisions: DecisionQuerySet, *, today: date) -> DecisionQuerySet:
        asked = self.asked
        if asked.get("comite"):
            decisions = decisions.filter(meeting__committee__public_id=asked["comite"])
        if asked.get("etat"):
            decisions = decisions.filter(status=asked["etat"])
        if asked.get("retard"):
            decisions = decisions.overdue(today)
        if asked.get("manque"):
            decisions = decisions.incomplete()
        if asked.get("q"):
            decisions = decisions.filter(Q(wording__icontains=asked["q"]) | Q(number__icontains=asked["q"]))
        return decisions.order_by(*self.ordering())


class ActionFilterForm(_ListFilterForm):
    etat = ChoiceFilter(
        label=_("État"),
        choices=[("", _("Ouvertes")), ("toutes", _("Toutes")), *Action.Status.choices],
    )
    q = WordsFilter(label=_("Mots"), max_length=100)
    retard = TickFilter(label=_("En retard"))
    manque = TickFilter(label=_("Sans responsable ou sans échéance"))

    usual_sort = "echeance"
    orders: ClassVar = {
        "echeance": (F("due_on").asc(nulls_last=True),),
        "action": (F("title").asc(),),
        "etat": (F("status").asc(), F("due_on").asc(nulls_last=True)),
        "responsable": (F("owner__last_name").asc(nulls_last=True), F("owner__first_name").asc()),
    }

    def narrow(self, actions: ActionQuerySet, *, today: date) -> ActionQuerySet:
        asked = self.asked
        if asked.get("comite"):
            actions = actions.of_committee(UUID(asked["comite"]))
        if asked.get("retard"):
            actions = actions.overdue(today)
        if asked.get("manque"):
            actions = actions.incomplete()
        if not asked.get("etat"):
            actions = actions.open()
        elif asked["etat"] != "toutes":
            actions = actions.filter(status=asked["etat"])
        if asked.get("q"):
            words = asked["q"]
            actions = actions.filter(
                Q(title__icontains=words)
                | Q(owner__last_name__icontains=words)
                | Q(owner__organisation__search_text__contains=fold(words))
            )
        return actions.order_by(*self.ordering())
