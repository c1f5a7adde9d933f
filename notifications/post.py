"""The mail server: one connection to it, and what it says of a message."""

import contextlib
import re
import smtplib

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

#: Servers close a connection that carries too much; a new one costs a few milliseconds.
MESSAGES_PER_CONNECTION = 100
#: "Service not available, closing transmission channel": the connection is gone, the message is not to blame.
CLOSING = 421
#: "Requested action aborted: exceeded storage allocation".
EXCEEDED = 552
#: The enhanced status codes (RFC 3463), and those that speak of the recipient’s address: 5.1.7 and 5.1.8 are the sender’s.
STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")
ADDRESS_STATUS = re.compile(r"5\.1\.([0-6]|9|10)\b")


class ServerUnreachableError(Exception):
    """The mail server does not let us in, or takes nothing from us. No message is to blame, none is counted as tried."""


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
        except smtplib.SMTPSenderRefused as error:
            if _is_too_large(error):
                raise
            self.close()
            raise ServerUnreachableError(describe(error)) from error
        except smtplib.SMTPException as error:
            if isinstance(error, smtplib.SMTPServerDisconnected) or reply_of(error)[0] == CLOSING:
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
            raise ServerUnreachableError(describe(error)) from error
        self._backend = backend
        return backend


def reply_of(error: OSError) -> tuple[int, str]:
    """Return the code and the words of the mail server's answer; 0 where it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return code, _decode(answer)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _decode(error.smtp_error)
    return 0, str(error)


def is_permanent(error: OSError) -> bool:
    return isinstance(error, smtplib.SMTPNotSupportedError) or 500 <= reply_of(error)[0] < 600


def blames_address(error: OSError) -> bool:
    """Whether the server will never take anything for the address, and not this message alone."""
    code, answer = reply_of(error)
    refuses = isinstance(error, smtplib.SMTPRecipientsRefused) or ADDRESS_STATUS.match(answer) is not None
    return refuses and 500 <= code < 600


def _is_too_large(error: smtplib.SMTPSenderRefused) -> bool:
    """Whether what the server refuses with the sender is the size of this message, which is told along."""
    code, answer = reply_of(error)
    status = STATUS.match(answer)
    return status[0] in {"5.3.4", "5.2.3"} if status else code == EXCEEDED


def describe(error: OSError) -> str:
    code, answer = reply_of(error)
    return f"{code} {answer}" if code else f"{type(error).__name__}: {answer}"


def _decode(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
