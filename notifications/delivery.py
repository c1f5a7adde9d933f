"""The worker's half of the outbox: what is due leaves, row by row, over one connection to the mail server.

A few dozen messages are written together, because their reads are shared, and used within the second. Then each
row is locked, looked at again, sent, marked and committed before the next one is touched. A process killed on
the way leaves its row planned: the next tick sends it, with the same Message-ID if the server had already
accepted it.

PostgreSQL keeps two workers apart with a lock on the row, held while the mail server answers. SQLite has one
lock for the whole database, and holding that one would stop the site; there, one process sends at a time
(`only_sender`) and the row is read before the sending and written after it in two short statements.
"""

import contextlib
import fcntl
import hashlib
import logging
import smtplib
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import OutboundAttachment, OutboundMessage
from notifications.registry import Composed, Skip, batch_composer_for, composer_for
from notifications.rendering import one_line, plain_text

logger = logging.getLogger(__name__)

#: Servers close a connection that carries too much; a new one costs a few milliseconds.
MESSAGES_PER_CONNECTION = 100
#: How many messages share their reads, and for how long what was read counts as « now ».
MESSAGES_WRITTEN_TOGETHER = 50
FRESH_SECONDS = 1.0
#: What is still due after this long is left to the next tick, so that one thread at most is busy with mail.
LONGEST_TICK_SECONDS = 50.0
#: One, two, four minutes … at most an hour apart: some four hours in all.
MAX_ATTEMPTS = 10
LONGEST_BACK_OFF_MINUTES = 60
#: "Service not available, closing transmission channel": the connection is gone, the message is not to blame.
CLOSING = 421

Status = OutboundMessage.Status
_DECIDED_NOW = ("recipient_address", "subject", "body", "facts")
_DECIDED_EARLIER = {field.name for field in OutboundMessage._meta.get_fields()} - set(_DECIDED_NOW)
Written = Composed | Skip | Exception
#: What `deliver_due` did, counted by the state its rows ended in; a row put off counts as planned.
Tally = Counter[str]


class ServerUnreachableError(Exception):
    """The mail server does not let us in. No message is to blame, none is counted as tried."""


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


class Post:
    """One connection to the mail server, opened for the first message and renewed now and then."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._count = 0

    def send(self, email: EmailMultiAlternatives) -> None:
        if self._count >= MESSAGES_PER_CONNECTION:
            self.close()
        backend = self._backend or self._open()
        self._count += 1
        try:
            backend.send_messages([email])
        except smtplib.SMTPException as error:
            if isinstance(error, smtplib.SMTPServerDisconnected) or _reply(error)[0] == CLOSING:
                self.close()
            raise
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        if self._backend is not None:
            with contextlib.suppress(OSError):
                self._backend.close()
        self._backend = None
        self._count = 0

    def _open(self) -> BaseEmailBackend:
        backend: BaseEmailBackend = get_connection()
        try:
            backend.open()
        except OSError as error:
            with contextlib.suppress(OSError):
                backend.close()  # a refused log-in leaves the connection open
            raise ServerUnreachableError(_describe(error)) from error
        self._backend = backend
        return backend


def _next_due() -> list[OutboundMessage]:
    return list(OutboundMessage.objects.due(timezone.now())[:MESSAGES_WRITTEN_TOGETHER])


def _written(rows: list[OutboundMessage]) -> Iterator[tuple[OutboundMessage, Written]]:
    """Yield each row with what it says, never written more than a moment ago."""
    waiting = deque(rows)
    while waiting:
        texts = _write_all(waiting)
        stale_at = time.monotonic() + FRESH_SECONDS
        yield waiting[0], texts[waiting.popleft().pk]
        while waiting and time.monotonic() < stale_at:
            yield waiting[0], texts[waiting.popleft().pk]


def _write_all(rows: Iterable[OutboundMessage]) -> dict[int, Written]:
    by_kind: dict[str, list[OutboundMessage]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    texts: dict[int, Written] = {}
    for kind, group in by_kind.items():
        try:
            written = batch_composer_for(kind)(group)
            texts |= {row.pk: written[row.pk] for row in group}
        except Exception:  # noqa: BLE001 -- whatever is wrong with one of them, the others are written
            texts |= {row.pk: _write_alone(row) for row in group}
    return texts


def _write_alone(row: OutboundMessage) -> Written:
    try:
        return composer_for(row.kind)(row)
    except Exception as error:
        logger.exception("Message %s could not be written", row.public_id)
        return error


def _deliver(row: OutboundMessage, written: Written, post: Post) -> list[str]:
    """Deal with one row; return the state it ended in, or nothing when it is no longer ours to deal with."""
    try:
        with _held(row) as is_due:
            return [_send(row, written, post)] if is_due else []
    except ServerUnreachableError:
        raise
    except Exception as error:
        # Its own transaction is rolled back by now, and the others are still to leave.
        logger.exception("Message %s could not be sent", row.public_id)
        return [_put_off(row, _explain(error))]


@contextlib.contextmanager
def _held(row: OutboundMessage) -> Iterator[bool]:
    """Hold ``row`` while it is dealt with, where rows can be held; say whether it is still due."""
    # By primary key alone: a planner that has seen no statistics would walk through all that is due.
    same = OutboundMessage.objects.filter(pk=row.pk)
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            yield _is_still_due(row, same.select_for_update(of=("self",), skip_locked=True))
    else:
        yield _is_still_due(row, same)


def _is_still_due(row: OutboundMessage, same: QuerySet[OutboundMessage]) -> bool:
    for status, due_at, attempts in same.values_list("status", "due_at", "attempts"):
        row.attempts = attempts
        return status == Status.PLANNED and due_at <= timezone.now()
    return False  # held by another worker


def _send(row: OutboundMessage, written: Written, post: Post) -> str:
    if isinstance(written, Skip):
        return _give_up(row, written.reason)
    if isinstance(written, Exception):
        return _put_off(row, _explain(written))
    try:
        files = _copy_onto(row, written)  # before sending: what left must be storable
        post.send(_envelope(row, written))
    except OSError as error:  # smtplib's errors are among them
        return _put_off(row, _describe(error), for_good=_is_permanent(error))
    except (ValueError, ValidationError) as error:  # an address or a header that cannot be written
        return _put_off(row, str(error), for_good=True)
    return _mark_sent(row, files)


def _copy_onto(message: OutboundMessage, composed: Composed) -> list[OutboundAttachment]:
    """Put what will leave on ``message``, unsaved, and return its files."""
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
    ]
    for file in files:
        file.clean_fields(exclude=["message"])
    return files


def _envelope(message: OutboundMessage, composed: Composed) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=plain_text(composed.body),
        to=[message.recipient_address],
        reply_to=[composed.reply_to] if composed.reply_to else None,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
    )
    for attachment in composed.attachments:
        if attachment.is_alternative:
            email.attach_alternative(attachment.content.decode(), attachment.content_type)
            subtype = Path(attachment.filename).suffix.lstrip(".")
            email.attach(attachment.filename, attachment.content, f"application/{subtype}")
        else:
            email.attach(attachment.filename, attachment.content, attachment.content_type)
    return email


# --- what becomes of a row ---------------------------------------------------------------------------


def _mark_sent(message: OutboundMessage, files: list[OutboundAttachment]) -> str:
    """Keep what left. The truth wins over a cancellation that came while the server was answering."""
    message.status = Status.SENT
    message.cancelled_by = OutboundMessage.CancelledBy.NOBODY
    message.reason = ""
    message.last_error = ""
    message.attempts += 1
    message.sent_at = timezone.now()
    with _short_transaction():
        message.save(
            update_fields=[
                *("status", "cancelled_by", "reason", "last_error", "attempts", "sent_at", "updated_at"),
                *_DECIDED_NOW,
            ]
        )
        OutboundAttachment.objects.bulk_create(files)
    return Status.SENT


def _give_up(message: OutboundMessage, reason: str) -> str:
    return _settle(
        message,
        status=Status.CANCELLED,
        cancelled_by=OutboundMessage.CancelledBy.DELIVERY,
        reason=one_line(reason, limit=300),
    )


def _put_off(message: OutboundMessage, error: str, *, for_good: bool = False) -> str:
    attempts = message.attempts + 1
    if for_good or attempts >= MAX_ATTEMPTS:
        return _settle(message, status=Status.FAILED, attempts=attempts, last_error=plain_text(error))
    due_at = timezone.now() + back_off(attempts)
    return _settle(
        message, status=Status.PLANNED, attempts=attempts, last_error=plain_text(error), due_at=due_at
    )


def _settle(message: OutboundMessage, *, status: Status, **changes: Any) -> str:
    """Write what became of a row that did not leave, unless a person has decided about it meanwhile."""
    OutboundMessage.objects.planned().filter(pk=message.pk).update(
        status=status, updated_at=timezone.now(), **changes
    )
    return status


def _note_outage(error: str) -> None:
    """Let the outbox page say why nothing leaves."""
    with _short_transaction():
        waiting = OutboundMessage.objects.due(timezone.now()).exclude(last_error=error)
        keys = waiting.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
        OutboundMessage.objects.filter(pk__in=list(keys[:1000])).update(last_error=error)


@contextlib.contextmanager
def _short_transaction() -> Iterator[None]:
    """Join the transaction that holds the row, or open one that lasts two statements."""
    with contextlib.nullcontext() if connection.in_atomic_block else transaction.atomic():
        yield


def back_off(attempts: int) -> timedelta:
    return timedelta(minutes=min(2 ** (attempts - 1), LONGEST_BACK_OFF_MINUTES))


# --- what the server says ----------------------------------------------------------------------------


def _explain(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _reply(error: OSError) -> tuple[int, str]:
    """Return the code and the words of the mail server's answer; 0 where it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return code, _decode(answer)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _decode(error.smtp_error)
    return 0, str(error)


def _is_permanent(error: OSError) -> bool:
    return isinstance(error, smtplib.SMTPNotSupportedError) or 500 <= _reply(error)[0] < 600


def _describe(error: OSError) -> str:
    code, answer = _reply(error)
    return f"{code} {answer}" if code else f"{type(error).__name__}: {answer}"


def _decode(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
