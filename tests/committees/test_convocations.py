"""What people read about a meeting."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from django.core import mail
from django.test.signals import template_rendered

from accounts.models import User
from committees.answer_tokens import token_for
from committees.models import Invitation
from committees.services.committees import create_committee
from committees.services.invitations import answer_invitation
from committees.services.meetings import (
    cancel_meeting,
    convene_meeting,
    create_meeting,
    edit_meeting,
    invite_contacts,
    withdraw_invitation,
)
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.registry import batch_composer_for, label_of
from tests.factories import make_agenda_item, make_candidacy, make_contact, make_member

PARIS = ZoneInfo("Europe/Paris")


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


@pytest.fixture
def clock():
    with time_machine.travel(paris(2023, 3, 1, 9), tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(clock):
    candidacy = make_candidacy(title="Lens-Liévin 2030", slug="lens-lievin")
    user = User.objects.create_user(email="camille@lens.example", first_name="Camille", last_name="Dupuis")
    return make_member(candidacy=candidacy, user=user)


@pytest.fixture
def draft(lead):
    committee = create_committee(
        candidacy=lead.candidacy, name="Comité de pilotage", acronym="COPIL", kind="copil"
    )
    meeting = create_meeting(
        committee=committee, starts_at=paris(2023, 3, 14, 14, 30), place="Hôtel de ville", title="COPIL n° 3"
    )
    make_agenda_item(
        meeting=meeting, title="Budget", kind="decision", minutes=20, rapporteur="Mme Rose Blanc"
    )
    make_agenda_item(meeting=meeting, position=2, title="Divers")
    return meeting


@pytest.fixture
def contact(lead):
    return make_contact(
        candidacy=lead.candidacy,
        first_name="Dominique",
        last_name="Lefebvre",
        email="dominique@exemple.example",
    )


@pytest.fixture
def convened(draft, contact, lead):
    return convene_meeting(meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=[contact])


def next_message():
    """Let what is due leave; return the only message that left."""
    mail.outbox.clear()
    deliver_due()
    (message,) = mail.outbox
    message.text = message.body.replace("\xa0", " ")
    return message


def calendar_of(message):
    """The two copies of the calendar file are one; read it."""
    (alternative,) = message.alternatives
    filename, content, content_type = message.attachments[0]
    assert (filename, content_type) == ("invite.ics", "application/ics")
    assert content.decode() == alternative.content
    return alternative.mimetype, vobject.readOne(alternative.content)


def change(meeting, **fields):
    meeting.refresh_from_db()
    return edit_meeting(meeting=meeting, expected_revision=meeting.revision, **fields)


def test_a_convocation_says_what_when_where_and_how_to_answer(convened, clock):
    message = next_message()

    assert message.to == ["dominique@exemple.example"]
    assert message.reply_to == ["camille@lens.example"]
    assert message.subject == "Convocation\xa0: COPIL, mardi 14\xa0mars 2023 à 14\xa0h\xa030"
    assert message.text == (
        "Bonjour Dominique Lefebvre,\n"
        "\n"
        "Vous êtes convié·e à une réunion pour la candidature « Lens-Liévin 2030 ».\n"
        "\n"
        "Comité de pilotage\n"
        "COPIL n° 3\n"
        "Quand : mardi 14 mars 2023 de 14 h 30 à 16 h 30\n"
        "Où : Hôtel de ville\n"
        "\n"
        "Ordre du jour\n"
        "1. Budget (décision, 20 min) – Mme Rose Blanc\n"
        "2. Divers (information, 10 min)\n"
        "\n"
        "Viendrez-vous ? Répondez ici, sans vous connecter :\n"
        f"https://candidacy.example/reponse/{token_for(convened.invitations.get())}/\n"
        "\n"
        "La convocation est jointe ; l’autre fichier ajoute la réunion à votre agenda.\n"
        "\n"
        "Une question ? Camille Dupuis, camille@lens.example\n"
        "\n"
        "--\n"
        "Candidature « Lens-Liévin 2030 »\n"
    )


def test_somebody_with_an_account_answers_on_the_page_of_the_meeting(draft, contact, lead):
    contact.user = make_member(candidacy=lead.candidacy, role="partner").user
    contact.save()
    convene_meeting(meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=[contact])

    assert (
        "La page de la réunion, en vous connectant :\n"
        f"https://candidacy.example/c/lens-lievin/reunions/{draft.public_id}/\n"
    ) in next_message().text


def test_links_come_from_the_settings_and_from_nowhere_else(convened, settings):
    settings.BASE_URL = "https://lens2030.example"
    settings.ALLOWED_HOSTS = ["*"]

    _, calendar = calendar_of(next_message())

    assert calendar.vevent.url.value.startswith("https://lens2030.example/c/lens-lievin/reunions/")


def test_the_message_is_written_when_it_leaves(convened, contact):
    contact.email = "nouvelle@exemple.example"
    contact.save()
    change(convened, place="Salle des fêtes")

    message = next_message()

    assert message.to == ["nouvelle@exemple.example"]
    assert "Où : Salle des fêtes" in message.text


def test_a_convocation_carries_a_request(convened):
    mimetype, calendar = calendar_of(next_message())

    event = calendar.vevent
    assert mimetype == "text/calendar; method=REQUEST"
    assert calendar.method.value == "REQUEST"
    assert event.uid.value == f"{convened.public_id}@candidacy"
    assert event.sequence.value == "0"
    assert event.dtstart.value == paris(2023, 3, 14, 14, 30)
    assert event.dtend.value == paris(2023, 3, 14, 16, 30)
    assert event.summary.value == "COPIL n° 3"
    assert event.location.value == "Hôtel de ville"
    assert event.organizer.value == "mailto:camille@lens.example"
    assert event.attendee.value == "mailto:dominique@exemple.example"
    assert "1. Budget (décision, 20\xa0min) – Mme Rose Blanc" in event.description.value


def test_nobody_else_is_named_in_a_message(convened, lead):
    other = make_contact(candidacy=lead.candidacy, last_name="Unetelle", email="autre@exemple.example")
    invite_contacts(meeting=convened, contacts=[other])
    mail.outbox.clear()

    deliver_due()

    first = next(message for message in mail.outbox if message.to == ["dominique@exemple.example"])
    everything = first.message().as_string() + first.alternatives[0].content
    assert "autre@" not in everything
    assert "Unetelle" not in everything


def test_a_change_lists_what_changed_and_takes_the_place_of_the_first_file(convened, clock):
    _, first = calendar_of(next_message())
    clock.shift(timedelta(hours=1))
    change(convened, starts_at=paris(2023, 3, 16, 9), place="", video_url="https://visio.example/x")
    make_agenda_item(meeting=convened, position=3, title="Jury")

    message = next_message()

    assert message.subject.replace("\xa0", " ") == "Changement : COPIL, jeudi 16 mars 2023 à 9 h 00"
    assert (
        "Ce qui change :\n"
        "- Date : jeudi 16 mars 2023 de 9 h 00 à 11 h 00"
        " (au lieu de : mardi 14 mars 2023 de 14 h 30 à 16 h 30)\n"
        "- Lieu : non précisé (au lieu de : Hôtel de ville)\n"
        "- Visioconférence : https://visio.example/x\n"
        "- Ordre du jour : modifié, voir ci-dessous\n"
        "- Point ajouté : Jury\n"
    ) in message.text
    _, second = calendar_of(message)
    assert second.method.value == "REQUEST"
    assert second.vevent.uid.value == first.vevent.uid.value
    assert int(second.vevent.sequence.value) > int(first.vevent.sequence.value)
    assert second.vevent.dtstart.value == paris(2023, 3, 16, 9)


def test_a_change_is_told_against_what_each_person_knew(convened, lead, clock):
    next_message()
    clock.shift(60)
    late = make_contact(candidacy=lead.candidacy, email="tard@exemple.example")
    change(convened, place="Salle des fêtes")
    invite_contacts(meeting=convened, contacts=[late])
    mail.outbox.clear()

    deliver_due()

    by_address = {message.to[0]: message.subject.split("\xa0")[0] for message in mail.outbox}
    assert by_address == {
        "dominique@exemple.example": "Changement",
        "tard@exemple.example": "Convocation",
    }


def test_a_cancellation_gives_the_reason_and_empties_the_calendar(convened, clock):
    _, first = calendar_of(next_message())
    clock.shift(60)
    cancel_meeting(meeting=convened, reason="Préavis de grève <24 h>")

    message = next_message()

    assert message.subject.replace("\xa0", " ") == "Annulée : COPIL, mardi 14 mars 2023 à 14 h 30"
    assert "Motif : Préavis de grève <24 h>\n" in message.text
    mimetype, calendar = calendar_of(message)
    assert mimetype == "text/calendar; method=CANCEL"
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.status.value == "CANCELLED"
    assert calendar.vevent.uid.value == first.vevent.uid.value
    assert int(calendar.vevent.sequence.value) > int(first.vevent.sequence.value)


def test_somebody_taken_off_learns_nothing_that_was_not_told_before(convened, clock):
    _, first = calendar_of(next_message())
    clock.shift(60)
    change(convened, title="Réunion secrète", starts_at=paris(2023, 3, 20, 9), place="Ailleurs")
    withdraw_invitation(invitation=convened.invitations.get())

    message = next_message()

    assert "COPIL n° 3\nQuand : mardi 14 mars 2023 de 14 h 30 à 16 h 30\n" in message.text
    _, calendar = calendar_of(message)
    assert calendar.method.value == "CANCEL"
    assert not hasattr(calendar.vevent, "status")
    assert calendar.vevent.uid.value == first.vevent.uid.value
    assert int(calendar.vevent.sequence.value) > int(first.vevent.sequence.value)
    everything = message.message().as_string() + message.text + message.alternatives[0].content
    for secret in ("secrète", "Ailleurs", "20 mars", "20230320", "Budget"):
        assert secret not in everything


def test_every_file_that_one_person_gets_has_a_greater_number(convened, contact, clock):
    numbers = []

    def next_number():
        clock.shift(60)
        numbers.append(int(calendar_of(next_message())[1].vevent.sequence.value))

    next_number()
    withdraw_invitation(invitation=convened.invitations.get())
    next_number()
    invite_contacts(meeting=convened, contacts=[contact])
    next_number()
    change(convened, place="Salle des fêtes")
    next_number()
    convened.refresh_from_db()
    cancel_meeting(meeting=convened, reason="Grève")
    next_number()

    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(
    ("answer", "participation", "said"),
    [
        (Invitation.Answer.PRESENT, "ACCEPTED", "Votre réponse : présent·e."),
        (Invitation.Answer.REMOTE, "ACCEPTED", "Votre réponse : à distance."),
        (Invitation.Answer.EXCUSED, "DECLINED", "Votre réponse : excusé·e."),
    ],
)
def test_a_message_says_what_the_person_answered(convened, clock, answer, participation, said):
    next_message()
    clock.shift(60)
    answer_invitation(invitation=convened.invitations.get(), answer=answer)
    change(convened, place="Salle des fêtes")

    message = next_message()

    assert said in message.text
    assert calendar_of(message)[1].vevent.attendee.params["PARTSTAT"] == [participation]


def test_a_reminder_says_how_soon_and_carries_no_file(convened, clock):
    next_message()
    clock.move_to(paris(2023, 3, 13, 8))

    message = next_message()

    assert message.subject.replace("\xa0", " ") == "Rappel : COPIL demain, mardi 14 mars 2023 à 14 h 30"
    assert "Pour mémoire, vous êtes convié·e demain à cette réunion.\n" in message.text
    assert "1. Budget" in message.text
    assert not message.attachments


def test_questions_go_to_a_lead_when_the_convener_has_left(convened, lead):
    heir = make_member(
        candidacy=lead.candidacy,
        user=User.objects.create_user(email="suite@lens.example", first_name="Sacha", last_name="Noir"),
    )
    lead.delete()

    message = next_message()

    assert message.reply_to == [heir.user.email]
    assert "Une question ? Sacha Noir, suite@lens.example" in message.text
    assert "camille@lens.example" not in message.message().as_string()


def test_a_fictitious_candidacy_says_so(convened, lead):
    lead.candidacy.is_fictitious = True
    lead.candidacy.save()

    assert "Candidature fictive" in next_message().text


def test_a_meeting_that_ends_after_midnight_says_both_days(convened):
    change(convened, starts_at=paris(2023, 3, 14, 22), duration_minutes=180)

    assert (
        "Quand : du mardi 14 mars 2023 à 22 h 00 au mercredi 15 mars 2023 à 1 h 00\n" in next_message().text
    )


def test_the_clock_is_that_of_the_candidacy(convened, lead):
    lead.candidacy.time_zone = "Indian/Reunion"
    lead.candidacy.save()

    message = next_message()

    assert "Quand : mardi 14 mars 2023 de 17 h 30 à 19 h 30\n" in message.text
    assert "DTSTART;TZID=Indian/Reunion:20230314T173000" in message.alternatives[0].content


PAYLOADS = [
    "Budget\r\nBcc: x@exemple.example",
    "Budget\u2028Bcc: x@exemple.example",
    "<script>alert(1)</script>",
    "<a href=https://evil.example>ici</a>",
    "{{ 7*7 }}{% load static %}${x}",
    "x" * 200,
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_people_typed_stays_a_text(draft, contact, lead, payload):
    contact.last_name = payload[:80]
    contact.save()
    draft.agenda_items.update(title=payload[:200], rapporteur=payload[:120])
    draft.title, draft.place = payload[:200], payload[:200]
    draft.save()
    convene_meeting(meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=[contact])

    message = next_message()

    headers = [name for name, _ in message.message().items()]
    assert "Bcc" not in headers
    assert len(headers) == len(set(headers))
    assert message.message().get_payload()[0].get_payload()[0].get_content_type() == "text/plain"
    if "\r" not in payload and "\u2028" not in payload:
        assert payload in message.body
    address = token_for(draft.invitations.get())
    assert "49" not in message.body.replace(address, "")
    attendees = [line for line in message.alternatives[0].content.split("\r\n") if line.startswith("Bcc")]
    assert attendees == []
    vobject.readOne(message.alternatives[0].content)


def test_what_left_is_kept_with_its_file_and_facts(convened):
    message = next_message()

    row = OutboundMessage.objects.get(kind="meeting-convocation")
    assert (row.subject, row.recipient_address) == (message.subject, "dominique@exemple.example")
    assert row.body == message.body.replace(token_for(convened.invitations.get()), "…")
    file, printed = row.attachments.order_by("pk")
    assert (printed.filename, printed.content_type) == ("Convocation.pdf", "application/pdf")
    assert (file.filename, file.content_type) == ("invite.ics", "text/calendar; method=REQUEST")
    assert bytes(file.content).decode() == message.alternatives[0].content
    assert row.facts["sequence"] == 0
    assert row.facts["meeting"]["place"] == "Hôtel de ville"


def test_the_outbox_page_names_the_messages(convened):
    assert label_of("meeting-convocation") == "Convocation"
    titles = set(OutboundMessage.objects.values_list("title", "recipient_name"))
    assert titles == {
        ("Convocation\xa0: COPIL n° 3", "Dominique Lefebvre"),
        ("Rappel\xa0: COPIL n° 3", "Dominique Lefebvre"),
    }


@pytest.mark.parametrize("items", [1, 30])
def test_writing_a_message_takes_as_many_queries_whatever_it_says(
    convened, django_assert_max_num_queries, items
):
    for number in range(items):
        make_agenda_item(meeting=convened, position=number)

    # two looks for a row, four reads to write the message, two writes, and the transactions around them
    with django_assert_max_num_queries(14):
        next_message()


@pytest.mark.parametrize("people", [2, 25])
def test_what_all_the_people_of_a_meeting_read_is_rendered_once(
    draft, lead, people, django_assert_max_num_queries
):
    contacts = [make_contact(candidacy=lead.candidacy) for _ in range(people)]
    convene_meeting(meeting=draft, by=lead.user, expected_revision=draft.revision, contacts=contacts)
    messages = list(OutboundMessage.objects.filter(kind="meeting-convocation"))
    rendered = []

    def note(template, **_):
        rendered.append(template.name)

    template_rendered.connect(note)
    try:
        with django_assert_max_num_queries(7):
            written = batch_composer_for("meeting-convocation")(messages)
    finally:
        template_rendered.disconnect(note)

    bodies = {message.recipient_name: written[message.pk].kept_body for message in messages}
    assert len(bodies) == people
    assert all(body.startswith(f"Bonjour {name},\n\nVous êtes convié·e") for name, body in bodies.items())
    assert len({body.partition("\n")[2] for body in bodies.values()}) == 1
    whole = [name for name in rendered if name.startswith("emails/meeting_convocation/")]
    assert sorted(whole) == ["emails/meeting_convocation/body.txt", "emails/meeting_convocation/subject.txt"]
