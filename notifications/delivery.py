"""The worker's half of the outbox: what is due leaves, row by row, over one connection to the mail server.

Several that are due to one person leave as one (`notifications.gathering`).

Two hundred messages are written together, because their reads are shared, and used within the second. Then each row
is looked at again, sent, marked and committed before the next one is touched. A process killed on the way leaves
its row planned: the next tick sends it, with the same Message-ID if the server had already accepted it.

PostgreSQL keeps two workers apart with a lock on the row, held while the mail server answers: what will have left is
written in the transaction that holds it, which ends when the server has accepted it and is undone when it has not.
SQLite has one lock for the whole database, and holding that one would stop the site; there, one process sends at a
time (`only_sender`) and the row is read before the sending and written after it in two short statements.
"""

import contextlib
import fcntl
import hashlib
import logging
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.envelope import envelope
from notifications.gathering import Bundle, bundle, carried_by, is_settled, settle_company
from notifications.models import OutboundAttachment, OutboundMessage
from notifications.own_words import in_own_words
from notifications.post import Post, ServerUnreachableError, blames_address, describe, is_permanent
from notifications.preferences import refused_by
from notifications.registry import Composed, Skip, batch_composer_for, composer_for
from notifications.rendering import one_line, plain_text
from notifications.statements import is_still_due, leaving, record_sent

logger = logging.getLogger(__name__)

#: How many messages share their reads, and for how long what was read counts as « now ».
MESSAGES_WRITTEN_TOGETHER = 200
FRESH_SECONDS = 1.0
#: What is still due after this long is left to the next tick, so that one thread at most is busy with mail.
LONGEST_TICK_SECONDS = 50.0
#: One, two, four minutes … at most an hour apart: some four hours in all.
MAX_ATTEMPTS = 10
LONGEST_BACK_OFF_MINUTES = 60

Status = OutboundMessage.Status
_DECIDED_NOW = ("recipient_address", "subject", "body", "facts")
_DECIDED_EARLIER = {field.name for field in OutboundMessage._meta.get_fields()} - set(_DECIDED_NOW)
Text = Composed | Skip | Exception
Written = Bundle | Skip | Exception
#: What `deliver_due` did, counted by the state its rows ended in; a row put off counts as planned.
Tally = Counter[str]


def deliver_due(*, seconds: float = LONGEST_TICK_SECONDS) -> Tally:
    """Send what is due until nothing is left or ``seconds`` have passed; the failure of one stops no other."""
    tally: Tally = Counter()
    stop_at = time.monotonic() + seconds
    with only_sender() as alone, contextlib.closing(Post()) as post:
        try:
            while alone and (rows := _next_due()):
                before = tally.total()
                for row, written in _written(rows):
                    if time.monotonic() >= stop_at:
                        return tally
                    tally.update(_deliver(row, written, post))
                if tally.total() == before:
                    break  # another worker has them all in hand
        except ServerUnreachableError as error:
            logger.warning("Mail server: %s", error)
            _note_outage(str(error))
    return tally


@contextlib.contextmanager
def only_sender() -> Iterator[bool]:
    """Where rows cannot be locked, say whether this process may send: one at a time does.

    The kernel frees the lock of a killed process at once, so no lease has to be guessed. It holds for one
    machine, as SQLite does.
    """
    if connection.features.has_select_for_update_skip_locked:
        yield True
        return
    database = hashlib.sha256(str(connection.settings_dict["NAME"]).encode()).hexdigest()[:12]
    path = Path(settings.DATA_DIR) / f"outbox-{database}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            # Said in so many words: a child process forked meanwhile holds the same open file.
            fcntl.flock(file, fcntl.LOCK_UN)


def _next_due() -> list[OutboundMessage]:
    now = timezone.now()
    rows = _first_due(now)
    if not all(map(is_settled, rows)):
        settle_company(now, limit=MESSAGES_WRITTEN_TOGETHER)
        # What another worker is settling at this instant is left to it.
        rows = [row for row in _first_due(now) if is_settled(row)]
    return rows


def _first_due(now: datetime) -> list[OutboundMessage]:
    due = OutboundMessage.objects.due(now).defer(*_DECIDED_NOW)
    return list(due[:MESSAGES_WRITTEN_TOGETHER])


def _written(rows: list[OutboundMessage]) -> Iterator[tuple[OutboundMessage, Written]]:
    """Yield each row with what it says, never written more than a moment ago.

    What a slow mail server leaves no time to use is not written again and again: the next share follows its pace.
    """
    waiting, share = deque(rows), len(rows)
    while waiting:
        texts = _write_all(list(islice(waiting, share)))
        stale_at = time.monotonic() + FRESH_SECONDS
        used = 0
        while used < len(texts) and (not used or time.monotonic() < stale_at):
            yield waiting[0], texts[waiting.popleft().pk]
            used += 1
        share = 2 * used


def _write_all(rows: Sequence[OutboundMessage]) -> dict[int, Written]:
    carried = carried_by(rows)
    texts = _write_each([*rows, *(row for group in carried.values() for row in group)])
    written: dict[int, Written] = {}
    for row in rows:
        own = texts[row.pk]
        others = [(other, texts[other.pk]) for other in carried[row.pk]]
        written[row.pk] = _write_together(own, others) if isinstance(own, Composed) else own
    return written


def _write_together(own: Composed, others: Iterable[tuple[OutboundMessage, Text]]) -> Bundle:
    """Put together what goes to one address; what has nothing to say any more is given up on the way.

    What could not be written, or would go elsewhere, leaves by itself after its carrier.
    """
    parts = []
    for other, text in others:
        if isinstance(text, Skip):
            _settle(OutboundMessage.objects.planned(), other, **_given_up(text.reason))
        elif isinstance(text, Composed) and text.address == own.address:
            parts.append((other, text))
    return bundle(own, parts)


def _write_each(rows: Iterable[OutboundMessage]) -> dict[int, Text]:
    by_kind: dict[str, list[OutboundMessage]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    texts: dict[int, Text] = {}
    for kind, group in by_kind.items():
        try:
            written = batch_composer_for(kind)(group)
            texts |= {row.pk: written[row.pk] for row in group}
        except Exception:  # noqa: BLE001 -- whatever is wrong with one of them, the others are written
            texts |= {row.pk: _write_alone(row) for row in group}
        _respect_people(kind, group, texts)
    return texts


def _respect_people(kind: str, group: Iterable[OutboundMessage], texts: dict[int, Text]) -> None:
    """Leave out whoever does without this kind, and use the words that somebody gave a message."""
    composed = {row: text for row in group if isinstance(text := texts[row.pk], Composed)}
    refused = refused_by(kind, [text.user_id for text in composed.values() if text.user_id])
    for row, text in composed.items():
        if text.user_id in refused:
            texts[row.pk] = Skip(_("La personne ne souhaite pas ces messages."))
        else:
            texts[row.pk] = in_own_words(row, text)


def _write_alone(row: OutboundMessage) -> Text:
    try:
        return composer_for(row.kind)(row)
    except Exception as error:
        logger.exception("Message %s could not be written", row.public_id)
        return error


def _deliver(row: OutboundMessage, written: Written, post: Post) -> list[str]:
    """Deal with one row; return the state it ended in, or nothing when it is no longer ours to deal with."""
    if isinstance(written, Skip):
        return _settle(OutboundMessage.objects.due(timezone.now()), row, **_given_up(written.reason))
    if isinstance(written, Exception):
        OutboundMessage.objects.filter(carried_by=row).update(carried_by=None)  # they need not wait for it
        return _put_off(row, _explain(written))
    try:
        return _send(row, written, post)
    except ServerUnreachableError:
        raise
    except OSError as error:  # smtplib's errors are among them
        refused = row.recipient_address if blames_address(error) else ""
        return _put_off(row, describe(error), for_good=is_permanent(error), address=refused)
    except (ValueError, ValidationError) as error:  # an address or a header that cannot be written
        return _put_off(row, str(error), for_good=True)
    except Exception as error:
        # Its own transaction is rolled back by now, and the others are still to leave.
        logger.exception("Message %s could not be sent", row.public_id)
        return _put_off(row, _explain(error))


def _send(row: OutboundMessage, written: Bundle, post: Post) -> list[str]:
    files = _copy_onto(row, written.composed)  # before sending: what left must be storable
    for other, text in written.parts:
        _copy_onto(other, text)
    email = envelope(row, written.composed)
    send = _send_holding if connection.features.has_select_for_update_skip_locked else _send_alone
    together = [row, *(other for other, _text in written.parts)]
    return [Status.SENT] * len(together) if send(together, files, lambda: post.send(email)) else []


def _send_holding(
    rows: Sequence[OutboundMessage], files: list[OutboundAttachment], send: Callable[[], None]
) -> bool:
    """Write that ``rows`` left, in one message, let it leave, and commit.

    What does not leave, or dies on the way, was not written.
    """
    with leaving(rows, files, now=timezone.now()) as is_held:
        if is_held:
            send()
    return is_held


def _send_alone(
    rows: Sequence[OutboundMessage], files: list[OutboundAttachment], send: Callable[[], None]
) -> bool:
    """Send outside any transaction, then write it down: no other process sends, and the site must not wait."""
    if not all(is_still_due(row, now=timezone.now()) for row in rows):
        return False
    send()
    with transaction.atomic() if files or len(rows) > 1 else contextlib.nullcontext():
        for row in rows:
            record_sent(row, now=timezone.now())
        OutboundAttachment.objects.bulk_create(files)
    return True


def _copy_onto(message: OutboundMessage, composed: Composed) -> list[OutboundAttachment]:
    """Put what will leave on ``message``, unsaved, and return the files that are kept with it."""
    validate_email(composed.address)
    message.recipient_address = composed.address
    message.subject = one_line(composed.subject, limit=300)
    message.body = plain_text(composed.kept_body)
    message.facts = composed.facts
    message.clean_fields(exclude=_DECIDED_EARLIER)
    files = [
        OutboundAttachment(
            message=message,
            filename=attachment.filename,
            content_type=attachment.content_type,
            content=attachment.content,
        )
        for attachment in composed.attachments
        if attachment.is_kept
    ]
    for file in files:
        file.clean_fields(exclude=["message"])
    return files


# --- what becomes of a row ---------------------------------------------------------------------------


def _given_up(reason: str) -> dict[str, Any]:
    return {
        "status": Status.CANCELLED,
        "cancelled_by": OutboundMessage.CancelledBy.DELIVERY,
        "reason": one_line(reason, limit=300),
    }


def _put_off(message: OutboundMessage, error: str, *, for_good: bool = False, address: str = "") -> list[str]:
    """Try again later, or stop; the ``address`` that the server refused is then kept, and marks its owner."""
    attempts = message.attempts + 1
    changes: dict[str, Any] = {"attempts": attempts, "last_error": plain_text(error)}
    if for_good or attempts >= MAX_ATTEMPTS:
        changes |= {"status": Status.FAILED, "recipient_address": address}
    else:
        changes |= {"status": Status.PLANNED, "due_at": timezone.now() + back_off(attempts)}
    return _settle(OutboundMessage.objects.due(timezone.now()), message, **changes)


def _settle(
    rows: QuerySet[OutboundMessage], message: OutboundMessage, *, status: str, **changes: Any
) -> list[str]:
    """Write what became of a row that did not leave, unless it is no longer among ``rows`` or is taken up."""
    with transaction.atomic():
        still = rows.filter(pk=message.pk)
        keys = still.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
        changed = OutboundMessage.objects.filter(pk__in=list(keys)).update(
            status=status, updated_at=timezone.now(), **changes
        )
    return [status] if changed else []


def _note_outage(error: str) -> None:
    """Let the outbox page say why nothing leaves."""
    with transaction.atomic():
        waiting = OutboundMessage.objects.due(timezone.now()).exclude(last_error=error)
        keys = waiting.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
        OutboundMessage.objects.filter(pk__in=list(keys[:1000])).update(last_error=error)


def back_off(attempts: int) -> timedelta:
    return timedelta(minutes=min(2 ** (attempts - 1), LONGEST_BACK_OFF_MINUTES))


def _explain(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
