"""Deciding what leaves: rows are planned, moved and given up in the transaction of whoever decides it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError
from notifications.models import OutboundMessage
from notifications.registry import Skip, composer_for
from notifications.rendering import one_line
from notifications.tasks import send_due_messages

Status = OutboundMessage.Status
CancelledBy = OutboundMessage.CancelledBy

#: What makes a row unique: kind, object, rule, recipient, occurrence.
Key = tuple[str, UUID, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One message that should leave, as `plan_message` takes it."""

    scope: UUID
    kind: str
    about: UUID
    rule: str
    recipient_key: str
    occurrence: str
    due_at: datetime
    title: str = ""
    recipient_name: str = ""

    @property
    def key(self) -> Key:
        return (self.kind, self.about, self.rule, self.recipient_key, self.occurrence)


def plan_message(
    *,
    scope: UUID,
    kind: str,
    about: UUID,
    rule: str,
    recipient_key: str,
    occurrence: str,
    due_at: datetime,
    title: str = "",
    recipient_name: str = "",
) -> OutboundMessage:
    """Plan one message and return its row; asked twice, it is the same row.

    A row that the plan or the delivery gave up is taken up again, one still planned follows the new instant;
    one that was sent, that failed or that a person cancelled stays as it is.
    """
    plan = Plan(
        scope=scope,
        kind=kind,
        about=about,
        rule=rule,
        recipient_key=recipient_key,
        occurrence=occurrence,
        due_at=due_at,
        title=title,
        recipient_name=recipient_name,
    )
    plan_messages([plan])
    return OutboundMessage.objects.about(kind, about).get(
        rule=rule, recipient_key=recipient_key, occurrence=occurrence
    )


def plan_messages(plans: Iterable[Plan]) -> None:
    """Plan many messages at once; see `plan_message`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A message is planned inside the transaction that decides it.")
    wanted = {plan.key: plan for plan in plans}
    if not wanted:
        return
    known = {row_key(row): row for row in _rows_like(wanted.values())}
    # Sorted, so that two transactions that plan the same rows wait for one another in the same order.
    OutboundMessage.objects.bulk_create(
        [_new_row(plan) for key, plan in sorted(wanted.items()) if key not in known], ignore_conflicts=True
    )
    changes: dict[tuple[tuple[str, Any], ...], list[int]] = defaultdict(list)
    for key, plan in wanted.items():
        if key in known:
            changes[tuple(changes_to(known[key], plan).items())].append(known[key].pk)
    changes.pop((), None)
    for fields, keys in changes.items():
        free = _unlocked(OutboundMessage.objects.filter(pk__in=keys))
        OutboundMessage.objects.filter(pk__in=free).update(**dict(fields), updated_at=timezone.now())


@transaction.atomic
def cancel_messages(
    *,
    kind: str,
    about: UUID,
    reason: str,
    rule: str | None = None,
    recipient_key: str | None = None,
) -> int:
    """Give up what is planned about an object; return how many rows. What left stays."""
    rows = OutboundMessage.objects.about(kind, about)
    if rule is not None:
        rows = rows.filter(rule=rule)
    if recipient_key is not None:
        rows = rows.filter(recipient_key=recipient_key)
    return cancel_planned(keys=rows.planned().values_list("pk", flat=True), reason=reason)


@transaction.atomic
def cancel_planned(*, keys: Collection[int], reason: str) -> int:
    """Give up the planned rows among ``keys``; one that is leaving at this instant is past it."""
    free = _unlocked(OutboundMessage.objects.planned().filter(pk__in=keys))
    return OutboundMessage.objects.filter(pk__in=free).update(
        status=Status.CANCELLED,
        cancelled_by=CancelledBy.PLAN,
        reason=one_line(reason, limit=300),
        updated_at=timezone.now(),
    )


@transaction.atomic
def advance_message(message: OutboundMessage) -> None:
    """« Envoyer maintenant »: the same row, due at once, so nothing leaves twice.

    Refused where it would have nothing to say at that moment.
    """
    row = hold_message(message)
    if row.status != Status.PLANNED:
        raise DomainError(_("Seul un message encore à envoyer peut partir maintenant."))
    row.due_at = timezone.now()
    _check_has_something_to_say(row)
    row.save(update_fields=["due_at", "updated_at"])
    _send_soon()


@transaction.atomic
def retry_message(message: OutboundMessage) -> None:
    """Try a failed message again, from the first attempt."""
    row = hold_message(message)
    if row.status != Status.FAILED:
        raise DomainError(_("Seul un message en échec peut être renvoyé."))
    row.status = Status.PLANNED
    row.attempts = 0
    row.due_at = timezone.now()
    row.save(update_fields=["status", "attempts", "due_at", "updated_at"])
    _send_soon()


@transaction.atomic
def cancel_message(message: OutboundMessage, reason: str = "") -> None:
    """Hold back one message for good: no plan takes it up again."""
    row = hold_message(message)
    if row.status not in {Status.PLANNED, Status.FAILED}:
        raise DomainError(_("Ce message est déjà parti ou déjà annulé."))
    row.status = Status.CANCELLED
    row.cancelled_by = CancelledBy.PERSON
    row.reason = one_line(reason, limit=300)
    row.save(update_fields=["status", "cancelled_by", "reason", "updated_at"])


def _check_has_something_to_say(row: OutboundMessage) -> None:
    """Refuse what would be given up at once; what was tried already is left alone: its writing may be what fails."""
    try:
        compose = composer_for(row.kind)
    except LookupError:
        return
    composed = None if row.attempts else compose(row)
    if isinstance(composed, Skip):
        raise DomainError(composed.reason)


def hold_message(message: OutboundMessage) -> OutboundMessage:
    """Lock the row of ``message`` and read it again; refuse while a worker has it in hand."""
    rows = OutboundMessage.objects.filter(pk=message.pk)
    row = rows.select_for_update(of=("self",), skip_locked=True).first()
    if row is None:
        raise DomainError(_("Ce message est en train de partir."))
    return row


def row_key(row: OutboundMessage) -> Key:
    return (row.kind, row.about, row.rule, row.recipient_key, row.occurrence)


def changes_to(row: OutboundMessage, plan: Plan) -> dict[str, Any]:
    """Return what must change in ``row`` for it to do what ``plan`` says."""
    change: dict[str, Any] = {}
    if row.status == Status.CANCELLED and row.cancelled_by != CancelledBy.PERSON:
        change = {
            "status": Status.PLANNED,
            "cancelled_by": CancelledBy.NOBODY,
            "reason": "",
            "attempts": 0,
            "gathered_at": None,
            "carried_by": None,
        }
    elif row.status != Status.PLANNED:
        return change
    if change or row.planned_for != plan.due_at:
        change |= {"planned_for": plan.due_at, "due_at": plan.due_at}
    for field, value in (("title", plan.title), ("recipient_name", plan.recipient_name)):
        if getattr(row, field) != one_line(value, limit=200):
            change[field] = one_line(value, limit=200)
    return change


def _rows_like(plans: Iterable[Plan]) -> list[OutboundMessage]:
    """Return the rows about the same objects, of the same kinds: those of the plans are among them."""
    rows = OutboundMessage.objects.filter(
        kind__in={plan.kind for plan in plans}, about__in={plan.about for plan in plans}
    )
    return list(rows.defer("body", "facts", "last_error"))


def _new_row(plan: Plan) -> OutboundMessage:
    row = OutboundMessage(
        scope=plan.scope,
        kind=plan.kind,
        about=plan.about,
        rule=plan.rule,
        recipient_key=plan.recipient_key,
        occurrence=plan.occurrence,
        planned_for=plan.due_at,
        due_at=plan.due_at,
        title=one_line(plan.title, limit=200),
        recipient_name=one_line(plan.recipient_name, limit=200),
    )
    row.clean_fields()
    return row


def _unlocked(rows: QuerySet[OutboundMessage]) -> list[int]:
    """Lock ``rows`` and return their keys, but those that a worker is sending: nobody waits for a mail server."""
    return list(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True))


def _send_soon() -> None:
    # The minute's tick would send it as well: a broker that does not answer must not undo what was decided.
    transaction.on_commit(send_due_messages.delay, robust=True)
