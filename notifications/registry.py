"""Who writes which kind of message. Each application registers its kinds when Django starts.

The outbox knows rows and addresses, not meetings: an application above it hands over a function that turns a
row into what is sent, and the outbox imports nothing from above.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from notifications.models import OutboundMessage


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; ``is_alternative`` also shows it beside the text, as calendar programs want.

    What is not ``is_kept`` leaves without a copy beside the row: it is kept elsewhere, once for all who get it.
    """

    filename: str
    content_type: str
    content: bytes
    is_alternative: bool = False
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Composed:
    """What is sent, decided at sending time. ``facts`` are kept with the row and never shown.

    The words ``withheld`` are secrets of the recipient: they leave, and are neither kept nor shown.
    """

    address: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    #: The account of the recipient, where they have one: it may refuse some kinds.
    user_id: int | None = None
    withheld: tuple[str, ...] = ()

    @property
    def kept_body(self) -> str:
        """The body as the outbox keeps and shows it."""
        body = self.body
        for secret in self.withheld:
            body = body.replace(secret, "…")
        return body


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to send after all; ``reason`` is shown on the outbox page."""

    reason: str


Composer = Callable[[OutboundMessage], Composed | Skip]
#: Writes several messages of one kind at once, by primary key, with reads that they share.
BatchComposer = Callable[[Sequence[OutboundMessage]], Mapping[int, Composed | Skip]]

_composers: dict[str, BatchComposer] = {}
#: Says of a planned row why it will leave.
Reason = Callable[[OutboundMessage], str]

_labels: dict[str, "str | Promise"] = {}
_reasons: dict[str, Reason] = {}
#: Kinds that leave together when several are due to one person, and kinds that a person may do without.
_gathering: set[str] = set()
_refusable: set[str] = set()


def register(
    kind: str,
    compose: Composer,
    *,
    label: "str | Promise" = "",
    reason: Reason | None = None,
    gathers: bool = False,
    is_refusable: bool = False,
) -> None:
    """Let ``compose`` write the messages of ``kind``.

    ``label`` names the kind on the outbox page, where ``reason`` says of a planned row why it will leave. Kinds that
    gather leave in one message when several are due to one person; a person may do without a refusable one.
    """

    def compose_many(messages: Sequence[OutboundMessage]) -> dict[int, Composed | Skip]:
        return {message.pk: compose(message) for message in messages}

    register_many(kind, compose_many, label=label, reason=reason, gathers=gathers, is_refusable=is_refusable)


def register_many(
    kind: str,
    compose_many: BatchComposer,
    *,
    label: "str | Promise" = "",
    reason: Reason | None = None,
    gathers: bool = False,
    is_refusable: bool = False,
) -> None:
    """Like `register`, for a kind of which hundreds may be due at the same minute."""
    if kind in _composers:
        raise ValueError(f"Two composers for the messages of kind {kind!r}")
    _composers[kind] = compose_many
    _labels[kind] = label
    if reason is not None:
        _reasons[kind] = reason
    if gathers:
        _gathering.add(kind)
    if is_refusable:
        _refusable.add(kind)


def composer_for(kind: str) -> Composer:
    compose_many = batch_composer_for(kind)
    return lambda message: compose_many([message])[message.pk]


def batch_composer_for(kind: str) -> BatchComposer:
    try:
        return _composers[kind]
    except KeyError:
        raise LookupError(f"Nobody writes the messages of kind {kind!r}") from None


def label_of(kind: str) -> str:
    return str(_labels.get(kind) or kind)


def reason_of(message: OutboundMessage) -> str:
    """Say why ``message`` will leave; what leaves as soon as it is decided gives no other reason than its kind."""
    reason = _reasons.get(message.kind)
    return reason(message) if reason else label_of(message.kind)


def gathering_kinds() -> frozenset[str]:
    return frozenset(_gathering)


def refusable_kinds() -> dict[str, str]:
    """Return the labels of the kinds that a person may do without, in alphabetical order."""
    return dict(sorted(((kind, label_of(kind)) for kind in _refusable), key=lambda pair: pair[1]))
