"""From a row of the outbox to the bytes that the mail server takes."""

from email import policy
from pathlib import Path
from typing import Any

from django.core.mail import EmailMultiAlternatives

from notifications.models import OutboundMessage
from notifications.registry import Composed
from notifications.rendering import plain_text


class _AsWritten(policy.Compat32):
    """Django folds and encodes each header; the standard library would take it apart and do the same again."""

    def fold_binary(self, name: str, value: str) -> bytes:
        _first, *others = lines = f"{name}: {value}".split("\n")
        if all(len(line) <= 78 and line.isascii() for line in lines) and all(
            line.startswith(" ") for line in others
        ):
            return "".join(line + self.linesep for line in lines).encode()
        return super().fold_binary(name, value)


_AS_WRITTEN = _AsWritten()


class Envelope(EmailMultiAlternatives):
    def message(self, **options: Any) -> Any:
        message = super().message(**options)
        message.policy = _AS_WRITTEN
        return message


def envelope(message: OutboundMessage, composed: Composed) -> Envelope:
    email = Envelope(
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
