"""The step that dates the phases of the call."""

from typing import Any

from crispy_forms.layout import HTML, Column, Fieldset, Row
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from budget.services import MAX_YEARS
from candidacy.call_templates import PhaseTemplate
from core.sheets import DayInput
from core.templatetags.formats import short_date
from dossier.founding import PhaseDates
from dossier.founding_forms.base import Known, StepMixin, Typed

#: The phase that the deposit date belongs to, in every template.
DEPOSIT_PHASE = "depot"
FIRST_YEAR, LAST_YEAR = 1985, 2100


class DatesStepForm(StepMixin, forms.Form):
    title_year = forms.IntegerField(
        label=_("Année du titre"), min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=forms.TextInput
    )
    deposit_on = forms.DateField(
        label=_("Date de dépôt"),
        required=False,
        widget=DayInput,
        help_text=_("Le tableau de bord compte les jours jusque-là."),
    )
    first_year = forms.IntegerField(
        label=_("Le plan de financement va de"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput,
        help_text=_("Vide : l’année qui précède le titre."),
    )
    last_year = forms.IntegerField(
        label=_("à"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput,
        help_text=_("Vide : l’année qui le suit."),
    )

    def __init__(self, data: Typed | None = None, *, known: Known) -> None:
        super().__init__(data)
        template = known.template
        self.phases = template.phases if template else ()
        if template and template.title_year and template.title_year > known.today.year:
            self.initial["title_year"] = template.title_year
        for name in ("title_year", "first_year", "last_year"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "class": "year-input"}
        rows = [self._add_phase(phase, known) for phase in self.phases]
        self.settle(
            known,
            Fieldset(
                _t("Le titre"),
                Row(Column("title_year", css_class="col-sm-6"), Column("deposit_on", css_class="col-sm-6")),
                Row(Column("first_year", css_class="col-sm-6"), Column("last_year", css_class="col-sm-6")),
            ),
            Fieldset(
                _t("Les étapes de l’appel"),
                HTML(
                    "<p class='form-text'>"
                    + _t(
                        "Ce que vous savez aujourd’hui : un jour, ou quelques mots comme « fin juin ». Tout se change "
                        "ensuite, et les dates réelles se notent à mesure."
                    )
                    + "</p>"
                ),
                *rows,
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        year = cleaned.get("title_year")
        if year:
            cleaned["first_year"] = cleaned.get("first_year") or year - 1
            cleaned["last_year"] = cleaned.get("last_year") or year + 1
        first, last = cleaned.get("first_year"), cleaned.get("last_year")
        if first and last and not first <= last < first + MAX_YEARS:
            self.add_error(
                "last_year", _t("Un plan couvre de une à %(max)d années, dans l’ordre.") % {"max": MAX_YEARS}
            )
        return cleaned

    @property
    def phase_dates(self) -> dict[str, PhaseDates]:
        """Return the dates of each phase; a deposit that is left blank is on the day of the deposit."""
        dates = {
            phase.key: PhaseDates(
                planned_on=self.cleaned_data[f"planned_on_{phase.key}"],
                planned_label=self.cleaned_data[f"planned_label_{phase.key}"],
            )
            for phase in self.phases
        }
        if dates.get(DEPOSIT_PHASE) == PhaseDates():
            dates[DEPOSIT_PHASE] = PhaseDates(planned_on=self.cleaned_data["deposit_on"])
        return dates

    def _add_phase(self, phase: PhaseTemplate, known: Known) -> Fieldset:
        """Add the two fields of a phase, filled in from the template where its dates are still ahead."""
        edition = known.template.title_year if known.template else None
        is_ahead = edition is None or edition > known.today.year
        planned_on = phase.planned_on if phase.planned_on and phase.planned_on >= known.today else None
        former = "" if is_ahead else _former_date(phase)
        notes = [_t("Édition %(year)s : %(date)s.") % {"year": edition, "date": former}] if former else []
        if phase.key == DEPOSIT_PHASE:
            notes.append(_t("Vide : la date de dépôt ci-dessus."))
        self.fields[f"planned_on_{phase.key}"] = forms.DateField(
            label=_t("Date prévue"), required=False, widget=DayInput, initial=planned_on
        )
        self.fields[f"planned_label_{phase.key}"] = forms.CharField(
            label=_t("ou en clair"),
            required=False,
            max_length=80,
            initial=phase.planned_label if is_ahead and not planned_on else "",
            help_text=" ".join(notes),
        )
        return Fieldset(
            phase.name,
            Row(
                Column(f"planned_on_{phase.key}", css_class="col-sm-5"),
                Column(f"planned_label_{phase.key}", css_class="col-sm-7"),
            ),
            css_class="founding-part",
        )


def _former_date(phase: PhaseTemplate) -> str:
    day = phase.planned_on or phase.actual_on
    return phase.planned_label or (short_date(day) if day else "")
