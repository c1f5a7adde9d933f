"""From a posted form to a service and back: what the service refuses is said on the form, nothing typed is lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from committees.forms.rows import Difference, RowForm
from core.errors import DomainError, StaleRevisionError


@dataclass(frozen=True)
class Outcome:
    status: int = 200
    row: Any = None
    is_saved: bool = False
    differences: Sequence[Difference] = ()

    @property
    def is_conflict(self) -> bool:
        return self.status == 409


def submit(form: forms.BaseForm, save: Callable[[], Any]) -> Outcome:
    """Call ``save`` for a valid form; what it refuses comes back as an error of the form."""
    if not form.is_bound:
        return Outcome()
    if not form.is_valid():
        return Outcome(status=422)
    try:
        return Outcome(row=save(), is_saved=True)
    except StaleRevisionError as error:
        return _conflict(form, error)
    except DomainError as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        _add_errors(form, error)
    return Outcome(status=422)


def _conflict(form: forms.BaseForm, error: StaleRevisionError) -> Outcome:
    if isinstance(form, RowForm) and form.row is not None:
        form.row.refresh_from_db()
        return Outcome(status=409, differences=form.meet_conflict(form.row))
    form.add_error(None, str(error))
    return Outcome(status=409)


def _add_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show each message at its field where the form has it, above the form otherwise."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        for found in errors:
            form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, found)
