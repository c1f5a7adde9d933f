"""The bytes that leave are those of Django's own mail, made with less work."""

import re
from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives

from notifications.envelope import envelope
from notifications.models import OutboundMessage
from notifications.registry import Attachment, Composed

ICS = Attachment("invite.ics", "text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", True)
PDF = Attachment("pièce jointe au nom assez long pour être plié.pdf", "application/pdf", b"%PDF-1.7\x00\xff")


def as_bytes(email):
    """Return what the mail server gets, with one name for the boundaries, which are drawn at random."""
    content = email.message().as_bytes(linesep="\r\n")
    return re.sub(rb"={15}\d+==", b"boundary", content)


@pytest.mark.parametrize("attachments", [(), (ICS,), (PDF,), (ICS, PDF)])
@pytest.mark.parametrize(
    "subject", ["COPIL", "Rappel\u00a0: réunion d’été", "é" * 290, "x" * 200, "mots " * 50]
)
def test_the_bytes_are_those_of_django(subject, attachments, monkeypatch):
    monkeypatch.setattr(
        "django.core.mail.message.formatdate", lambda **options: "Fri, 27 Nov 2026 08:00:00 -0000"
    )
    row = OutboundMessage(subject=subject, recipient_address="dominique@exemple.example")
    row.message_id = f"<{uuid4()}@exemple.example>"
    composed = Composed(
        row.recipient_address, subject, "Un mot d’été.\n", attachments, "rené@exemple.example"
    )
    ours = envelope(row, composed)

    theirs = EmailMultiAlternatives()
    theirs.__dict__.update(ours.__dict__)

    assert type(ours) is not EmailMultiAlternatives
    assert as_bytes(ours) == as_bytes(theirs)
