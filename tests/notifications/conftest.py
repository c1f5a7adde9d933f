from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from notifications import registry
from notifications.registry import Composed
from notifications.services import plan_message
from tests.notifications.mail_server import MailServer

_serial = count(1)


@pytest.fixture
def mail_server(settings):
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


@pytest.fixture
def composers(monkeypatch):
    """The registry, put back afterwards; kind "note" writes a plain message to ``<recipient_key>@…``."""
    monkeypatch.setattr(registry, "_composers", dict(registry._composers))
    monkeypatch.setattr(registry, "_labels", dict(registry._labels))
    registry.register("note", compose_note, label="Note")
    return registry


def compose_note(message):
    return Composed(
        address=f"{message.recipient_key}@exemple.example", subject=message.title, body="Un mot.\n"
    )


@pytest.fixture
def plan_note(composers):
    """Plan a note that is due, to somebody new each time."""

    def plan(**fields):
        n = next(_serial)
        values = {
            "scope": uuid4(),
            "kind": "note",
            "about": uuid4(),
            "rule": "at-once",
            "recipient_key": f"personne{n}",
            "occurrence": "1",
            "due_at": timezone.now() - timedelta(seconds=60),
            "title": f"Note {n}",
        }
        with transaction.atomic():
            return plan_message(**{**values, **fields})

    return plan
