from typing import Any, ClassVar

from crispy_forms.bootstrap import StrictButton
from crispy_forms.layout import Column, Field, Layout, Row, Submit
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy
from committees.forms.rows import ContactField, RowForm
from committees.models import Action, Decision, Meeting
from committees.services.decisions import SETTLED
from committees.supersession import possible_successors, replaceable
from core.sheets import DayInput
from partners.models import Contact, ContactQuerySet


def _owners(candidacy: Candidacy) -> ContactQuerySet:
    contacts: ContactQuerySet = Contact.objects.filter(candidacy=candidacy)
    return contacts.select_related("organisation").order_by("last_name", "first_name", "pk")


def _offer_items(field: forms.Field, meeting: Meeting) -> None:
    field.queryset = meeting.agenda_items.all()  # type: ignore[attr-defined]  # a model field
    field.to_field_name = "public_id"  # type: ignore[attr-defined]  # likewise
    field.empty_label = _t("Aucun en particulier")  # type: ignore[attr-defined]  # likewise


class _DecisionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, decision: Decision) -> str:
        return f"{decision.number} – {decision.wording[:80]}"


class DecisionForm(RowForm):
    owner = ContactField(required=False)
    superseded_by = _DecisionField(
        label=_("Remplacée par"),
        queryset=Decision.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Aucune autre"),
    )
    replaces = _DecisionField(
        label=_("Remplace la décision"),
        queryset=Decision.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Aucune"),
        help_text=_("Elle ne sera plus à appliquer, et dira par quelle décision elle est remplacée."),
    )

    class Meta:
        model = Decision
        fields = ["wording", "agenda_item", "owner", "due_on", "status", "status_note", "superseded_by"]
        widgets = {"wording": forms.Textarea(attrs={"rows": 4}), "due_on": DayInput}
        help_texts = {
            "wording": _("Une phrase au présent\u00a0: «\u00a0Le comité retient…\u00a0»."),
            "status_note": _(
                "Obligatoire pour une décision abandonnée, ou remplacée sans que celle qui la remplace soit nommée."
            ),
        }

    def __init__(self, *args: Any, meeting: Meeting, row: Decision | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["owner"].queryset = _owners(meeting.committee.candidacy)  # type: ignore[attr-defined]  # a model field
        _offer_items(self.fields["agenda_item"], meeting)
        follow: list[Any] = []
        if row is None:
            del self.fields["status"], self.fields["status_note"], self.fields["superseded_by"]
            self.fields["replaces"].queryset = replaceable(meeting)  # type: ignore[attr-defined]  # likewise
            follow = ["replaces"]
        else:
            del self.fields["replaces"]
            self._settle(meeting)
            self.fields["superseded_by"].queryset = possible_successors(row)  # type: ignore[attr-defined]  # likewise
            follow = [
                Row(Column("status", css_class="col-sm-4"), Column("status_note", css_class="col-sm-8")),
                "superseded_by",
            ]
        self.helper.layout = Layout(
            *self.hidden_names,
            "wording",
            "agenda_item",
            Row(Column("owner", css_class="col-sm-8"), Column("due_on", css_class="col-sm-4")),
            *follow,
            Submit("save", _t("Enregistrer")),
        )

    def _settle(self, meeting: Meeting) -> None:
        """Close what approved minutes say; a page older than the approval still sends it, and is told by the service."""
        if not meeting.has_approved_minutes:
            return
        for name in SETTLED:
            self.fields[name].disabled = name not in self.data
        self.fields["wording"].help_text = _t(
            "Le compte rendu est approuvé\u00a0: le texte et le point ne changent plus. Une réunion suivante les rectifie, "
            "ou prend une décision qui remplace celle-ci."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        explained = {Decision.Status.SUPERSEDED, Decision.Status.ABANDONED}
        says_why = cleaned.get("status_note") or cleaned.get("superseded_by")
        if cleaned.get("status") in explained and not says_why:
            self.add_error(
                "status_note",
                _t("Dites par quoi la décision est remplacée, ou pourquoi elle est abandonnée."),
            )
        return cleaned


class ActionForm(RowForm):
    owner = ContactField(required=False)
    decision = _DecisionField(
        label=_("Décision"),
        queryset=Decision.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Aucune en particulier"),
    )

    class Meta:
        model = Action
        fields = ["title", "owner", "due_on", "decision", "agenda_item", "status", "proof"]
        widgets = {"due_on": DayInput}
        help_texts = {
            "agenda_item": _("Ce qui naît d’un point confidentiel reste réservé, comme lui."),
            "title": _("Un verbe et son objet\u00a0: «\u00a0Demander la lettre de soutien…\u00a0»."),
        }

    def __init__(
        self,
        *args: Any,
        candidacy: Candidacy,
        meeting: Meeting | None = None,
        row: Action | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["owner"].queryset = _owners(candidacy)  # type: ignore[attr-defined]  # a model field
        decisions = Decision.objects.filter(candidacy=candidacy).order_by("-meeting__starts_at", "pk")
        if meeting is not None:
            decisions = decisions.filter(meeting=meeting)
        self.fields["decision"].queryset = decisions  # type: ignore[attr-defined]  # a model field
        born_at = row.meeting if row else meeting
        if born_at is None:
            del self.fields["agenda_item"]
        else:
            _offer_items(self.fields["agenda_item"], born_at)
        follow: list[Any] = []
        if row is None:
            del self.fields["status"], self.fields["proof"]
        else:
            follow = [Row(Column("status", css_class="col-sm-4"), Column("proof", css_class="col-sm-8"))]
        self.helper.layout = Layout(
            *self.hidden_names,
            "title",
            Row(Column("owner", css_class="col-sm-8"), Column("due_on", css_class="col-sm-4")),
            "decision",
            *(["agenda_item"] if born_at else []),
            *follow,
            Submit("save", _t("Enregistrer")),
        )


class _QuickForm(RowForm):
    """The line under a list: what is asked for most, sent to the page that asks for the rest."""

    button: ClassVar[Promise]

    def __init__(self, *, action: str) -> None:
        super().__init__(auto_id=f"quick-{self._meta.model.__name__.lower()}-%s")
        self.helper.form_action = action
        self.helper.form_class = "quick"
        self.helper.label_class = "quick__label"
        self.helper.layout = Layout(
            *self.hidden_names,
            *(Field(name, template="bootstrap5/plain_field.html") for name in self.names),
            StrictButton(str(self.button), type="submit", css_class="btn-primary"),
        )


class QuickDecisionForm(_QuickForm):
    button = _("Consigner")

    class Meta:
        model = Decision
        fields = ["wording"]
        labels = {"wording": _("Nouvelle décision")}
        widgets = {
            "wording": forms.Textarea(
                attrs={"rows": 2, "class": "quick__text", "placeholder": _("Le comité retient…")}
            )
        }


class QuickActionForm(_QuickForm):
    button = _("Ajouter")

    class Meta:
        model = Action
        fields = ["title", "due_on"]
        labels = {"title": _("Nouvelle action"), "due_on": _("Échéance")}
        widgets = {
            "title": forms.TextInput(
                attrs={"class": "quick__text", "placeholder": _("Demander, écrire, réunir…")}
            ),
            "due_on": DayInput(attrs={"class": "quick__day"}),
        }


class ReportForm(RowForm):
    """What the owner of an action says of it."""

    class Meta:
        model = Action
        fields = ["status", "proof"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("revision", "status", "proof", Submit("save", _t("Rendre compte")))
