from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from crispy_forms.bootstrap import InlineRadios
from crispy_forms.layout import HTML, Column, Div, Fieldset, Layout, Row, Submit
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.closed_days import ClosedDays
from committees.forms.rows import DeedForm
from committees.models import Committee, PollAnswer, PollParticipant, PollSlot
from committees.services.polls import MAX_SLOTS, MIN_SLOTS
from core.errors import DomainError
from core.localtime import local_instant
from core.sheets import ClockInput, DayInput
from core.templatetags.formats import long_moment

SHOWN_SLOTS = 5


class PollForm(DeedForm):
    """Two to ten slots to propose. A row without a day is no slot."""

    public_id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Objet"), max_length=200, required=False)
    duration_minutes = forms.IntegerField(label=_("Durée (minutes)"), min_value=5, max_value=1440)
    place = forms.CharField(label=_("Lieu"), max_length=200, required=False)
    video_url = forms.URLField(label=_("Lien de visioconférence"), required=False, assume_scheme="https")
    message = forms.CharField(
        label=_("Mot d’accompagnement"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Placé dans le message que chaque membre reçoit."),
    )
    accepts_closed_days = forms.BooleanField(
        label=_("Proposer aussi des jours fériés ou sans réunion"), required=False
    )

    def __init__(self, *args: Any, committee: Committee, closed: ClosedDays, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **kwargs.get("initial", {}),
            "duration_minutes": committee.default_minutes,
            "place": committee.default_place,
            "video_url": committee.default_video_url,
        }
        super().__init__(*args, **kwargs)
        self.zone, self.closed = committee.candidacy.zone, closed
        self.slots: list[datetime] = []
        for rank in range(1, MAX_SLOTS + 1):
            self.fields[f"day_{rank}"] = forms.DateField(
                label=_t("Créneau %(rank)d, jour") % {"rank": rank}, required=False, widget=DayInput
            )
            self.fields[f"at_{rank}"] = forms.TimeField(
                label=_t("Créneau %(rank)d, heure") % {"rank": rank}, required=False, widget=ClockInput
            )
        self.fields["title"].help_text = _t("Vide\u00a0: «\u00a0%(acronym)s du…\u00a0».") % {
            "acronym": committee.acronym
        }
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        rows = [
            Row(Column(f"day_{rank}", css_class="col-7"), Column(f"at_{rank}", css_class="col-5"))
            for rank in range(1, MAX_SLOTS + 1)
        ]
        is_open = (
            " open" if any(self.data.get(f"day_{n}") for n in range(SHOWN_SLOTS + 1, MAX_SLOTS + 1)) else ""
        )
        more = _t("Proposer plus de cinq créneaux")
        return Layout(
            "public_id",
            Fieldset(
                _t("Les créneaux"),
                *rows[:SHOWN_SLOTS],
                HTML(f"<details class='poll-more'{is_open}><summary>{more}</summary>"),
                *rows[SHOWN_SLOTS:],
                HTML("</details>"),
                "accepts_closed_days",
            ),
            Fieldset(
                _t("La réunion"),
                "title",
                Row(Column("place", css_class="col-sm-8"), Column("duration_minutes", css_class="col-sm-4")),
                "video_url",
                "message",
            ),
            Submit("save", _t("Envoyer le sondage")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for rank in range(1, MAX_SLOTS + 1):
            self._read_slot(cleaned, f"day_{rank}", f"at_{rank}")
        if not self.errors and len(self.slots) < MIN_SLOTS:
            self.add_error(None, _t("Proposez au moins deux créneaux."))
        return cleaned

    def _read_slot(self, cleaned: Mapping[str, Any], day_name: str, at_name: str) -> None:
        day, at = cleaned.get(day_name), cleaned.get(at_name)
        if not day or day_name in self.errors or at_name in self.errors:
            return
        if at is None:
            self.add_error(at_name, _t("Indiquez l’heure."))
            return
        try:
            starts_at = local_instant(day, at, self.zone)
        except DomainError as error:
            self.add_error(at_name, str(error))
            return
        reason = self.closed.reason(day)
        if starts_at <= timezone.now():
            self.add_error(day_name, _t("Ce créneau est passé."))
        elif starts_at in self.slots:
            self.add_error(day_name, _t("Ce créneau est proposé deux fois."))
        elif reason and not cleaned.get("accepts_closed_days"):
            said = _t(
                "Ce jour-là\u00a0: %(reason)s. Choisissez-en un autre, ou cochez la case sous les créneaux."
            )
            self.add_error(day_name, said % {"reason": reason})
        self.slots.append(starts_at)

    @property
    def values(self) -> dict[str, Any]:
        names = ("public_id", "title", "duration_minutes", "place", "video_url", "message")
        return {name: self.cleaned_data[name] for name in names}


class PollAnswerForm(DeedForm):
    """One choice for each slot, and a word."""

    comment = forms.CharField(
        label=_("Un mot"), required=False, max_length=300, help_text=_("Facultatif\u00a0: lu par l’équipe.")
    )

    def __init__(
        self,
        *args: Any,
        participant: PollParticipant,
        slots: list[PollSlot],
        has_csrf: bool = True,
        **kwargs: Any,
    ) -> None:
        said = dict(participant.answers.values_list("slot", "value"))
        initial: dict[str, Any] = {_name(slot): said.get(slot.pk) for slot in slots}
        super().__init__(*args, initial={**initial, "comment": participant.comment}, **kwargs)
        self.slots = slots
        for slot in slots:
            self.fields[_name(slot)] = forms.ChoiceField(
                label=long_moment(slot.starts_at),
                choices=PollAnswer.Value.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _t("Répondez pour ce créneau.")},
            )
        self.helper.disable_csrf = not has_csrf
        self.helper.layout = Layout(
            *(Div(InlineRadios(_name(slot)), css_class="poll-answers__slot") for slot in slots),
            "comment",
            Submit("save", _t("Répondre")),
        )

    @property
    def said(self) -> dict[UUID, str]:
        return {slot.public_id: self.cleaned_data[_name(slot)] for slot in self.slots}


def _name(slot: PollSlot) -> str:
    return f"slot-{slot.public_id}"
