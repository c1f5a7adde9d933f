import re
from typing import Any

from crispy_forms.layout import Column, Layout, Row, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from candidacy.models import RecallRule
from candidacy.models.reminders import validate_steps
from candidacy.reminder_kinds import ReminderKind
from core.sheets import ClockInput, SheetForm


class StepsField(forms.CharField):
    """A few numbers of days, written « 7, 1 »."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = re.split(r"[\s,;]+", str(value or "").strip(" ,;"))
        if words == [""]:
            return []
        if not all(re.fullmatch(r"[0-9]{1,4}", word) for word in words):
            raise ValidationError(_t("Écrivez des nombres de jours, par exemple 7, 1."))
        return [int(word) for word in words]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        validate_steps(value)


class RecallRuleForm(SheetForm):
    steps = StepsField(label=_("Jours avant"), required=False)

    class Meta:
        model = RecallRule
        fields = ["is_active", "steps", "local_time", "working_days", "audience", "text"]
        widgets = {"local_time": ClockInput(), "text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, kind: ReminderKind, row: RecallRule, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        steps = self.fields["steps"]
        if kind.is_after:
            steps.label = _t("Jours après")
        steps.help_text = _t("Un rappel pour chaque nombre, par exemple 7, 1. Vide\u00a0: aucun rappel.")
        audience = self.fields["audience"]
        labels = dict(RecallRule.Audience.choices)
        audience.choices = [(value, labels[value]) for value in kind.audiences]  # type: ignore[attr-defined]  # a choice field
        self.helper.layout = Layout(
            "seen",
            "is_active",
            Row(Column("steps", css_class="col-sm-8"), Column("local_time", css_class="col-sm-4")),
            "working_days",
            "audience",
            "text",
            Submit("save", _t("Enregistrer")),
        )

    @property
    def target(self) -> dict[str, Any]:
        return {"seen": self.cleaned_data["seen"]}
