"""Bringing the outbox to what the contract and the state of a section say, in the transaction that changes them."""

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from dossier.announcements import ORDER, REVIEW, Recipient, name_of, reviewers_of, writers_of
from dossier.models import Section
from notifications.models import OutboundMessage
from notifications.services import Plan, cancel_planned, plan_messages

#: Time to think again: what is changed back within it has told nobody.
DELAY = timedelta(minutes=10)

Status = OutboundMessage.Status


def tell_writers(section: Section, *, by: User | None, is_new_order: bool = False) -> None:
    """Tell those a section is now ordered from, and give up what was to tell those it no longer is."""
    wanted = writers_of(section)
    rows = list(OutboundMessage.objects.about(ORDER, section.public_id).defer("body", "facts"))
    _give_up(rows, [(key, row.occurrence) for row in rows for key in wanted if row.recipient_key == key])
    if not is_new_order:
        return
    sent = [row for row in rows if row.status == Status.SENT]
    plans = []
    for key, recipient in wanted.items():
        own = [row for row in sent if row.recipient_key == key]
        if _is(recipient, by) or _knows(key, sent, wanted):
            continue
        plans.append(_plan(section, ORDER, key, recipient, occurrence=str(len(own))))
    plan_messages(plans)


def tell_reviewers(section: Section, *, by: User | None) -> None:
    """Tell those who review what was just handed in, and give up what a later move made untrue."""
    handed_in = section.state_changes.into_review().in_order().last()
    wanted = reviewers_of(section) if handed_in else {}
    occurrence = str(handed_in.pk) if handed_in else ""
    rows = list(OutboundMessage.objects.about(REVIEW, section.public_id).defer("body", "facts"))
    _give_up(rows, [(key, occurrence) for key in wanted])
    plan_messages(
        _plan(section, REVIEW, key, recipient, occurrence=occurrence)
        for key, recipient in wanted.items()
        if not _is(recipient, by)
    )


def _is(recipient: Recipient, person: User | None) -> bool:
    return person is not None and recipient.user == person


def _knows(key: str, sent: Collection[OutboundMessage], wanted: Collection[str]) -> bool:
    """Whether that person was told, and nobody else since: a contract changed and changed back is no news."""
    told = [row.sent_at for row in sent if row.recipient_key == key and row.sent_at]
    others = [row.sent_at for row in sent if row.recipient_key not in wanted and row.sent_at]
    return bool(told) and not (others and max(others) > max(told))


def _give_up(rows: Collection[OutboundMessage], kept: Collection[tuple[str, str]]) -> None:
    untrue = [
        row.pk
        for row in rows
        if row.status == Status.PLANNED and (row.recipient_key, row.occurrence) not in kept
    ]
    if untrue:
        cancel_planned(keys=untrue, reason=_("La section ou son contrat a changé avant l’envoi."))


def _plan(section: Section, kind: str, key: str, recipient: Recipient, *, occurrence: str) -> Plan:
    return Plan(
        scope=section.candidacy.public_id,
        kind=kind,
        about=section.public_id,
        rule="once",
        recipient_key=key,
        occurrence=occurrence,
        due_at=timezone.now() + DELAY,
        title=section.title,
        recipient_name=name_of(recipient),
    )
