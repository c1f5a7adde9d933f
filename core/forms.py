"""Fields that read what French people type."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.templatetags.formats import number


class EuroInput(forms.TextInput):
    """Show a sum as « 1 234,50 », leaving what the person typed untouched."""

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, Decimal | int):
            return number(value, 2 if value != int(value) else 0)
        text: str | None = super().format_value(value)
        return text


class EuroField(forms.DecimalField):
    """A sum in euros, typed with or without spaces, comma or point, and « € »."""

    widget = EuroInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)
        self.validators.append(MinValueValidator(Decimal(0)))
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("class", "text-end")

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs say int
        if isinstance(value, str):
            value = "".join(value.replace("€", "").split()).replace(",", ".")
        return super().to_python(value)


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    def __init__(self, *, longest: int, rows: int = 3, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in str(super().clean(value)).splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(
                _("Une ligne compte plus de %(longest)d signes : raccourcissez-la ou coupez-la en deux.")
                % {"longest": self.longest}
            )
        return lines

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value
