"""Asking the members of a committee when they can meet, and picking a date."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import CommitteeMember, DatePoll, Meeting, PollAnswer, PollParticipant
from committees.poll_messages import compose_polls
from committees.poll_page import read_grid
from committees.poll_tokens import token_for
from committees.services.polls import answer_poll, choose_slot, close_poll, create_poll
from core.errors import DomainError
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from tests.factories import (
    make_blackout,
    make_committee,
    make_contact,
    make_member,
    make_poll,
    make_poll_participant,
    make_seat,
    make_template_item,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIRST = datetime(2026, 4, 14, 12, tzinfo=UTC)
SECOND = datetime(2026, 4, 16, 7, tzinfo=UTC)
Value = PollAnswer.Value


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def lead(client):
    row = make_member()
    client.force_login(row.user)
    return row


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, acronym="COPIL", name="Comité de pilotage")


def url(name, candidacy, *ids):
    return reverse(f"committees:{name}", args=[candidacy.slug, *ids])


def text_of(response):
    return " ".join(unescape(response.text).split())


def typed(**fields):
    return {
        "public_id": str(uuid4()),
        "title": "Choix du scénario",
        "duration_minutes": "90",
        "place": "Salle Richart",
        "video_url": "",
        "message": "Merci de répondre vite.",
        "day_1": "2026-04-14",
        "at_1": "14:00",
        "day_2": "2026-04-16",
        "at_2": "09:00",
        **fields,
    }


def say(participant, *values, comment=""):
    slots = participant.poll.slots.all()
    answers = {slot.public_id: value for slot, value in zip(slots, values, strict=True)}
    return answer_poll(participant=participant, answers=answers, comment=comment)


# --- proposing ---------------------------------------------------------------------------------------


def test_each_member_sitting_then_is_asked_once_by_a_message_of_their_own(client, lead, committee):
    member = make_seat(committee=committee)
    deputy = make_seat(
        committee=committee, quality=CommitteeMember.Quality.DEPUTY, deputy_of=member, is_voting=True
    )
    make_seat(committee=committee, until=date(2026, 4, 13))
    newcomer = make_seat(committee=committee, since=date(2026, 4, 16), is_voting=False)
    data = typed()

    for _ in range(2):
        response = client.post(url("poll-create", lead.candidacy, committee.public_id), data)
        poll = DatePoll.objects.get()
        assert response.headers["Location"] == url("poll-detail", lead.candidacy, poll.public_id)

    assert [slot.starts_at for slot in poll.slots.all()] == [FIRST, SECOND]
    asked = {row.contact: (row.quality, row.is_voting) for row in poll.participants.all()}
    assert asked == {
        member.contact: ("titular", True),
        deputy.contact: ("deputy", True),
        newcomer.contact: ("titular", False),
    }
    assert OutboundMessage.objects.filter(kind="date-poll").count() == 3
    assert not Meeting.objects.exists()


def test_the_message_lists_the_slots_and_carries_the_link_which_the_outbox_does_not_keep(lead, committee):
    seat = make_seat(committee=committee)
    create_poll(
        committee=committee,
        by=lead.user,
        slots=[SECOND, FIRST],
        title="Choix du scénario",
        message="Merci de répondre vite.",
        place="Salle Richart",
    )

    deliver_due()

    (letter,) = mail.outbox
    token = token_for(PollParticipant.objects.get())
    assert letter.to == [seat.contact.email]
    assert letter.reply_to == [lead.user.email]
    assert letter.subject == "Quand pourriez-vous venir\u00a0? COPIL"
    body = letter.body.replace("\u00a0", " ")
    assert f"/sondage/{token}/" in body
    for said in (
        "Comité de pilotage\nChoix du scénario\nDurée : 120 minutes\nOù : Salle Richart",
        "- mardi 14 avril 2026 à 14 h 00\n- jeudi 16 avril 2026 à 9 h 00",
        "Merci de répondre vite.",
        "sans compte ni mot de passe",
    ):
        assert said in body
    assert token not in OutboundMessage.objects.get().body


def test_writing_to_many_costs_as_many_queries_as_writing_to_few(lead, django_assert_max_num_queries):
    counts = []
    for members in (3, 30):
        committee = make_committee(candidacy=lead.candidacy)
        for _ in range(members):
            make_seat(committee=committee)
        poll = create_poll(committee=committee, by=lead.user, slots=[FIRST, SECOND])
        rows = list(OutboundMessage.objects.about("date-poll", poll.public_id))
        with django_assert_max_num_queries(10) as captured:
            assert len(compose_polls(rows)) == members
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_whoever_cannot_be_written_to_is_asked_all_the_same_and_the_page_says_so(client, lead, committee):
    seat = make_seat(committee=committee, contact=make_contact(candidacy=lead.candidacy, email=""))
    poll = create_poll(committee=committee, by=lead.user, slots=[FIRST, SECOND])

    deliver_due()

    assert OutboundMessage.objects.get().reason == "La personne n’a pas d’adresse électronique."
    page = text_of(client.get(url("poll-detail", lead.candidacy, poll.public_id)))
    assert str(seat.contact) in page
    assert "pas d’adresse électronique" in page


def test_a_message_that_waited_until_the_poll_was_closed_does_not_leave(lead, committee):
    make_seat(committee=committee)
    poll = create_poll(committee=committee, by=lead.user, slots=[FIRST, SECOND])

    close_poll(poll=poll)
    assert not OutboundMessage.objects.planned().exists()
    deliver_due()

    assert mail.outbox == []
    assert OutboundMessage.objects.get().reason == "Le sondage est clos."


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"day_2": ""}, {"__all__": ["Proposez au moins deux créneaux."]}),
        ({"at_2": ""}, {"at_2": ["Indiquez l’heure."]}),
        ({"day_2": "2026-03-01"}, {"day_2": ["Ce créneau est passé."]}),
        ({"day_2": "2026-04-14", "at_2": "14:00"}, {"day_2": ["Ce créneau est proposé deux fois."]}),
        (
            {"day_10": "2026-05-14", "at_10": "14:00"},
            {
                "day_10": [
                    (
                        "Ce jour-là\u00a0: jour férié (Ascension). Choisissez-en un autre, ou cochez la case sous "
                        "les créneaux."
                    )
                ]
            },
        ),
    ],
)
def test_slots_that_will_not_do_are_said_at_their_field(client, lead, committee, fields, errors):
    make_seat(committee=committee)

    response = client.post(url("poll-create", lead.candidacy, committee.public_id), typed(**fields))

    assert response.status_code == 422
    assert response.context["form"].errors == errors
    assert 'value="Choix du scénario"' in response.text
    assert not DatePoll.objects.exists()


def test_an_hour_that_the_clocks_skip_is_said_at_its_field(client, lead, committee):
    data = typed(day_2="2026-03-29", at_2="02:30", accepts_closed_days="on")

    response = client.post(url("poll-create", lead.candidacy, committee.public_id), data)

    assert list(response.context["form"].errors) == ["at_2"]


def test_a_slot_in_a_blackout_is_proposed_once_the_box_is_ticked(client, lead, committee):
    make_seat(committee=committee)
    make_blackout(
        candidacy=lead.candidacy, name="Réserve", first_day=date(2026, 4, 16), last_day=date(2026, 4, 30)
    )
    address = url("poll-create", lead.candidacy, committee.public_id)
    data = typed()

    warned = client.post(address, data)
    accepted = client.post(address, {**data, "accepts_closed_days": "on"})

    assert list(warned.context["form"].errors) == ["day_2"]
    assert accepted.status_code == 302
    page = text_of(client.get(accepted.headers["Location"]))
    assert "période sans réunion (Réserve, du 16 avr. 2026 au 30 avr. 2026)" in page


@pytest.mark.parametrize(
    ("slots", "error"),
    [
        ([FIRST], "de deux à dix"),
        ([FIRST + timedelta(days=n) for n in range(11)], "de deux à dix"),
        ([FIRST, FIRST], "deux fois"),
        ([FIRST, NOW], "déjà passé"),
    ],
)
def test_the_service_refuses_what_is_no_choice(lead, committee, slots, error):
    make_seat(committee=committee)

    with pytest.raises(DomainError, match=error):
        create_poll(committee=committee, by=lead.user, slots=slots)


def test_a_committee_without_members_has_nobody_to_ask(client, lead, committee):
    response = client.post(url("poll-create", lead.candidacy, committee.public_id), typed())

    assert response.status_code == 422
    assert "Aucun membre ne siège ces jours-là : complétez d’abord le comité." in text_of(response)


# --- answering in the application --------------------------------------------------------------------


def test_a_member_with_an_account_answers_in_their_space(client, committee):
    elected = make_member(candidacy=committee.candidacy, role=Membership.Role.ELECTED, user=make_user())
    contact = make_contact(candidacy=committee.candidacy, user=elected.user)
    poll = make_poll(committee=committee, title="Choix du scénario")
    participant = make_poll_participant(poll=poll, contact=contact)
    make_poll_participant(poll=make_poll(committee=committee, closed_at=NOW), contact=contact)
    client.force_login(elected.user)
    meetings = url("meeting-list", committee.candidacy)
    address = url("poll-answer", committee.candidacy, poll.public_id, participant.public_id)

    waiting = text_of(client.get(meetings))
    client.get(address)
    participant.refresh_from_db()
    assert participant.answered_at is None

    first, second = poll.slots.all()
    said = {f"slot-{first.public_id}": "yes", f"slot-{second.public_id}": "if_needed", "comment": "Le matin"}
    assert client.post(address, said).headers["Location"] == meetings

    assert waiting.count("Votre réponse au sondage de dates est attendue.") == 1
    assert "Quand pourriez-vous venir ? Choix du scénario" in waiting
    participant.refresh_from_db()
    assert {answer.slot: answer.value for answer in participant.answers.all()} == {
        first: Value.YES,
        second: Value.IF_NEEDED,
    }
    assert (participant.comment, participant.answered_at) == ("Le matin", NOW)
    assert "Vous avez répondu au sondage de dates." in text_of(client.get(meetings))


def test_the_team_notes_what_it_was_told(client, lead, committee):
    participant = make_poll_participant(poll=make_poll(committee=committee))
    poll = participant.poll
    address = url("poll-answer", lead.candidacy, poll.public_id, participant.public_id)
    said = {f"slot-{slot.public_id}": "no" for slot in poll.slots.all()}

    response = client.post(address, said)

    assert response.headers["Location"] == url("poll-detail", lead.candidacy, poll.public_id)
    assert participant.answers.filter(value=Value.NO).count() == 2


def test_a_slot_left_out_is_said_at_its_field(client, lead, committee):
    participant = make_poll_participant(poll=make_poll(committee=committee))
    first, second = participant.poll.slots.all()
    address = url("poll-answer", lead.candidacy, participant.poll.public_id, participant.public_id)

    response = client.post(address, {f"slot-{first.public_id}": "yes"})

    assert response.status_code == 422
    assert response.context["form"].errors == {f"slot-{second.public_id}": ["Répondez pour ce créneau."]}
    with pytest.raises(DomainError, match="Répondez pour chaque créneau"):
        answer_poll(participant=participant, answers={first.public_id: "yes"}, comment="")


def test_an_answer_can_be_changed_until_the_poll_is_closed(lead, committee):
    participant = make_poll_participant(poll=make_poll(committee=committee))

    say(participant, "yes", "yes")
    say(participant, "no", "yes")
    assert list(participant.answers.order_by("slot__starts_at").values_list("value", flat=True)) == [
        "no",
        "yes",
    ]

    close_poll(poll=participant.poll)
    with pytest.raises(DomainError, match="Le sondage est clos"):
        say(participant, "yes", "yes")
    assert participant.answers.filter(value="no").count() == 1


# --- reading and picking -----------------------------------------------------------------------------


def test_the_grid_shows_each_answer_the_totals_and_the_quorum(client, lead, committee):
    committee.quorum = 2
    committee.save()
    titular = make_seat(committee=committee)
    deputy = make_seat(committee=committee, quality="deputy", deputy_of=titular)
    other = make_seat(committee=committee)
    adviser = make_seat(committee=committee, is_voting=False)
    silent = make_seat(committee=committee)
    poll = create_poll(committee=committee, by=lead.user, slots=[FIRST, SECOND])
    people = {row.contact: row for row in poll.participants.all()}
    say(people[titular.contact], "yes", "yes")
    say(people[deputy.contact], "yes", "no")
    say(people[other.contact], "no", "if_needed", comment="Plutôt le mardi")
    say(people[adviser.contact], "yes", "yes")

    grid = read_grid(poll, timezone.now())

    first, second = grid.lines
    assert (first.yes, first.if_needed, first.no) == (3, 0, 1)
    assert (second.yes, second.if_needed, second.no) == (2, 1, 1)
    # A titular and their deputy are one voice, an adviser none.
    assert (first.voices, first.voices_if_needed, first.has_quorum_if_needed) == (1, 1, False)
    assert (second.voices, second.voices_if_needed) == (1, 2)
    assert (second.has_quorum, second.has_quorum_if_needed) == (False, True)
    assert grid.best == second
    assert grid.answered == 4
    rows = {row.participant.contact: [answer and answer.value for answer in row.answers] for row in grid.rows}
    assert rows[other.contact] == ["no", "if_needed"]
    assert rows[silent.contact] == [None, None]
    page = text_of(client.get(url("poll-detail", lead.candidacy, poll.public_id)))
    assert "4 réponses sur 5" in page
    assert "3 oui, 0 si besoin, 1 non · quorum non atteint (1 voix sur 2)" in page
    assert "2 oui, 1 si besoin, 1 non · quorum atteint avec les « si besoin » (2 voix sur 2)" in page
    assert "« Plutôt le mardi »" in page


def test_the_page_costs_the_same_for_3_and_for_30_people(
    client, lead, committee, django_assert_max_num_queries
):
    counts = []
    for rows in (3, 30):
        poll = make_poll(committee=committee)
        for _ in range(rows):
            say(make_poll_participant(poll=poll), "yes", "no")
        with django_assert_max_num_queries(25) as captured:
            client.get(url("poll-detail", lead.candidacy, poll.public_id))
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_picking_a_slot_drafts_one_meeting_there_and_tells_nobody(client, lead, committee):
    make_template_item(committee=committee, title="Suites données")
    make_seat(committee=committee)
    client.post(url("poll-create", lead.candidacy, committee.public_id), typed())
    poll = DatePoll.objects.get()
    slot = poll.slots.last()
    address = url("poll-choose", lead.candidacy, poll.public_id, slot.public_id)

    responses = [client.post(address) for _ in range(2)]

    meeting = Meeting.objects.get()
    assert {response.headers["Location"] for response in responses} == {
        url("meeting-detail", lead.candidacy, meeting.public_id)
    }
    assert (meeting.status, meeting.starts_at) == (Meeting.Status.DRAFT, SECOND)
    assert (meeting.title, meeting.duration_minutes, meeting.place) == (
        "Choix du scénario",
        90,
        "Salle Richart",
    )
    assert meeting.agenda_items.get().title == "Suites données"
    poll.refresh_from_db()
    assert (poll.closed_at, poll.chosen, poll.meeting) == (NOW, slot, meeting)
    assert not OutboundMessage.objects.planned().exists()


def test_another_slot_cannot_be_picked_afterwards(client, lead, committee):
    poll = make_poll(committee=committee)
    first, second = poll.slots.all()
    choose_slot(poll=poll, slot=first)

    with pytest.raises(DomainError, match="déjà clos"):
        choose_slot(poll=poll, slot=second)
    response = client.post(url("poll-choose", lead.candidacy, poll.public_id, second.public_id), follow=True)
    assert "Le sondage est déjà clos." in text_of(response)
    assert Meeting.objects.count() == 1


def test_a_slot_that_is_past_cannot_be_picked(time_machine, committee):
    poll = make_poll(committee=committee)
    time_machine.move_to(NOW + timedelta(days=10, hours=1))

    with pytest.raises(DomainError, match="Ce créneau est passé"):
        choose_slot(poll=poll, slot=poll.slots.first())


def test_a_slot_is_looked_for_inside_its_poll(client, lead, committee):
    poll, other = make_poll(committee=committee), make_poll(committee=committee)

    address = url("poll-choose", lead.candidacy, poll.public_id, other.slots.first().public_id)

    assert client.post(address).status_code == 404


def test_a_poll_can_be_closed_without_a_date(client, lead, committee):
    poll = make_poll(committee=committee)

    for _ in range(2):
        client.post(url("poll-close", lead.candidacy, poll.public_id))

    poll.refresh_from_db()
    assert (poll.closed_at, poll.chosen, poll.meeting) == (NOW, None, None)
    page = text_of(client.get(url("poll-detail", lead.candidacy, poll.public_id)))
    assert "Aucune date n’a été retenue." in page
    assert "Retenir" not in page


def test_the_page_of_the_committee_points_to_its_open_polls(client, lead, committee):
    poll = make_poll(committee=committee, title="Choix du scénario")
    make_poll(committee=committee, title="Close", closed_at=NOW)
    say(make_poll_participant(poll=poll), "yes", "no")
    make_poll_participant(poll=poll)

    page = text_of(client.get(url("committee-detail", lead.candidacy, committee.public_id)))

    assert "Sondage de dates : Choix du scénario" in page
    assert "1 réponse sur 2." in page
    assert "Sondage de dates : Close" not in page
