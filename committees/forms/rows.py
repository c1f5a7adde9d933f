"""What the forms of this application share."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from core.sheets import SheetForm
from partners.models import Contact


class ContactField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """One person of the candidacy, told apart from their namesakes by where they work."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Contact.objects.none())
        kwargs.setdefault("to_field_name", "public_id")
        kwargs.setdefault("empty_label", _("Personne pour l’instant"))
        kwargs.setdefault("label", _("Responsable"))
        super().__init__(**kwargs)

    def label_from_instance(self, contact: Contact) -> str:
        return f"{contact.last_name} {contact.first_name} – {contact.organisation.label}"


class DeedForm(forms.Form):
    """A form that is no row: it is printed whole by crispy, its scripts left to the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.include_media = False


class RowForm(SheetForm):
    """A sheet for a row that counts its revisions: any change of the row since it was read is a conflict.

    The fingerprint of what is shown would not do: whoever edits a meeting must also be told that it has been
    convened meanwhile.
    """

    seen = None  # type: ignore[assignment]  # how Django drops a field of the form above
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    mark = "revision"

    def state_of(self, row: Model) -> int:
        revision: int = row.revision  # type: ignore[attr-defined]  # such rows carry one
        return revision

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the service: the fields of the row and those that the form adds to them."""
        hidden = {"revision", "public_id"}
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}

    @property
    def target(self) -> dict[str, Any]:
        """What tells the service which row, or which state of it, the person means."""
        if self.row is None:
            return {"public_id": self.cleaned_data["public_id"]}
        return {"expected_revision": self.cleaned_data["revision"] or 0}

    @property
    def hidden_names(self) -> list[str]:
        return [name for name in ("revision", "public_id") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}
