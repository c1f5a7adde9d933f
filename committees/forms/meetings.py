from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceIteratorValue
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.convening import Addressee, Reach, addressees
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


class _PeopleBoundField(forms.BoundField):
    """People to tick, drawn as a table: name, organisation, address."""

    @property
    def has_quality(self) -> bool:
        return self.field.qualities is not None  # type: ignore[attr-defined]  # of _PeopleField

    @cached_property
    def people(self) -> list[Addressee]:
        boxes = [(box.data["value"].instance, box) for box in self]
        return addressees(boxes, self.field.reach, self.field.qualities)  # type: ignore[attr-defined]  # likewise


class _PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    bound_field_class = _PeopleBoundField
    #: What each person is called on the committee, by contact; where it is None, the table does not say it.
    qualities: Mapping[int, str] | None = None
    reach: Reach

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Contact.objects.none(),
            to_field_name="public_id",
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            **kwargs,
        )

    def offer(self, contacts: ContactQuerySet, reach: Reach) -> None:
        """Let ``contacts`` be ticked; they are read once, when they are shown."""
        self.queryset, self.reach = contacts, reach
        self.choices = lambda: [
            (ModelChoiceIteratorValue(contact.public_id, contact), str(contact)) for contact in contacts
        ]


class GuestsForm(DeedForm):
    guests = _PeopleField(
        label=_("Contacts"), error_messages={"required": _("Choisissez au moins une personne.")}
    )

    def __init__(self, *args: Any, guests: ContactQuerySet, reach: Reach, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guests"].offer(guests, reach)  # type: ignore[attr-defined]  # of _PeopleField
        self.helper.field_template = "committees/_people.html"


class ConveneForm(GuestsForm):
    """Whom to convene: the members sitting that day, all ticked, and whoever else is invited."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    members = _PeopleField(label=_("Membres siégeant ce jour-là"), required=False)
    guests = _PeopleField(label=_("Autres personnes"), required=False)

    def __init__(
        self,
        *args: Any,
        members: ContactQuerySet,
        qualities: Mapping[int, str],
        reach: Reach,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={"members": members}, reach=reach, **kwargs)
        self.fields["members"].offer(members, reach)  # type: ignore[attr-defined]  # of _PeopleField
        self.fields["members"].qualities = qualities  # type: ignore[attr-defined]  # likewise

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


class AttendanceForm(DeedForm):
    """One choice a person. Each remembers what it showed, so that two who tick at once do not undo each other."""

    def __init__(self, *args: Any, invitations: Sequence[Invitation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitations = invitations
        self.helper.field_template = "committees/_attendance_line.html"
        for invitation in invitations:
            self.fields[str(invitation.public_id)] = forms.ChoiceField(
                label=_attendee(invitation),
                choices=Invitation.Attendance.choices,
                initial=invitation.attendance,
                widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
                show_hidden_initial=True,
                required=False,
            )

    def lines(self) -> list[tuple[forms.BoundField, str]]:
        """Return the choices of each person and the hidden field that says what was shown."""
        return [(field, field.as_hidden(only_initial=True)) for field in self]

    @property
    def changed(self) -> dict[Any, str]:
        """What the person ticked otherwise than it was shown to them."""
        by_name = {str(invitation.public_id): invitation.public_id for invitation in self.invitations}
        return {
            by_name[name]: self.cleaned_data[name]
            for name in self.changed_data
            if self.cleaned_data.get(name)
        }


def _attendee(invitation: Invitation) -> SafeString:
    """Name a person with where they come from and what they are called."""
    known = [invitation.contact.organisation.label, invitation.quality and invitation.quality_label]
    return format_html("{} <small>{}</small>", invitation.contact, " · ".join(filter(None, known)))
