from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.forms.rows import DeedForm
from committees.models import Action


class BecomingForm(DeedForm):
    choice = forms.ChoiceField(label=_("Faire de cette action"))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, action: Action, choices: Sequence[tuple[str, list[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"revision": action.revision}, **kwargs)
        # A form sent twice names what has just been made: the service says what becomes of it.
        asked = self.data.get("choice", "") if self.is_bound else ""
        known = {value for _label, group in choices for value, _name in group}
        kept = [("", [(asked, asked)])] if asked and asked not in known else []
        self.fields["choice"].choices = [("", _t("Choisir…")), *choices, *kept]  # type: ignore[attr-defined]  # a choice field
        self.helper.layout = Layout(
            "revision", "choice", Submit("save", _t("En faire cela et clore l’action"))
        )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "choice": self.cleaned_data["choice"],
            "expected_revision": self.cleaned_data["revision"],
        }
