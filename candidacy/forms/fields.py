"""Numbers as people copy them, with their spaces."""

from typing import Any

from django import forms


class CompactField(forms.CharField):
    """A number typed or pasted with spaces, full stops or no-break spaces; kept without them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "numeric")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").replace(".", " ").split())


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
