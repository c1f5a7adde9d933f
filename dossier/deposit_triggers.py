"""What is deposited stays as it is, were somebody to write SQL."""

from typing import Any

from core.kept_rows import Guard, install_guards, remove_guards

_GUARDS = (
    Guard("dossier_edition", "OLD.status = 'deposited'", "a deposited edition does not change"),
    Guard("dossier_editionfile", "OLD.id IS NOT NULL", "a printed version of an edition does not change"),
    Guard("dossier_depositoverride", "OLD.id IS NOT NULL", "the reason of a deposit does not change"),
)


def install_triggers(*, using: str, **_sent: Any) -> None:
    install_guards(_GUARDS, using=using)


def remove_triggers(*, using: str) -> None:
    """Take the triggers away, for whoever empties a whole database."""
    remove_guards(_GUARDS, using=using)
