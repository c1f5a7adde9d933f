"""The statements that every message costs, written out.

The ORM would put each together anew for every one of thousands of messages, which takes longer than running it.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from notifications.models import OutboundMessage

_TABLE = OutboundMessage._meta.db_table
_SENT = (
    f"UPDATE {_TABLE} SET status = 'sent', cancelled_by = '', reason = '', last_error = '', attempts = %s,"  # noqa: S608 -- the table is ours
    " sent_at = %s, updated_at = %s, recipient_address = %s, subject = %s, body = %s, facts = %s"
)
# Found by primary key alone: a planner that has seen no statistics would walk through all that is due. For this
# transaction, PostgreSQL answers the commit before it is on the disk (docs/decisions/0009).
_HOLD_AND_RECORD = (
    f"WITH held AS MATERIALIZED (SELECT id, status, due_at FROM {_TABLE} WHERE id = %s FOR UPDATE SKIP LOCKED)"  # noqa: S608
    f" {_SENT} FROM held WHERE {_TABLE}.id = held.id AND held.status = 'planned' AND held.due_at <= %s"
    " RETURNING set_config('synchronous_commit', 'off', true)"
)
_LOOK = f"SELECT status = 'planned' AND due_at <= %s FROM {_TABLE} WHERE id = %s"  # noqa: S608
_RECORD = f"{_SENT} WHERE id = %s"


def hold_and_record_sent(message: OutboundMessage, *, now: datetime) -> bool:
    """PostgreSQL: lock the row and write that it left, for the caller's transaction to keep or to undo.

    Return False when it is no longer due, or held by another worker.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_AND_RECORD, [message.pk, *_kept(message, now), now])
        return cursor.fetchone() is not None


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
