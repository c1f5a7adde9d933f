from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.forms.rows import DeedForm, RowForm
from committees.models import AgendaItem, Committee, Invitation, Meeting, TemplateItem
from committees.models.agenda import AgendaPoint
from core.errors import DomainError
from core.localtime import local_instant
from core.sheets import ClockInput, DayInput
from core.templatetags.formats import short_date
from partners.models import Contact, ContactQuerySet

AFTERNOON = time(14)


class _MomentForm(RowForm):
    """A day and an hour on the candidacy's clock, handed on as the instant ``starts_at``."""

    day = forms.DateField(label=_("Jour"), widget=DayInput)
    at = forms.TimeField(label=_("Heure"), widget=ClockInput)

    zone: ZoneInfo

    def read(self, row: Model) -> dict[str, Any]:
        meeting = cast("Meeting", row)
        local = meeting.starts_at.astimezone(self.zone)
        moment = {"day": local.date(), "at": local.time().replace(second=0, microsecond=0)}
        return {**super().read(row), **moment}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("day") and cleaned.get("at"):
            try:
                cleaned["starts_at"] = local_instant(cleaned["day"], cleaned["at"], self.zone)
            except DomainError as error:
                self.add_error("at", str(error))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in {"day", "at"}}


class MeetingForm(_MomentForm):
    video_url = forms.URLField(label=_("Lien de visioconférence"), required=False, assume_scheme="https")

    class Meta:
        model = Meeting
        fields = ["title", "duration_minutes", "place", "video_url", "introduction"]
        widgets = {"introduction": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"introduction": _("Placé en tête de la convocation.")}

    def __init__(
        self, *args: Any, committee: Committee, today: date, row: Meeting | None = None, **kwargs: Any
    ) -> None:
        self.zone = committee.candidacy.zone
        if row is None:
            kwargs["initial"] = {
                "at": AFTERNOON,
                "duration_minutes": committee.default_minutes,
                "place": committee.default_place,
                "video_url": committee.default_video_url,
            }
        super().__init__(*args, row=row, **kwargs)
        self.fields["title"].required = False
        self.fields["title"].help_text = _t("Vide\u00a0: «\u00a0%(acronym)s du…\u00a0».") % {
            "acronym": committee.acronym
        }
        if row is None or row.is_draft:
            earliest = today + timedelta(days=committee.notice_days)
            self.fields["day"].help_text = _t(
                "Délai du comité\u00a0: %(days)d jours. Convoquée aujourd’hui, au plus tôt le %(day)s."
            ) % {"days": committee.notice_days, "day": short_date(earliest)}
        self.helper.layout = Layout(
            *self.hidden_names,
            "title",
            Row(
                Column("day", css_class="col-sm-5"),
                Column("at", css_class="col-6 col-sm-3"),
                Column("duration_minutes", css_class="col-6 col-sm-4"),
            ),
            Row(Column("place", css_class="col-sm-6"), Column("video_url", css_class="col-sm-6")),
            "introduction",
            Submit("save", _t("Enregistrer")),
        )


class MeetingMoveForm(_MomentForm):
    class Meta:
        model = Meeting
        fields = ["duration_minutes", "place"]

    def __init__(self, *args: Any, row: Meeting, **kwargs: Any) -> None:
        self.zone = row.committee.candidacy.zone
        super().__init__(*args, row=row, **kwargs)
        self.helper.layout = Layout(
            "revision",
            Row(
                Column("day", css_class="col-sm-5"),
                Column("at", css_class="col-6 col-sm-3"),
                Column("duration_minutes", css_class="col-6 col-sm-4"),
            ),
            "place",
            Submit("save", _t("Déplacer la réunion")),
        )


class CancelForm(DeedForm):
    reason = forms.CharField(
        label=_("Motif"), max_length=300, help_text=_("Une phrase, lue par les personnes convoquées.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "reason", Submit("save", _t("Annuler la réunion"), css_class="btn-danger")
        )


class _PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Contact.objects.none(), to_field_name="public_id", **kwargs)


class GuestsForm(forms.Form):
    """People to tick. The template prints them as a table: name, organisation, address."""

    guests = _PeopleField(error_messages={"required": _("Choisissez au moins une personne.")})

    def __init__(self, *args: Any, guests: ContactQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("guests", guests)

    def people(self, name: str, *, is_chosen: bool) -> list[tuple[Contact, bool]]:
        """Return whom ``name`` offers, each ticked as the person left it, or as ``is_chosen`` to begin with."""
        ticked = {str(value) for value in self[name].data or ()} if self.is_bound else None
        offered: ContactQuerySet = self.fields[name].queryset  # type: ignore[attr-defined]  # a model field
        return [
            (contact, is_chosen if ticked is None else str(contact.public_id) in ticked)
            for contact in offered
        ]

    def _offer(self, name: str, contacts: ContactQuerySet) -> None:
        self.fields[name].queryset = contacts  # type: ignore[attr-defined]  # a model field


class ConveneForm(GuestsForm):
    """Whom to convene: the members sitting that day, all ticked, and whoever else is invited."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    members = _PeopleField(required=False)
    guests = _PeopleField(required=False)

    def __init__(self, *args: Any, members: ContactQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("members", members)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        people = [*cleaned.get("members", ()), *cleaned.get("guests", ())]
        if not people and not self.errors:
            self.add_error(None, _t("Choisissez au moins une personne à convoquer."))
        return {**cleaned, "contacts": people}


class AgendaItemForm(RowForm):
    class Meta:
        model: type[AgendaPoint] = AgendaItem
        fields = ["title", "kind", "minutes", "rapporteur", "details"]
        widgets = {"details": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            *self.hidden_names,
            "title",
            Row(
                Column("kind", css_class="col-sm-4"),
                Column("minutes", css_class="col-sm-3"),
                Column("rapporteur", css_class="col-sm-5"),
            ),
            "details",
            Submit("save", _t("Enregistrer")),
            *([] if self.row else [_another()]),
        )


class TemplateItemForm(AgendaItemForm):
    class Meta(AgendaItemForm.Meta):
        model = TemplateItem


def _another() -> Submit:
    return Submit("another", _t("Enregistrer et ajouter un autre point"), css_class="btn-outline-secondary")


class AnswerForm(DeedForm):
    answer = forms.ChoiceField(label=_("Réponse"), widget=forms.RadioSelect)
    comment = forms.CharField(
        label=_("Un mot"), required=False, max_length=300, help_text=_("Facultatif\u00a0: lu par l’équipe.")
    )

    def __init__(
        self, *args: Any, invitation: Invitation, may_withdraw: bool, action: str = "", **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", {"answer": invitation.answer, "comment": invitation.answer_comment})
        super().__init__(*args, **kwargs)
        none = Invitation.Answer.NONE
        self.fields["answer"].choices = [  # type: ignore[attr-defined]  # a choice field
            (value, label)
            for value, label in Invitation.Answer.choices
            if value != none or (may_withdraw and invitation.answer != none)
        ]
        self.helper.form_action = action
        self.helper.layout = Layout("answer", "comment", Submit("save", _t("Répondre")))

    @property
    def said(self) -> dict[str, Any]:
        """The answer for the service; a button that carries no word leaves the earlier word as it was."""
        comment = self.cleaned_data["comment"] if "comment" in self.data else None
        return {"answer": self.cleaned_data["answer"], "comment": comment}


class AttendanceForm(forms.Form):
    """One choice a person. Each remembers what it showed, so that two who tick at once do not undo each other."""

    def __init__(self, *args: Any, invitations: Sequence[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitations = invitations
        for invitation in invitations:
            self.fields[str(invitation.public_id)] = forms.ChoiceField(
                label=str(invitation.contact),
                choices=Invitation.Attendance.choices,
                initial=invitation.attendance,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                show_hidden_initial=True,
                required=False,
            )

    def lines(self) -> list[tuple[Invitation, forms.BoundField, str]]:
        """Return each person with their choices and the hidden field that says what was shown."""
        fields = [self[str(invitation.public_id)] for invitation in self.invitations]
        return [
            (invitation, field, field.as_hidden(only_initial=True))
            for invitation, field in zip(self.invitations, fields, strict=True)
        ]

    @property
    def changed(self) -> dict[Any, str]:
        """What the person ticked otherwise than it was shown to them."""
        by_name = {str(invitation.public_id): invitation.public_id for invitation in self.invitations}
        return {
            by_name[name]: self.cleaned_data[name]
            for name in self.changed_data
            if self.cleaned_data.get(name)
        }
