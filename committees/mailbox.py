"""The mailbox to which calendar programs send their answers, read over IMAP. Nothing in it is deleted."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

_PORTS = {"imap": 143, "imaps": 993}
_TIMEOUT_SECONDS = 20
#: An answer weighs a few kilobytes; what is heavier is no answer.
_MAX_BYTES = 512 * 1024
_BATCH = 200


class MailboxError(Exception):
    """The mailbox could not be read; the message is for the log."""


@dataclass(frozen=True, slots=True)
class Letter:
    uid: str
    content: bytes


class Mailbox:
    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def unread(self) -> Iterator[Letter]:
        """Yield what nobody has read, without marking it: who dies on the way finds it again."""
        _status, [found] = self._connection.uid("SEARCH", "UNSEEN", "SMALLER", str(_MAX_BYTES))
        for uid in (found or b"").split()[:_BATCH]:
            name = uid.decode()
            _status, parts = self._connection.uid("FETCH", name, "(BODY.PEEK[])")
            content = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if content is not None:
                yield Letter(name, content)

    def mark_read(self, letter: Letter) -> None:
        self._connection.uid("STORE", letter.uid, "+FLAGS", r"(\Seen)")


@contextmanager
def open_mailbox(url: str) -> Iterator[Mailbox]:
    """Open ``imaps://user:password@host:993/INBOX``, or the same with ``imap`` where nothing is encrypted.

    Raises MailboxError.
    """
    address = urlsplit(url)
    try:
        if address.scheme == "imaps":
            connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                address.hostname or "",
                address.port or _PORTS[address.scheme],
                ssl_context=ssl.create_default_context(),
                timeout=_TIMEOUT_SECONDS,
            )
        else:
            connection = imaplib.IMAP4(
                address.hostname or "", address.port or _PORTS[address.scheme], timeout=_TIMEOUT_SECONDS
            )
        with connection:
            connection.login(unquote(address.username or ""), unquote(address.password or ""))
            folder = unquote(address.path.strip("/")) or "INBOX"
            status, _count = connection.select(f'"{folder}"')
            if status != "OK":
                raise MailboxError(f"no folder {folder!r}")
            yield Mailbox(connection)
    except (imaplib.IMAP4.error, OSError, ValueError, KeyError) as error:
        raise MailboxError(str(error)) from error
