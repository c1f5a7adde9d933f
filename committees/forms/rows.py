"""What the forms of this application share: dates as browsers type them, revisions, and what a conflict shows."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.templatetags.formats import long_moment, short_date
from partners.models import Contact


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


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


@dataclass(frozen=True)
class Difference:
    """One field that somebody else saved otherwise in the meantime."""

    label: str
    saved: str
    typed: str


class SheetForm(forms.Form):
    """A form that crispy prints whole, its scripts left to the page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.include_media = False
        self.helper.form_tag = True


class RowForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Writes one row through a service: the form itself saves nothing.

    A new row carries an identifier of its own, so that the same form sent twice makes one row; an existing one
    carries the revision that was read.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    public_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Model | None = None, **kwargs: Any) -> None:
        self.row = row
        initial = kwargs.get("initial") or {}
        if row is None:
            kwargs["initial"] = {"public_id": uuid.uuid4(), **initial}
        else:
            revision = row.revision  # type: ignore[attr-defined]  # such rows carry one
            kwargs["initial"] = {**self.read(row), "revision": revision, **initial}
        super().__init__(*args, **kwargs)
        del self.fields["public_id" if row else "revision"]
        self.helper = FormHelper()
        self.helper.include_media = False

    @classmethod
    def read(cls, row: Model) -> dict[str, Any]:
        """Return what the form shows of ``row``."""
        return {name: getattr(row, name) for name in cls._meta.fields or ()}

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, for the service."""
        hidden = {"revision", "public_id"}
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}

    @property
    def seen(self) -> dict[str, Any]:
        """What tells the service which row, or which state of it, the person means."""
        if self.row is None:
            return {"public_id": self.cleaned_data["public_id"]}
        return {"expected_revision": self.cleaned_data["revision"] or 0}

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}

    def meet_conflict(self, current: Model) -> list[Difference]:
        """Take the newer revision, so that saving again is a choice, and tell what the other person saved."""
        saved = self.read(current)
        revision = current.revision  # type: ignore[attr-defined]  # such rows carry one
        self.data = {**self.data.dict(), self.add_prefix("revision"): str(revision)}  # type: ignore[attr-defined]
        return [
            Difference(str(field.label), _shown(field, saved[name]), _shown(field, self.cleaned_data[name]))
            for name, field in self.fields.items()
            if name in saved and name in self.cleaned_data and saved[name] != self.cleaned_data[name]
        ]


def _shown(field: forms.Field, value: Any) -> str:
    if value in (None, "", []):
        return _t("(vide)")
    if isinstance(value, bool):
        return _t("oui") if value else _t("non")
    if isinstance(value, datetime):
        return long_moment(value)
    if isinstance(value, date):
        return short_date(value)
    if isinstance(value, time):
        return f"{value.hour}\u00a0h\u00a0{value.minute:02d}"
    choices = dict(getattr(field, "choices", ())) if isinstance(value, str) else {}
    return str(choices.get(value, value))
