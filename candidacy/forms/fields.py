"""Numbers as people copy them, with their spaces."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_PAGES = 9999


class CompactField(forms.CharField):
    """A number typed or pasted with spaces, full stops or no-break spaces; kept without them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").replace(".", " ").split())


class PageLimitField(forms.IntegerField):
    """How many pages the whole dossier may have."""

    widget = forms.TextInput

    def __init__(self) -> None:
        super().__init__(
            label=_("Pages du dossier au plus"),
            required=False,
            min_value=1,
            max_value=MOST_PAGES,
            help_text=_(
                "Pages du PDF entier, couverture et sommaire compris. Vide \u00a0: l’appel ne fixe pas de limite."
            ),
        )
        self.widget.attrs.setdefault("inputmode", "numeric")


class PeopleCountField(forms.IntegerField):
    """A number of inhabitants, typed as « 62 767 » or « 62767 »."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("min_value", 0)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)
