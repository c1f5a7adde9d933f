from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import Meeting
from committees.services.meetings import edit_meeting
from committees.services.reminders import replan_meeting
from core.errors import DomainError
from notifications import registry
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.registry import Composed
from notifications.rewriting import rewrite_message
from tests.candidacy.test_outbox_pages import make_message
from tests.factories import make_committee, make_contact, make_invitation, make_meeting, make_member

PARIS = ZoneInfo("Europe/Paris")
Status = OutboundMessage.Status


@pytest.fixture
def lead(client):
    row = make_member(role=Membership.Role.LEAD)
    client.force_login(row.user)
    return row


def address(name, candidacy, *ids):
    return reverse(f"candidacy:{name}", args=[candidacy.slug, *ids])


def reminder_of_a_meeting(candidacy):
    """Return a meeting in ten days and the reminder that leaves three days before it."""
    committee = make_committee(candidacy=candidacy)
    committee.reminder_rules.create(days_before=3)
    meeting = make_meeting(
        committee=committee,
        status=Meeting.Status.CONVENED,
        starts_at=timezone.now() + timedelta(days=10),
        place="Hôtel de ville",
    )
    make_invitation(meeting=meeting, contact=make_contact(candidacy=candidacy, email="ines@exemple.example"))
    replan_meeting(meeting=meeting)
    return meeting, OutboundMessage.objects.get(kind="meeting-reminder")


def test_the_page_says_what_leaves_in_thirty_days_to_whom_and_why(client, lead):
    _meeting, reminder = reminder_of_a_meeting(lead.candidacy)
    make_message(lead.candidacy, title="Trop loin", due_at=timezone.now() + timedelta(days=31))
    make_message(lead.candidacy, title="Déjà parti", status=Status.SENT)

    response = client.get(address("outbox-ahead", lead.candidacy))

    page = response.content.decode()
    shown = [departure for _day, departures in response.context["days"] for departure in departures]
    assert {departure.message.kind for departure in shown} == {"meeting-convocation", "meeting-reminder"}
    assert next(departure.why for departure in shown if departure.message == reminder) == (
        "Rappel du comité, J-3"
    )
    assert reminder.recipient_name in page
    assert "Trop loin" not in page
    assert "Déjà parti" not in page


def test_days_are_those_of_the_candidacy(client):
    lead = make_member(role=Membership.Role.LEAD)
    lead.candidacy.time_zone = "Indian/Reunion"
    lead.candidacy.save()
    client.force_login(lead.user)
    tomorrow = timezone.now().astimezone(ZoneInfo("Indian/Reunion")).date() + timedelta(days=1)
    make_message(
        lead.candidacy,
        due_at=datetime(tomorrow.year, tomorrow.month, tomorrow.day, 1, tzinfo=ZoneInfo("Indian/Reunion")),
    )

    assert [day for day, _rows in client.get(address("outbox-ahead", lead.candidacy)).context["days"]] == [
        tomorrow
    ]


def test_what_failed_is_shown_with_the_answer_of_the_server(client, lead):
    make_message(lead.candidacy, status=Status.FAILED, last_error="550 Boîte inconnue")
    make_message(lead.candidacy, attempts=1, last_error="451 Réessayez plus tard")

    page = client.get(address("outbox-ahead", lead.candidacy)).content.decode()

    assert "550 Boîte inconnue" in page
    assert "451 Réessayez plus tard" in page


def test_advancing_from_the_page_comes_back_to_it_and_keeps_the_row(client, lead):
    message = make_message(lead.candidacy, about=lead.public_id)

    response = client.post(
        address("outbox-send", lead.candidacy, message.public_id) + "?retour=a-venir", follow=True
    )

    assert response.redirect_chain[-1][0] == address("outbox-ahead", lead.candidacy)
    row = OutboundMessage.objects.get()
    assert (row.pk, row.message_id) == (message.pk, message.message_id)
    assert row.due_at <= timezone.now()


def test_what_would_say_nothing_now_is_not_advanced_and_the_page_says_why(client, lead):
    message = make_message(lead.candidacy)  # about somebody who is no member

    response = client.post(address("outbox-send", lead.candidacy, message.public_id), follow=True)

    assert "n’est plus membre de la candidature" in response.content.decode()
    message.refresh_from_db()
    assert (message.status, message.due_at) == (Status.PLANNED, message.planned_for)


def test_what_was_tried_in_vain_or_nobody_writes_may_still_be_advanced(client, lead):
    """Its writing may be what fails: the delivery says why."""
    for message in (make_message(lead.candidacy, attempts=1), make_message(lead.candidacy, kind="unknown")):
        client.post(address("outbox-send", lead.candidacy, message.public_id))

        message.refresh_from_db()
        assert message.due_at <= timezone.now()


@pytest.mark.parametrize("count", [2, 12])
def test_the_page_costs_the_same_for_any_number(client, lead, django_assert_num_queries, count):
    for _ in range(count):
        make_message(lead.candidacy)
    url = address("outbox-ahead", lead.candidacy)
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)


# --- the text ----------------------------------------------------------------------------------------


def rewrite_form(client, url):
    return client.get(url).context["form"].initial


def test_the_form_begins_with_what_the_message_will_say_and_the_message_leaves_in_these_words(client, lead):
    meeting, reminder = reminder_of_a_meeting(lead.candidacy)
    url = address("outbox-rewrite", lead.candidacy, reminder.public_id)
    begun = rewrite_form(client, url)
    assert "dans 3 jours" in begun["own_subject"]
    assert "Hôtel de ville" in begun["own_body"]

    client.post(
        url, {"seen": begun["seen"], "own_subject": "À jeudi", "own_body": "Pensez à la carte.\r\n[lien 1]"}
    )
    with time_machine.travel(reminder.due_at + timedelta(minutes=1)):
        deliver_due()

    reminder.refresh_from_db()
    assert (reminder.status, reminder.subject, reminder.body) == (
        Status.SENT,
        "À jeudi",
        "Pensez à la carte.\n…\n",
    )
    assert meeting.status == Meeting.Status.CONVENED


def test_words_about_facts_that_changed_do_not_leave(client, lead):
    meeting, reminder = reminder_of_a_meeting(lead.candidacy)
    rewrite_message(message=reminder, subject="À jeudi", body="À l’hôtel de ville. [lien 1]")
    meeting.refresh_from_db()
    edit_meeting(meeting=meeting, expected_revision=meeting.revision, place="Médiathèque")

    page = client.get(address("outbox-detail", lead.candidacy, reminder.public_id)).content.decode()
    with time_machine.travel(reminder.due_at + timedelta(minutes=1)):
        deliver_due()

    reminder.refresh_from_db()
    assert "Le texte modifié ne partira pas" in page
    assert "Médiathèque" in reminder.body
    assert reminder.subject != "À jeudi"


def test_an_emptied_text_brings_the_automatic_one_back(client, lead):
    _meeting, reminder = reminder_of_a_meeting(lead.candidacy)
    rewrite_message(message=reminder, subject="À jeudi", body="Venez. [lien 1]")
    url = address("outbox-rewrite", lead.candidacy, reminder.public_id)

    seen = rewrite_form(client, url)["seen"]
    client.post(url, {"seen": seen, "own_subject": "À jeudi", "own_body": "  "})

    reminder.refresh_from_db()
    assert (reminder.own_subject, reminder.own_body) == ("", "")


def test_two_people_at_one_text_the_second_is_told(client, lead):
    _meeting, reminder = reminder_of_a_meeting(lead.candidacy)
    url = address("outbox-rewrite", lead.candidacy, reminder.public_id)
    seen = rewrite_form(client, url)["seen"]
    rewrite_message(message=reminder, subject="Le premier", body="Venez. [lien 1]")

    response = client.post(
        url, {"seen": seen, "own_subject": "Le second", "own_body": "Venez vite. [lien 1]"}
    )

    reminder.refresh_from_db()
    assert response.status_code == 409
    assert "Venez vite." in response.content.decode()
    assert reminder.own_subject == "Le premier"


@pytest.mark.parametrize("status", [Status.SENT, Status.CANCELLED, Status.FAILED])
def test_what_is_no_longer_planned_keeps_its_text(lead, status):
    message = make_message(lead.candidacy, status=status)

    with pytest.raises(DomainError):
        rewrite_message(message=message, subject="Objet", body="Texte")


@pytest.fixture
def secret_kind(monkeypatch):
    monkeypatch.setattr(registry, "_composers", dict(registry._composers))
    monkeypatch.setattr(registry, "_labels", dict(registry._labels))

    def compose(message):
        return Composed(
            address="ines@exemple.example",
            subject="Votre lien",
            body="Ouvrez https://exemple.example/l/SECRET pour lire.\n",
            withheld=("https://exemple.example/l/SECRET",),
        )

    registry.register("secret", compose, label="Lien")


def test_an_address_of_the_recipient_is_never_shown_and_still_leaves(client, lead, secret_kind, mailoutbox):
    message = make_message(lead.candidacy, kind="secret")
    url = address("outbox-rewrite", lead.candidacy, message.public_id)
    assert "SECRET" not in client.get(url).content.decode()

    rewrite_message(message=message, subject="Votre lien", body="Voici : [lien 1]")
    with time_machine.travel(message.due_at + timedelta(minutes=1)):
        deliver_due()

    message.refresh_from_db()
    assert "https://exemple.example/l/SECRET" in mailoutbox[0].body
    assert message.body == "Voici : …\n"


@pytest.mark.parametrize("body", ["Sans adresse", "[lien 1] et [lien 2]"])
def test_a_text_keeps_the_addresses_and_invents_none(lead, secret_kind, body):
    message = make_message(lead.candidacy, kind="secret")

    with pytest.raises(DomainError, match="lien"):
        rewrite_message(message=message, subject="Votre lien", body=body)


def test_an_empty_subject_is_refused(client, lead):
    _meeting, reminder = reminder_of_a_meeting(lead.candidacy)
    url = address("outbox-rewrite", lead.candidacy, reminder.public_id)

    response = client.post(
        url, {"seen": rewrite_form(client, url)["seen"], "own_subject": "", "own_body": "Venez."}
    )

    assert response.status_code == 422
    assert "Donnez un objet" in response.content.decode()
