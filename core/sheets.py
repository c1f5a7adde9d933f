"""Forms that write one row through a service: what it refuses is said on the form, and nothing typed is lost."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from core.errors import DomainError, StaleRevisionError
from core.staleness import fingerprint
from core.templatetags.formats import number, short_date

CONFLICT = 409
UNPROCESSABLE = 422


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


@dataclass(frozen=True)
class Difference:
    """One field that somebody else saved otherwise in the meantime."""

    label: str
    saved: str
    typed: str


class SheetForm(forms.ModelForm):  # type: ignore[type-arg]  # subscripting it needs a patch of Django
    """Shows one row and hands what was typed to a service; the form itself saves nothing.

    For a row that exists it carries the fingerprint of what it shows; for a new one, the identifier that the row
    will get, so that the same form sent twice makes one row.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    public_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Model | None = None, **kwargs: Any) -> None:
        self.row = row
        shown: dict[str, Any] = {"public_id": uuid.uuid4()}
        if row is not None:
            shown = {**self.read(row), "seen": fingerprint(row, self.names)}
        kwargs["initial"] = {**shown, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        del self.fields["public_id" if row is not None else "seen"]
        self.helper = FormHelper()
        self.helper.include_media = False

    @property
    def names(self) -> list[str]:
        """Fields of the row that the form shows."""
        return list(self._meta.fields or ())

    def read(self, row: Model) -> dict[str, Any]:
        return {name: getattr(row, name) for name in self.names}

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by field of the row."""
        return {name: self.cleaned_data[name] for name in self.names}

    def meet_conflict(self, current: Model) -> list[Difference]:
        """Take note of what is stored now, so that saving again is a choice, and tell what differs."""
        saved = self.read(current)
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix("seen")] = fingerprint(current, self.names)
        self.data = data
        typed = {name: self.cleaned_data[name] for name in self.names}
        return [
            Difference(str(self.fields[name].label), self._shown(name, saved[name]), self._shown(name, value))
            for name, value in typed.items()
            if saved[name] != value
        ]

    def _shown(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return _("(vide)")
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, date):
            return short_date(value)
        if isinstance(value, int | Decimal):
            return number(value)
        choices = dict(getattr(self.fields[name], "choices", ())) if isinstance(value, str) else {}
        return str(choices.get(value, value))


@dataclass(frozen=True)
class Outcome:
    """What became of a posted form; ``status`` is what the page answers when nothing was saved."""

    status: int = 200
    row: Any = None
    is_saved: bool = False
    differences: Sequence[Difference] = ()


def submit(form: forms.BaseForm, save: Callable[[], Any]) -> Outcome:
    """Call ``save`` when ``form`` is valid; what the service refuses comes back as an error of the form."""
    if not form.is_bound:
        return Outcome()
    if not form.is_valid():
        return Outcome(status=UNPROCESSABLE)
    try:
        return Outcome(row=save(), is_saved=True)
    except StaleRevisionError as error:
        if not isinstance(form, SheetForm) or form.row is None:
            raise
        form.add_error(None, str(error))
        form.row.refresh_from_db()
        return Outcome(status=CONFLICT, differences=form.meet_conflict(form.row))
    except DomainError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        _add_errors(form, error)
    return Outcome(status=UNPROCESSABLE)


def _add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show each message at its field where the form has it, above the form otherwise."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        for found in errors:
            form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, found)
