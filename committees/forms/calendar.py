from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator


class CalendarForm(forms.Form):
    """Which month the calendar shows, and how; what makes no sense in the address is not asked for."""

    mois = forms.DateField(
        required=False,
        input_formats=["%Y-%m"],
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 1))],
    )
    vue = forms.ChoiceField(required=False, choices=[("", ""), ("liste", "")])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.full_clean()

    @property
    def first(self) -> date | None:
        """The first day asked for, if any."""
        return self.cleaned_data.get("mois")

    @property
    def is_list(self) -> bool:
        return self.cleaned_data.get("vue") == "liste"
