from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from committees.forms.rows import DeedForm
from committees.models import Correction, Meeting, MinutesText
from committees.models.approval import LONGEST
from committees.models.meeting import MeetingQuerySet
from core.drafts import DraftedTextForm
from core.templatetags.formats import short_date


class MinutesTextForm(DraftedTextForm):
    def __init__(self, *args: Any, action: str = "", is_unsaved: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            MinutesText, fields=["body"], labels={"body": _t("Texte du compte rendu")}
        )
        self.fields["body"].widget.attrs |= {"rows": 16}
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_id = "minutes-text"
        self.helper.form_action = action
        self.helper.attrs = {"data-guards-unsaved": "unsaved" if self.is_bound or is_unsaved else ""}
        # The buttons that save stand at the foot of the window.
        self.helper.layout = Layout("revision", "draft", "window", "writer", "body")


class CorrectionForm(DeedForm):
    """What a person asks to change, in one text or in general; sent twice it is one correction."""

    public_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.ChoiceField(label=_("Passage"), required=False)
    wording = forms.CharField(
        label=_("Correction proposée"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Dites ce qui est écrit, et ce qu’il faudrait lire."),
    )

    def __init__(
        self, *args: Any, texts: Sequence[MinutesText], action: str = "", has_csrf: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"public_id": uuid4()}, auto_id="correction-%s", **kwargs)
        self.texts = {str(text.public_id): text for text in texts}
        choices = [(key, text.title) for key, text in self.texts.items()]
        self.fields["text"].choices = [("", _t("L’ensemble du compte rendu")), *choices]  # type: ignore[attr-defined]  # a choice field
        self.helper.form_action = action
        self.helper.disable_csrf = not has_csrf
        self.helper.layout = Layout(
            "public_id", "text", "wording", Submit("save", _t("Proposer cette correction"))
        )

    @property
    def said(self) -> dict[str, Any]:
        names = ("public_id", "wording")
        return {
            "text": self.texts.get(self.cleaned_data["text"]),
            **{name: self.cleaned_data[name] for name in names},
        }


class CorrectionReplyForm(DeedForm):
    """Accept or refuse, by one of two buttons, with a word."""

    reply = forms.CharField(
        label=_("Un mot en réponse"), required=False, max_length=300, help_text=_("Obligatoire pour refuser.")
    )
    outcome = forms.ChoiceField(choices=Correction.Outcome.choices[1:])

    def __init__(self, *args: Any, key: str = "", action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"reply-{key}-%s", **kwargs)
        self.helper.form_action = action
        self.helper.layout = Layout(
            "reply",
            StrictButton(
                _t("Accepter"), type="submit", name="outcome", value="accepted", css_class="btn-primary"
            ),
            StrictButton(
                _t("Refuser"), type="submit", name="outcome", value="refused", css_class="btn-outline-danger"
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("outcome") == Correction.Outcome.REFUSED and not cleaned.get("reply"):
            self.add_error("reply", _t("Dites pourquoi la correction est refusée."))
        return cleaned


class _LaterMeetingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Meeting.objects.none(), to_field_name="public_id", **kwargs)

    def label_from_instance(self, meeting: Meeting) -> str:
        return f"{meeting.title}, {short_date(meeting.local_day)}"


class ApprovalForm(DeedForm):
    meeting = _LaterMeetingField(
        label=_("Approuvé"), required=False, empty_label=_("par le·la chef·fe de projet")
    )

    def __init__(self, *args: Any, meetings: MeetingQuerySet, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, auto_id="approval-%s", **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]  # a model field
        self.helper.form_action = action
        self.helper.layout = Layout("meeting", Submit("save", _t("Approuver le compte rendu")))


class RectificationForm(DeedForm):
    public_id = forms.UUIDField(widget=forms.HiddenInput)
    meeting = _LaterMeetingField(label=_("Réunion qui rectifie"), empty_label=_("Choisissez une réunion"))
    wording = forms.CharField(
        label=_("Rectification"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ce que le comité a dit de lire à la place."),
    )

    def __init__(self, *args: Any, meetings: MeetingQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, initial={"public_id": uuid4()}, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]  # a model field
        self.helper.layout = Layout(
            "public_id", "meeting", "wording", Submit("save", _t("Consigner la rectification"))
        )
