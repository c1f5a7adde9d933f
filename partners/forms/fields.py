from typing import Any

from django import forms
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.phones import clean_phone
from core.search import fold


class TerritoryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    """One commune of the candidacy, listed as a French index runs and named by its public identifier."""

    def __init__(self, candidacy: Candidacy, *, empty_label: str, **kwargs: Any) -> None:
        territories = candidacy.territories.all()
        super().__init__(
            territories, to_field_name="public_id", empty_label=empty_label, required=False, **kwargs
        )
        in_order = sorted(territories, key=lambda territory: fold(territory.name))
        self.choices = [("", empty_label), *((str(row.public_id), row.name) for row in in_order)]


class PhoneField(forms.CharField):
    """A telephone number, French unless it says otherwise, kept as people read it."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs |= {"type": "tel", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        typed = super().clean(value) or ""
        number = clean_phone(typed) if typed else ""
        if number is None:
            raise forms.ValidationError(
                _("Ce numéro n’est pas complet. Exemples : 03 21 00 00 00, +32 2 000 00 00.")
            )
        return number
