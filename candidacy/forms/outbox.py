from typing import Any

from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.sheets import SheetForm
from notifications.models import OutboundMessage
from notifications.own_words import text_to_rewrite
from notifications.registry import Composed


class RewriteForm(SheetForm):
    """The words of one message, begun from those that a person gave it or from the automatic ones."""

    own_subject = forms.CharField(label=_("Objet"), max_length=300, required=False)

    class Meta:
        model = OutboundMessage
        fields = ["own_subject", "own_body"]
        widgets = {"own_body": forms.Textarea(attrs={"rows": 18})}
        help_texts = {
            "own_body": _("Videz le texte pour revenir au texte automatique."),
        }

    def __init__(self, *args: Any, row: OutboundMessage, composed: Composed | None, **kwargs: Any) -> None:
        begun: dict[str, Any] = {}
        if composed is not None and not row.own_body:
            begun = {"own_subject": composed.subject, "own_body": text_to_rewrite(composed)}
        super().__init__(*args, row=row, initial=begun, **kwargs)
        self.helper.layout = Layout(
            "seen", "own_subject", "own_body", Submit("save", _t("Enregistrer le texte"))
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("own_body", "").strip():
            cleaned |= {"own_subject": "", "own_body": ""}
        return cleaned
