from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.preferences import kinds_refused_by
from notifications.registry import refusable_kinds


class MessagesForm(forms.Form):
    wanted = forms.MultipleChoiceField(
        label=_("Je souhaite recevoir"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kinds = refusable_kinds()
        refused = kinds_refused_by(user)
        kwargs["initial"] = {"wanted": [kind for kind in kinds if kind not in refused]}
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = list(kinds.items())  # type: ignore[attr-defined]  # a choice field
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.add_input(Submit("save", _("Enregistrer")))
