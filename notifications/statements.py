"""The statements that every message costs, written out.

The ORM would put each together anew for every one of thousands of messages, which takes longer than running it, and
`transaction.atomic` would have PostgreSQL answer to the beginning of each transaction by itself.
"""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from weakref import WeakSet

from django.db import Error, connection

from notifications.models import OutboundAttachment, OutboundMessage

_TABLE = OutboundMessage._meta.db_table
_SENT = (
    f"UPDATE {_TABLE} SET status = 'sent', cancelled_by = '', reason = '', last_error = '', attempts = %s,"  # noqa: S608 -- the table is ours
    " sent_at = %s, updated_at = %s, recipient_address = %s, subject = %s, body = %s, facts = %s"
)
# Found by primary key alone: a planner that has seen no statistics would walk through all that is due.
_HOLD_AND_RECORD = (
    f"WITH held AS MATERIALIZED (SELECT id, status, due_at FROM {_TABLE} WHERE id = %s FOR UPDATE SKIP LOCKED)"  # noqa: S608
    f" {_SENT} FROM held WHERE {_TABLE}.id = held.id AND held.status = 'planned' AND held.due_at <= %s"
)
# Prepared once for each connection: it takes longer to read and to plan than to run.
_PARAMETERS = _HOLD_AND_RECORD.count("%s")
_PREPARE = "PREPARE hold_and_record AS " + _HOLD_AND_RECORD.replace("%s", "${}").format(
    *range(1, _PARAMETERS + 1)
)
_EXECUTE = f"EXECUTE hold_and_record({', '.join(['%s'] * _PARAMETERS)})"
_prepared_on: WeakSet[Any] = WeakSet()
_KEEP_FILE = (
    f"INSERT INTO {OutboundAttachment._meta.db_table} (message_id, filename, content_type, content)"  # noqa: S608
    " VALUES (%s, %s, %s, %s)"
)
# PostgreSQL answers the commit of this transaction before it is on the disk (docs/decisions/0009).
_BEGIN = "{}; SET LOCAL synchronous_commit TO off"
_WORDS = (_BEGIN.format("BEGIN"), "COMMIT", "ROLLBACK")
_WORDS_IN_A_TRANSACTION = (
    _BEGIN.format("SAVEPOINT leaving"),
    "RELEASE SAVEPOINT leaving",
    "ROLLBACK TO SAVEPOINT leaving",
)
_LOOK = f"SELECT status = 'planned' AND due_at <= %s FROM {_TABLE} WHERE id = %s"  # noqa: S608
_RECORD = f"{_SENT} WHERE id = %s"


@contextlib.contextmanager
def leaving(
    messages: Sequence[OutboundMessage], files: Sequence[OutboundAttachment], *, now: datetime
) -> Iterator[bool]:
    """PostgreSQL: hold the rows and write that they left, with ``files``; undone if the block raises.

    Yield False, with nothing written, when one of them is no longer due, or held by another worker. The database is
    asked twice: once for all that is written, once for the end.
    """
    begin, keep, undo = _WORDS_IN_A_TRANSACTION if connection.in_atomic_block else _WORDS
    statements, values = [begin], []
    for message in messages:
        statements.append(_EXECUTE)
        values += [message.pk, *_kept(message, now), now]
    for file in files:
        statements.append(_KEEP_FILE)
        values += [file.message_id, file.filename, file.content_type, file.content]
    with connection.cursor() as cursor:
        _prepare(cursor)
        try:
            cursor.execute("; ".join(statements), values)
            is_held = _rows_written(cursor) == len(messages) + len(files)
            if not is_held:
                cursor.execute(undo)
            yield is_held
            if is_held:
                cursor.execute(keep)
        except BaseException:
            try:
                cursor.execute(undo)
            except Error:
                connection.close()  # the server undoes what an ended connection left open
            raise


def _prepare(cursor: Any) -> None:
    if connection.connection not in _prepared_on:
        cursor.execute(_PREPARE)
        _prepared_on.add(connection.connection)


def _rows_written(cursor: Any) -> int:
    """Count over all the statements of one question; those that write none count below zero."""
    count: int = max(cursor.rowcount, 0)
    while cursor.nextset():
        count += max(cursor.rowcount, 0)
    return count


def is_still_due(message: OutboundMessage, *, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [connection.ops.adapt_datetimefield_value(now), message.pk])
        found = cursor.fetchone()
    return found is not None and bool(found[0])


def record_sent(message: OutboundMessage, *, now: datetime) -> None:
    """Write that the row left. The truth wins over a cancellation that came while the server was answering."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, [*_kept(message, now), message.pk])


def _kept(message: OutboundMessage, now: datetime) -> list[Any]:
    moment = connection.ops.adapt_datetimefield_value(now)
    facts = connection.ops.adapt_json_value(message.facts, None)
    texts = [message.recipient_address, message.subject, message.body]
    return [message.attempts + 1, moment, moment, *texts, facts]
