"""What the mail benchmark does inside the application, on the database that the environment names.

`python -m benchmarks._mail_site load|release [half]|state|compare`
"""

import json
import math
import sys
from collections import Counter
from datetime import timedelta

import django

django.setup()

from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402 -- the applications must be ready
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import _pairs  # noqa: E402
from committees.models import Meeting  # noqa: E402
from committees.services.reminders import replan_meeting  # noqa: E402
from notifications.delivery import deliver_due  # noqa: E402
from notifications.models import OutboundMessage  # noqa: E402
from tests.factories import (  # noqa: E402
    make_agenda_item,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
)

MEETINGS = 200
PEOPLE = 40


def load() -> None:
    """Fill an empty database with meetings whose reminders `release` makes due."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with transaction.atomic():
        lead = make_member()
        committee = make_committee(candidacy=lead.candidacy, name="Comité de pilotage", acronym="COPIL")
        committee.reminder_rules.create(days_before=7)
        for number in range(MEETINGS):
            meeting = make_meeting(
                committee=committee,
                status=Meeting.Status.CONVENED,
                convened_by=lead.user,
                starts_at=timezone.now() + timedelta(days=8 + number),
                place="Hôtel de ville, salle du conseil",
                introduction="Merci d’avoir lu les pièces jointes avant la réunion.",
            )
            for position in range(1, 7):
                make_agenda_item(meeting=meeting, position=position, rapporteur="Mme Rose Blanc")
            for _ in range(PEOPLE):  # other people each time: what is due to one person leaves as one message
                make_invitation(meeting=meeting, contact=make_contact(candidacy=lead.candidacy))
            replan_meeting(meeting=meeting)
        told = OutboundMessage.objects.filter(kind="meeting-convocation")
        told.update(status="sent", sent_at=timezone.now(), recipient_address="told@exemple.example")


def release(share: str = "all") -> None:
    """Make every reminder due, as if none had ever left, or ``half`` of them now and the others tomorrow."""
    now = timezone.now()
    reminders = OutboundMessage.objects.filter(kind="meeting-reminder")
    reminders.update(status="planned", sent_at=None, attempts=0, due_at=now, last_error="")
    if share == "half":
        middle = reminders.order_by("pk").values_list("pk", flat=True)[reminders.count() // 2]
        reminders.filter(pk__gte=middle).update(due_at=now + timedelta(days=1))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # what its own upkeep does within a minute, where that runs
            cursor.execute(f"VACUUM (ANALYZE) {OutboundMessage._meta.db_table}")


def state() -> None:
    """Say what became of the reminders; those that were put off need not wait for their hour."""
    reminders = OutboundMessage.objects.filter(kind="meeting-reminder")
    reminders.planned().filter(due_at__gt=timezone.now()).update(due_at=timezone.now())
    print(
        json.dumps(
            {
                "due": list(reminders.values_list("message_id", flat=True)),
                "states": Counter(reminders.values_list("status", flat=True)),
            }
        )
    )


def compare() -> None:
    """Time our delivery against a loop of Django's mail backend that sends the same texts."""

    def ours() -> float:
        release()
        return _pairs.seconds(lambda: deliver_due(seconds=math.inf))

    def loop(rows: list[OutboundMessage]) -> None:
        with get_connection() as connection:
            for row in rows:
                email = EmailMultiAlternatives(
                    subject=row.subject,
                    body=row.body,
                    to=[row.recipient_address],
                    reply_to=["lead@exemple.example"],
                    headers={"Message-ID": row.message_id, "Auto-Submitted": "auto-generated"},
                )
                connection.send_messages([email])

    def theirs() -> float:
        rows = list(OutboundMessage.objects.filter(kind="meeting-reminder", status="sent"))
        if len(rows) != MEETINGS * PEOPLE:
            raise RuntimeError(f"only {len(rows)} reminders have left")
        return _pairs.seconds(lambda: loop(rows))

    ours()  # also leaves the texts for the other side
    print(json.dumps(_pairs.compare(name="mail-loop", limit=2.0, ours=ours, theirs=theirs)))


if __name__ == "__main__":
    {"load": load, "release": release, "state": state, "compare": compare}[sys.argv[1]](*sys.argv[2:])
