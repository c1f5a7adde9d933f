from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext as _t

from committees.models import MinutesText
from core.drafts import DraftedTextForm


class MinutesTextForm(DraftedTextForm):
    def __init__(self, *args: Any, is_unsaved: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            MinutesText, fields=["body"], labels={"body": _t("Texte du compte rendu")}
        )
        self.fields["body"].widget.attrs |= {"rows": 16}
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_id = "minutes-text"
        self.helper.attrs = {"data-guards-unsaved": "unsaved" if self.is_bound or is_unsaved else ""}
        # The buttons that save stand at the foot of the window.
        self.helper.layout = Layout("revision", "draft", "window", "writer", "body")
