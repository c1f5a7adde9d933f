"""Approved minutes and their rectifications stay as they are, were somebody to write SQL."""

from typing import Any

from core.kept_rows import Guard, install_guards, remove_guards

_GUARDS = (
    Guard("committees_minutes", "OLD.status = 'approved'", "approved minutes do not change"),
    Guard("committees_rectification", "OLD.id IS NOT NULL", "a rectification does not change"),
)


def install_triggers(*, using: str, **_sent: Any) -> None:
    install_guards(_GUARDS, using=using)


def remove_triggers(*, using: str) -> None:
    """Take the triggers away, for whoever empties a whole database."""
    remove_guards(_GUARDS, using=using)
