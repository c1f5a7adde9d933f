"""Several messages that are due to one person within the hour leave as one.

Before anything of a batch is sent, one transaction settles who leaves together: the first row due carries the
others, and neither it nor they ever take other company. A process killed while the message is on its way thus finds
the same rows under the same Message-ID. What is carried leaves by itself as soon as its carrier will not take it:
given up, in failure, or gone without it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import ngettext

from notifications.models import OutboundMessage
from notifications.registry import Composed, gathering_kinds

WITHIN = timedelta(hours=1)
_SIGNATURE = "\n--\n"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One e-mail: what it says, and the rows that it says it for beside its own, each with its text."""

    composed: Composed
    parts: Sequence[tuple[OutboundMessage, Composed]] = ()


def settle_company(now: datetime, *, limit: int) -> None:
    """Decide for the first ``limit`` rows that are due which leave together; one query where none is to be decided."""
    kinds = gathering_kinds()
    open_rows = OutboundMessage.objects.due(now).filter(kind__in=kinds, gathered_at__isnull=True)
    people = {(row.scope, row.recipient_key) for row in open_rows.only("scope", "recipient_key")[:limit]}
    if not people:
        return
    with transaction.atomic():
        groups = _held_groups(people, kinds, now)
        carried: list[OutboundMessage] = []
        for carrier, *others in groups:
            for row in others:
                row.carried_by, row.due_at, row.gathered_at = carrier, min(row.due_at, now), now
                carried.append(row)
        carriers = [group[0].pk for group in groups]
        OutboundMessage.objects.filter(pk__in=carriers).update(gathered_at=now)
        OutboundMessage.objects.bulk_update(carried, ["carried_by", "due_at", "gathered_at"])


def is_settled(row: OutboundMessage) -> bool:
    """Whether ``row`` may leave: its company is settled, or it never has any."""
    return row.gathered_at is not None or row.kind not in gathering_kinds()


def carried_by(rows: Iterable[OutboundMessage]) -> dict[int, list[OutboundMessage]]:
    """Return what each of ``rows`` carries and that is still to leave, by primary key, first due first."""
    kinds = gathering_kinds()
    carriers = [row.pk for row in rows if row.kind in kinds]
    found: dict[int, list[OutboundMessage]] = defaultdict(list)
    if carriers:
        waiting = OutboundMessage.objects.planned().filter(carried_by__in=carriers)
        for row in waiting.order_by("planned_for", "pk"):
            found[row.carried_by_id or 0].append(row)
    return found


def bundle(composed: Composed, parts: Sequence[tuple[OutboundMessage, Composed]]) -> Bundle:
    """Write one e-mail of several to one address: one greeting, each text under its subject, one signature."""
    if not parts:
        return Bundle(composed)
    texts = [composed, *(part for _row, part in parts)]
    greeting, signature = _greeting(composed.body), _signature(composed.body)
    blocks = [f"{number}. {part.subject}\n\n{_core(part.body)}" for number, part in enumerate(texts, 1)]
    opening = ngettext("Voici %(n)d message.", "Voici %(n)d messages en un.", len(texts)) % {"n": len(texts)}
    body = "\n\n".join([*([greeting] if greeting else []), opening, *blocks])
    others = len(texts) - 1
    subject = ngettext(
        "%(subject)s, et %(n)d autre rappel", "%(subject)s, et %(n)d autres rappels", others
    ) % {"subject": composed.subject, "n": others}
    together = replace(
        composed,
        subject=subject,
        body=f"{body}\n{signature}",
        attachments=tuple(file for part in texts for file in part.attachments),
        withheld=tuple(secret for part in texts for secret in part.withheld),
    )
    return Bundle(together, parts)


def _held_groups(
    people: Collection[tuple[UUID, str]], kinds: Collection[str], now: datetime
) -> list[list[OutboundMessage]]:
    """Lock what is due to ``people`` within the hour and has no company yet; return it by person, first due first."""
    free = (
        OutboundMessage.objects.planned()
        .filter(
            scope__in={scope for scope, _key in people},
            recipient_key__in={key for _scope, key in people},
            kind__in=kinds,
            gathered_at__isnull=True,
            due_at__lte=now + WITHIN,
        )
        .only("scope", "recipient_key", "due_at")
        .order_by("due_at", "pk")
        .select_for_update(of=("self",), skip_locked=True)
    )
    groups: dict[tuple[UUID, str], list[OutboundMessage]] = defaultdict(list)
    for row in free:
        if (row.scope, row.recipient_key) in people:
            groups[row.scope, row.recipient_key].append(row)
    return [group for group in groups.values() if group[0].due_at <= now]


def _greeting(body: str) -> str:
    first = body.split("\n", 1)[0]
    return first if first.endswith(",") else ""


def _core(body: str) -> str:
    text = body.rsplit(_SIGNATURE, 1)[0]
    greeting = _greeting(text)
    return text.removeprefix(greeting).strip()


def _signature(body: str) -> str:
    _text, found, signature = body.rpartition(_SIGNATURE)
    return f"{_SIGNATURE}{signature}" if found else ""
