"""The reminders of one action or one decision: what left about it, and what will."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from committees.followup_recalls import ACTION_DUE, ACTION_OVERDUE, DECISION_DUE, DECISION_OVERDUE
from committees.models import Action, Decision
from notifications.models import OutboundMessage

Status = OutboundMessage.Status

KINDS = (ACTION_DUE, ACTION_OVERDUE, DECISION_DUE, DECISION_OVERDUE)


@dataclass(frozen=True, slots=True)
class Rung:
    step: str
    name: str
    at: datetime
    status: str
    tone: str


TONES = {Status.SENT: "good", Status.FAILED: "bad", Status.PLANNED: "info"}


def ladder_of(followed: Action | Decision) -> Sequence[Rung]:
    """Return the reminders of ``followed`` in the order in which they leave; what was given up is left out."""
    rows = (
        OutboundMessage.objects.filter(about=followed.public_id, kind__in=KINDS)
        .exclude(status=Status.CANCELLED)
        .order_by("planned_for", "pk")
    )
    return [
        Rung(
            step=row.rule,
            name=row.recipient_name,
            at=row.sent_at or row.due_at,
            status=row.get_status_display(),
            tone=TONES.get(Status(row.status), "neutral"),
        )
        for row in rows.only("rule", "recipient_name", "sent_at", "due_at", "status")
    ]
