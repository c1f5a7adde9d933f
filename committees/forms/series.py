from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.functional import cached_property
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.forms.rows import DeedForm
from committees.models import MeetingSeries
from committees.recurrence import Proposal, days_of
from core.sheets import ClockInput, DayInput
from core.working_days import REGIONS

LONGEST = timedelta(days=731)
MAX_MEETINGS = 60
AFTERNOON = time(14)


class SeriesForm(DeedForm):
    """The rule of a series. It travels in the address: looking at the dates it names changes nothing."""

    frequency = forms.ChoiceField(label=_("Fréquence"), choices=MeetingSeries.Frequency.choices)
    interval = forms.IntegerField(label=_("Tous les, toutes les"), min_value=1, max_value=52)
    rank = forms.TypedChoiceField(
        label=_("Lequel, dans le mois"), choices=MeetingSeries.Rank.choices, coerce=int, required=False
    )
    weekday = forms.TypedChoiceField(label=_("Jour"), choices=MeetingSeries.Weekday.choices, coerce=int)
    local_time = forms.TimeField(label=_("Heure"), widget=ClockInput)
    first_day = forms.DateField(label=_("Du"), widget=DayInput)
    last_day = forms.DateField(label=_("Au"), widget=DayInput)
    when_closed = forms.ChoiceField(
        label=_("Un jour férié ou sans réunion"), choices=MeetingSeries.WhenClosed.choices
    )
    region = forms.ChoiceField(label=_("Jours fériés"), choices=REGIONS.items(), required=False)

    def __init__(self, *args: Any, today: date, region: str = "", **kwargs: Any) -> None:
        kwargs["initial"] = {
            "frequency": MeetingSeries.Frequency.MONTHS,
            "interval": 1,
            "rank": MeetingSeries.Rank.THIRD,
            "weekday": MeetingSeries.Weekday.WEDNESDAY,
            "local_time": AFTERNOON,
            "first_day": today,
            "last_day": date(today.year + 1, 12, 31) if today.month > 6 else date(today.year, 12, 31),
            "when_closed": MeetingSeries.WhenClosed.SKIP,
            "region": region,
        }
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["rank"].help_text = _t(
            "Pour une fréquence en mois\u00a0: troisième mercredi, par exemple."
        )
        self.fields["local_time"].help_text = _t("L’heure locale reste la même été comme hiver.")
        self.helper.form_method = "get"
        self.helper.disable_csrf = True
        self.helper.layout = Layout(
            Fieldset(
                _t("La règle"),
                Row(
                    Column("interval", css_class="col-6 col-sm-3"),
                    Column("frequency", css_class="col-6 col-sm-3"),
                    Column("rank", css_class="col-6 col-sm-3"),
                    Column("weekday", css_class="col-6 col-sm-3"),
                    css_class="align-items-start",
                ),
                Row(
                    Column("local_time", css_class="col-sm-4"),
                    Column("first_day", css_class="col-6 col-sm-4"),
                    Column("last_day", css_class="col-6 col-sm-4"),
                ),
                Row(Column("when_closed", css_class="col-sm-8"), Column("region", css_class="col-sm-4")),
            ),
            Submit("voir", _t("Voir les dates")),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if cleaned.get("frequency") == MeetingSeries.Frequency.WEEKS:
            cleaned["rank"] = None
        elif not cleaned.get("rank"):
            self.add_error("rank", _t("Dites lequel, dans le mois\u00a0: premier, deuxième…"))
        if first and first < self.today:
            self.add_error("first_day", _t("La série commence au plus tôt aujourd’hui."))
        if first and last and last < first:
            self.add_error("last_day", _t("La série finit avant de commencer."))
        elif first and last and last - first > LONGEST:
            self.add_error("last_day", _t("Une série s’étend sur deux ans au plus."))
        if not self.errors:
            self._count(days_of(MeetingSeries(**self.rule)))
        return cleaned

    def _count(self, days: Sequence[date]) -> None:
        if not days:
            self.add_error(None, _t("Aucune date ne répond à cette règle entre ces deux jours."))
        elif len(days) > MAX_MEETINGS:
            self.add_error("last_day", _t("Une série compte au plus %(n)d réunions.") % {"n": MAX_MEETINGS})

    @property
    def rule(self) -> dict[str, Any]:
        """The rule for the service: which holidays were looked at is no part of it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "region"}

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What the form that drafts the meetings says again."""
        return [(name, str(self[name].value() or "")) for name in self.fields]


class _DaysBoundField(forms.BoundField):
    """The days that the rule names, each with its box, or with what stands against it."""

    @cached_property
    def lines(self) -> list[tuple[Proposal, BoundWidget | None]]:
        boxes = {box.data["value"]: box for box in self}
        return [
            (row, boxes[row.day.isoformat()] if row.day else None)
            for row in self.form.proposals  # type: ignore[attr-defined]  # of SeriesDaysForm
        ]


class _DaysField(forms.MultipleChoiceField):
    bound_field_class = _DaysBoundField


class SeriesDaysForm(DeedForm):
    """The days to keep: at first those on which nothing stands already."""

    public_id = forms.UUIDField(widget=forms.HiddenInput)
    days = _DaysField(
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Gardez au moins une date.")},
    )

    def __init__(self, *args: Any, proposals: Sequence[Proposal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposals = proposals
        offered = [proposal.day.isoformat() for proposal in proposals if proposal.day]
        self.fields["days"].choices = [(day, day) for day in offered]  # type: ignore[attr-defined]  # a choice field
        self.initial["days"] = [row.day.isoformat() for row in proposals if row.day and not row.beside]
        self.helper.field_template = "committees/_series_days.html"

    @property
    def kept(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.cleaned_data["days"]]
