"""One task of the backward plan."""

from typing import Any

from crispy_forms.layout import Column, Fieldset, Layout, Row, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy, PlanStep
from candidacy.services.backward_plan import state_of_step
from core.sheets import DayInput, SheetForm


class PlanStepForm(SheetForm):
    row: PlanStep | None

    class Meta:
        model = PlanStep
        fields = [
            *("title", "responsible", "duration", "day_kind", "predecessors"),
            *("planned_from", "planned_until", "started_on", "finished_on", "note"),
        ]
        widgets = {
            "predecessors": forms.CheckboxSelectMultiple,
            "note": forms.Textarea(attrs={"rows": 3}),
            **dict.fromkeys(("planned_from", "planned_until", "started_on", "finished_on"), DayInput()),
        }
        help_texts = {
            "responsible": _("La personne ou le service qui s’en charge."),
            "duration": _("Premier et dernier jour compris."),
            "predecessors": _("La tâche ne commence qu’une fois celles-ci finies."),
            "planned_from": _("Vide\u00a0: dès que possible."),
        }

    def __init__(self, *args: Any, candidacy: Candidacy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = candidacy.plan_steps.order_by("pk")
        waits = self.fields["predecessors"]
        waits.queryset = others.exclude(pk=self.row.pk) if self.row else others  # type: ignore[attr-defined]  # a model field
        waits.to_field_name = "public_id"  # type: ignore[attr-defined]
        if not waits.queryset.exists():  # type: ignore[attr-defined]
            waits.widget = waits.hidden_widget()
        self.helper.layout = Layout(
            *(name for name in ("seen", "public_id") if name in self.fields),
            "title",
            "responsible",
            Row(Column("duration", css_class="col-sm-6"), Column("day_kind", css_class="col-sm-6")),
            "predecessors",
            Fieldset(
                _t("Prévu"),
                Row(
                    Column("planned_from", css_class="col-sm-6"),
                    Column("planned_until", css_class="col-sm-6"),
                ),
            ),
            Fieldset(
                _t("Réel"),
                Row(Column("started_on", css_class="col-sm-6"), Column("finished_on", css_class="col-sm-6")),
            ),
            "note",
            Submit("save", _t("Enregistrer")),
        )

    def state_of(self, row: Any) -> str:
        return state_of_step(row, self.column_names)

    def read(self, row: Any) -> dict[str, Any]:
        return {
            **{name: getattr(row, name) for name in self.column_names},
            "predecessors": row.predecessors.all(),
        }

    @property
    def column_names(self) -> list[str]:
        return [name for name in self.names if name != "predecessors"]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.column_names}
