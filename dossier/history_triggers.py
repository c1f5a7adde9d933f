"""What the histories of a section tell stays as it was told, were somebody to write SQL.

A section that is removed takes them along, and whoever signed a row may be forgotten.
"""

from typing import Any

from core.kept_rows import Guard, install_guards, remove_guards

_NEW_DATE = "COALESCE(OLD.new_on <> NEW.new_on, (OLD.new_on IS NULL) <> (NEW.new_on IS NULL))"


def _differs(*columns: str) -> str:
    return " OR ".join(f"OLD.{column} <> NEW.{column}" for column in columns)


_GUARDS = (
    Guard(
        "dossier_sectionrevision",
        _differs("section_id", "number", "body"),
        "a revision of a section does not change",
        events=("UPDATE",),
    ),
    Guard(
        "dossier_statechange",
        _differs("section_id", "source", "target", "reason"),
        "a change of state of a section does not change",
        events=("UPDATE",),
    ),
    Guard(
        "dossier_duedatechange",
        f"{_differs('section_id', 'former_on', 'reason', 'changed_at')} OR {_NEW_DATE}",
        "a change of the due date of a section does not change",
        events=("UPDATE",),
    ),
)


def install_triggers(*, using: str, **_sent: Any) -> None:
    install_guards(_GUARDS, using=using)


def remove_triggers(*, using: str) -> None:
    """Take the triggers away, for whoever must write what no model would."""
    remove_guards(_GUARDS, using=using)
