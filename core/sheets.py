"""Forms that write one row through a service: what it refuses is said on the form, and nothing typed is lost."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, QuerySet
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


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


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

    #: The hidden field that says which state of the row was shown.
    mark = "seen"

    def __init__(self, *args: Any, row: Model | None = None, **kwargs: Any) -> None:
        self.row = row
        shown: dict[str, Any] = {"public_id": uuid.uuid4()}
        if row is not None:
            shown = {**self.read(row), self.mark: self.state_of(row)}
        kwargs["initial"] = {**shown, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        del self.fields["public_id" if row is not None else self.mark]
        self.helper = FormHelper()
        self.helper.include_media = False

    @property
    def names(self) -> list[str]:
        """Fields of the row that the form shows."""
        return list(self._meta.fields or ())

    def state_of(self, row: Model) -> str | int:
        return fingerprint(row, self.names)

    def read(self, row: Model) -> dict[str, Any]:
        """Return what the form shows of ``row``."""
        return {name: getattr(row, name) for name in self.names}

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by field of the row."""
        return {name: self.cleaned_data[name] for name in self.names}

    def meet_conflict(self, current: Model) -> list[Difference]:
        """Take note of what is stored now, so that saving again is a choice, and tell what differs."""
        saved = self.read(current)
        data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data[self.add_prefix(self.mark)] = str(self.state_of(current))
        self.data = data
        typed = {name: self.cleaned_data[name] for name in saved if name in self.cleaned_data}
        return [
            Difference(str(self.fields[name].label), self._shown(name, saved[name]), self._shown(name, value))
            for name, value in typed.items()
            if _comparable(saved[name]) != _comparable(value)
        ]

    def _shown(self, name: str, value: Any) -> str:
        if value in (None, ""):
            return _("(vide)")
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, date):
            return short_date(value)
        if isinstance(value, time):
            return f"{value.hour}\u00a0h\u00a0{value.minute:02d}"
        if isinstance(value, int | Decimal):
            return number(value)
        if isinstance(value, QuerySet | list):
            return ", ".join(map(str, value)) or _("(vide)")
        choices = dict(getattr(self.fields[name], "choices", ())) if isinstance(value, str) else {}
        return str(choices.get(value, value))


def _comparable(value: Any) -> Any:
    """Return rows as the set they are: in which order a database or a form names them says nothing."""
    if isinstance(value, QuerySet | list) and all(isinstance(item, Model) for item in value):
        return {item.pk for item in value}
    return value


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
        form.add_error(None, str(error))
        return Outcome(status=CONFLICT, differences=_differences(form))
    except DomainError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        _add_errors(form, error)
    return Outcome(status=UNPROCESSABLE)


def _differences(form: forms.BaseForm) -> Sequence[Difference]:
    """Compare with what is stored now, for a form that shows one row; another form only says that it is stale."""
    if not isinstance(form, SheetForm) or form.row is None:
        return ()
    form.row.refresh_from_db()
    return form.meet_conflict(form.row)


def _add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show each message at its field where the form has it, above the form otherwise."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        for found in errors:
            form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, found)
