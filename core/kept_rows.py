"""Rows that stay as they are, were somebody to write SQL: triggers of SQLite and of PostgreSQL.

An application names what it keeps and puts the triggers in place after every migration, because SQLite makes a table
anew to alter it and drops its triggers.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connections, transaction

_EVENTS = ("UPDATE", "DELETE")


class Guard(NamedTuple):
    table: str
    #: Which rows are kept, in SQL over the row as it stands, and as it would be where an update alone is refused.
    condition: str
    said: str
    #: What is refused: rows that may go with what they belong to are guarded against an update alone.
    events: Sequence[str] = _EVENTS


_FUNCTION = "core_refuse_to_alter"


def install_guards(guards: Sequence[Guard], *, using: str) -> None:
    """Put the triggers in place, or back in place; migrations that have not come so far leave nothing to guard."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for guard in guards:
            if guard.table in tables:
                for statement in _CREATE[connection.vendor](guard):
                    cursor.execute(statement)


def remove_guards(guards: Sequence[Guard], *, using: str) -> None:
    """Take the triggers away, for whoever empties a whole database."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for guard in guards:
            for event in guard.events:
                on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(guard, event)}{on}")


def _name(guard: Guard, event: str) -> str:
    return f"{guard.table}_kept_{event.lower()}"


def _for_sqlite(guard: Guard) -> list[str]:
    statements = []
    for event in guard.events:
        name = _name(guard, event)
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            (
                f"CREATE TRIGGER {name} BEFORE {event} ON {guard.table} WHEN {guard.condition} "
                f"BEGIN SELECT RAISE(ABORT, '{guard.said}'); END"
            ),
        ]
    return statements


def _for_postgresql(guard: Guard) -> list[str]:
    function = (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END $$"
    )
    return [
        function,
        *(
            f"CREATE OR REPLACE TRIGGER {_name(guard, event)} BEFORE {event} ON {guard.table} "
            f"FOR EACH ROW WHEN ({guard.condition}) EXECUTE FUNCTION {_FUNCTION}('{guard.said}')"
            for event in guard.events
        ),
    ]


_CREATE = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}
