"""The life of minutes: sent, corrected, approved by the silence or by somebody, then only rectified."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from candidacy.models import Membership
from committees.minutes_content import content_of
from committees.minutes_page import send_by
from committees.models import Correction, Decision, Minutes, Rectification
from committees.services.agenda import add_agenda_item
from committees.services.approval import (
    approve_minutes,
    approve_silent_minutes,
    decide_correction,
    propose_correction,
    rectify_minutes,
    send_minutes,
)
from committees.services.decisions import edit_decision, record_decision
from committees.services.minutes import save_minutes_text
from committees.services.session import close_session, decide_in_session, open_session
from core.errors import DomainError
from notifications.models import OutboundMessage
from notifications.tasks import send_due_messages
from tests.factories import (
    make_action,
    make_agenda_item,
    make_approved_minutes,
    make_committee,
    make_contact,
    make_correction,
    make_decision,
    make_held_meeting,
    make_invitation,
    make_meeting,
    make_member,
    make_minutes,
    make_minutes_text,
    make_open_meeting,
    make_seat,
    make_sent_minutes,
    make_user,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _it_is_the_second_of_march(time_machine):
    time_machine.move_to(NOW, tick=False)


def fresh(minutes):
    return Minutes.objects.select_related("meeting__committee__candidacy").get(pk=minutes.pk)


def called(minutes, **fields):
    return make_invitation(meeting=minutes.meeting, **fields)


# --- sending -----------------------------------------------------------------------------------------


def test_sending_tells_everybody_on_the_list_once_and_the_days_of_silence_begin():
    committee = make_committee(minutes_silence_days=10)
    minutes, lead = make_minutes(meeting=make_held_meeting(committee=committee)), make_user()
    make_minutes_text(minutes=minutes, body="<p>Dit</p>")
    people = [called(minutes, attendance=value) for value in ("present", "excused", "absent")]

    for _ in range(2):
        send_minutes(minutes=minutes, by=lead)

    minutes = fresh(minutes)
    assert (minutes.status, minutes.sent_by, minutes.silence_on) == ("sent", lead, date(2026, 3, 12))
    planned = OutboundMessage.objects.about("minutes-sent", minutes.public_id)
    assert {row.recipient_name for row in planned} == {row.contact.get_full_name() for row in people}


def test_a_committee_without_a_rule_of_silence_has_no_day_of_silence():
    committee = make_committee(minutes_silence_days=None)

    assert make_sent_minutes(meeting=make_held_meeting(committee=committee)).silence_on is None


@pytest.mark.parametrize(("status", "match"), [("convened", "tenue"), ("held", "vide")])
def test_minutes_of_an_open_meeting_or_without_a_word_are_not_sent(status, match):
    meeting = make_meeting(status=status, starts_at=NOW - timedelta(hours=1))
    minutes = make_minutes(meeting=meeting)
    called(minutes)

    with pytest.raises(DomainError, match=match):
        send_minutes(minutes=minutes, by=make_user())


def test_minutes_of_a_meeting_to_which_nobody_was_called_are_not_sent():
    minutes = make_minutes()
    make_minutes_text(minutes=minutes, body="<p>Dit</p>")

    with pytest.raises(DomainError, match="Personne n’est sur la liste"):
        send_minutes(minutes=minutes, by=make_user())


@pytest.mark.parametrize(
    ("met_on", "days", "expected"),
    [
        (datetime(2026, 3, 5, 13, tzinfo=UTC), 2, date(2026, 3, 9)),  # over a weekend
        (datetime(2026, 4, 3, 13, tzinfo=UTC), 1, date(2026, 4, 7)),  # over Easter Monday
    ],
)
def test_minutes_are_due_so_many_working_days_after_the_meeting(met_on, days, expected):
    committee = make_committee(minutes_due_days=days)

    assert send_by(make_held_meeting(committee=committee, starts_at=met_on)) == expected


# --- the message -------------------------------------------------------------------------------------


def test_the_message_leads_to_the_page_or_to_a_personal_link(settings, django_capture_on_commit_callbacks):
    settings.BASE_URL = "https://candidacy.example"
    meeting = make_held_meeting(title="Arbitrages")
    member = make_member(candidacy=meeting.committee.candidacy, role=Membership.Role.PARTNER)
    with_account = make_contact(candidacy=member.candidacy, user=member.user, email="avec@exemple.example")
    without = make_contact(candidacy=member.candidacy, email="sans@exemple.example")
    for contact, attendance in ((with_account, "excused"), (without, "present")):
        make_invitation(meeting=meeting, contact=contact, attendance=attendance)

    with django_capture_on_commit_callbacks(execute=True):
        make_sent_minutes(meeting=meeting)
    send_due_messages()

    bodies = {message.to[0]: message.body for message in mail.outbox}
    assert f"/reunions/{meeting.public_id}/compte-rendu/" in bodies["avec@exemple.example"]
    assert "Vous pouvez le lire ici" in bodies["avec@exemple.example"]
    assert "https://candidacy.example/relecture/" in bodies["sans@exemple.example"]
    assert "proposez une correction" in bodies["sans@exemple.example"]
    assert "jusqu’au mercredi 11\u00a0mars 2026 inclus" in bodies["sans@exemple.example"]
    kept = OutboundMessage.objects.get(recipient_key=f"contact:{without.public_id}").body
    assert "/relecture/…/" in kept


def test_whoever_left_the_list_before_it_leaves_is_not_written_to():
    minutes = make_sent_minutes()
    minutes.meeting.invitations.all().delete()

    send_due_messages()

    assert mail.outbox == []


# --- corrections -------------------------------------------------------------------------------------


def test_who_took_part_proposes_a_correction_once_however_often_it_is_sent():
    minutes = make_sent_minutes()
    invitation, key = minutes.meeting.invitations.get(), minutes.public_id
    said = {"invitation": invitation, "text": minutes.texts.first(), "wording": "Lire 2027."}

    first, second = (propose_correction(minutes=minutes, public_id=key, **said) for _ in range(2))

    assert first == second == Correction.objects.get()
    assert (first.contact, first.outcome) == (invitation.contact, "pending")


@pytest.mark.parametrize("attendance", ["excused", "absent"])
def test_who_was_not_there_proposes_none(attendance):
    minutes = make_sent_minutes()
    invitation = called(minutes, attendance=attendance)

    with pytest.raises(DomainError, match="pris part"):
        propose_correction(minutes=minutes, invitation=invitation, text=None, wording="Lire 2027.")


def test_a_correction_belongs_to_the_text_and_the_meeting_it_speaks_of():
    minutes, other = make_sent_minutes(), make_sent_minutes()
    invitation = minutes.meeting.invitations.get()

    with pytest.raises(DomainError, match="autre compte rendu"):
        propose_correction(
            minutes=minutes, invitation=invitation, text=other.texts.first(), wording="Lire 2027."
        )
    with pytest.raises(DomainError, match="pris part"):
        propose_correction(minutes=other, invitation=invitation, text=None, wording="Lire 2027.")


@pytest.mark.parametrize("make", [make_minutes, make_approved_minutes])
def test_only_minutes_that_were_sent_and_not_approved_take_corrections(make):
    minutes = make()

    with pytest.raises(DomainError, match="ne reçoit pas"):
        propose_correction(minutes=minutes, invitation=called(minutes), text=None, wording="Lire 2027.")


def test_a_correction_is_accepted_or_refused_with_a_word():
    correction, lead = make_correction(), make_user()

    with pytest.raises(ValidationError, match="pourquoi"):
        decide_correction(correction=correction, is_accepted=False, reply=" ", by=lead)
    decide_correction(correction=correction, is_accepted=False, reply="Cela n’a pas été dit.", by=lead)

    correction.refresh_from_db()
    assert (correction.outcome, correction.reply, correction.decided_by) == (
        "refused",
        "Cela n’a pas été dit.",
        lead,
    )


def test_the_corrections_of_approved_minutes_are_closed():
    minutes = make_sent_minutes()
    correction = make_correction(minutes=minutes, outcome="accepted", decided_at=NOW)
    approve_minutes(minutes=minutes, by=make_user())

    with pytest.raises(DomainError, match="closes"):
        decide_correction(correction=correction, is_accepted=False, reply="Non", by=make_user())


# --- approval ----------------------------------------------------------------------------------------


def test_without_a_rule_of_silence_somebody_approves(time_machine):
    minutes = make_sent_minutes(
        meeting=make_held_meeting(committee=make_committee(minutes_silence_days=None))
    )
    time_machine.move_to(NOW + timedelta(days=300), tick=False)
    assert approve_silent_minutes() == 0
    lead = make_user()

    for _ in range(2):
        approve_minutes(minutes=minutes, by=lead)

    minutes = fresh(minutes)
    assert (minutes.approval, minutes.approved_by, minutes.approved_in) == ("lead", lead, None)


def test_a_later_meeting_approves_and_no_other(time_machine):
    minutes = make_sent_minutes()
    committee, starts_at = minutes.meeting.committee, minutes.meeting.starts_at
    later = make_held_meeting(committee=committee, starts_at=NOW)
    for other in (
        make_held_meeting(committee=committee, starts_at=starts_at - timedelta(days=1)),
        make_held_meeting(starts_at=NOW),
        make_meeting(committee=committee, status="convened"),
    ):
        with pytest.raises(DomainError):
            approve_minutes(minutes=minutes, by=make_user(), in_meeting=other)

    approve_minutes(minutes=minutes, by=make_user(), in_meeting=later)

    minutes = fresh(minutes)
    assert (minutes.approval, minutes.approved_in) == ("meeting", later)


def test_minutes_that_nobody_read_are_not_approved():
    with pytest.raises(DomainError, match="pas encore été envoyé"):
        approve_minutes(minutes=make_minutes(), by=make_user())


# --- what is approved stays --------------------------------------------------------------------------


def test_what_approved_minutes_say_is_kept_whatever_becomes_of_the_rows():
    meeting = make_held_meeting()
    decision = make_decision(meeting=meeting, wording="Le comité retient le scénario 2.")
    make_action(candidacy=meeting.committee.candidacy, meeting=meeting, title="Écrire à la Région")
    minutes = make_approved_minutes(meeting=meeting)
    Decision.objects.filter(pk=decision.pk).update(wording="Tout autre chose.")
    meeting.invitations.update(attendance="absent")

    content = content_of(fresh(minutes), with_reserved=True)

    assert [one.wording for one in content.decisions] == ["Le comité retient le scénario 2."]
    assert [one.title for one in content.actions] == ["Écrire à la Région"]
    assert content.passages[0].body == "<p>La séance est ouverte.</p>"
    assert [one.attendance for one in content.attendees] == ["present"]


def test_what_was_decided_under_an_item_added_in_session_is_in_the_minutes():
    meeting = make_open_meeting()
    make_invitation(meeting=meeting, attendance="present")
    open_session(meeting=meeting)
    item = add_agenda_item(meeting=meeting, title="Question diverse")
    decide_in_session(meeting=meeting, item=item, wording="Le comité saisit la Région.")
    close_session(meeting=meeting)

    minutes = send_minutes(minutes=meeting.minutes, by=make_user())
    approve_minutes(minutes=minutes, by=make_user())

    content = content_of(fresh(minutes), with_reserved=True)
    [passage] = [row for row in content.passages if row.title == "Question diverse"]
    assert [one.wording for one in passage.decisions] == ["Le comité saisit la Région."]
    assert content.other_decisions == ()


def test_minutes_sent_before_an_item_had_its_text_are_completed_by_their_approval():
    minutes = make_sent_minutes()
    item = make_agenda_item(meeting=minutes.meeting, title="Question diverse")
    make_decision(meeting=minutes.meeting, agenda_item=item)

    approve_minutes(minutes=minutes, by=make_user())

    content = content_of(fresh(minutes), with_reserved=True)
    assert [row.title for row in content.passages if row.decisions] == ["Question diverse"]


def test_a_decision_under_an_item_without_a_text_is_told_and_stays_reserved():
    minutes = make_sent_minutes()
    for is_confidential in (True, False):
        item = make_agenda_item(meeting=minutes.meeting, is_confidential=is_confidential)
        wording = "Réservée" if is_confidential else "Ouverte"
        make_decision(meeting=minutes.meeting, agenda_item=item, wording=wording)

    told = {
        with_reserved: [one.wording for one in content_of(minutes, with_reserved=with_reserved).decisions]
        for with_reserved in (True, False)
    }

    assert told == {True: ["Réservée", "Ouverte"], False: ["Ouverte"]}


def test_what_approved_minutes_say_of_a_decision_is_settled():
    meeting = make_held_meeting()
    decision = make_decision(meeting=meeting, agenda_item=make_agenda_item(meeting=meeting))
    make_approved_minutes(meeting=meeting)

    for fields in ({"wording": "Tout autre chose."}, {"agenda_item": None}):
        with pytest.raises(DomainError, match="est approuvé"):
            edit_decision(decision=decision, expected_revision=1, **fields)
    with pytest.raises(DomainError, match="aucune décision ne s’y ajoute"):
        record_decision(meeting=meeting, wording="Le comité décide encore.")

    decision.refresh_from_db()
    assert (decision.revision, decision.agenda_item) == (1, meeting.agenda_items.get())


def test_a_decision_of_approved_minutes_is_followed_up_and_replaced_by_a_later_meeting():
    first, second = (make_decision(meeting=make_held_meeting()) for _ in range(2))
    owner = make_contact(candidacy=first.candidacy)
    make_approved_minutes(meeting=first.meeting)
    make_approved_minutes(meeting=second.meeting)
    later = make_held_meeting(committee=second.meeting.committee, starts_at=NOW)

    followed = edit_decision(
        decision=first,
        expected_revision=1,
        wording=first.wording,
        owner=owner,
        due_on=date(2026, 6, 1),
        status="abandoned",
        status_note="Faute de crédits.",
    )
    successor = record_decision(meeting=later, wording="Le comité retient.", replaces=second)

    assert (followed.owner, followed.status) == (owner, "abandoned")
    second.refresh_from_db()
    assert (second.status, second.superseded_by) == ("superseded", successor)


def test_the_texts_of_approved_minutes_are_closed():
    minutes = make_approved_minutes()

    with pytest.raises(DomainError, match="ne se modifie plus"):
        save_minutes_text(text=minutes.texts.first(), body="<p>x</p>", expected_revision=1, by=make_user())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE committees_minutes SET content = '{}'",
        "DELETE FROM committees_minutes",
        "UPDATE committees_rectification SET wording = 'x'",
        "DELETE FROM committees_rectification",
    ],
)
def test_the_database_itself_keeps_approved_minutes_and_rectifications(statement):
    minutes = make_approved_minutes()
    later = make_held_meeting(committee=minutes.meeting.committee, starts_at=NOW)
    rectify_minutes(minutes=minutes, meeting=later, wording="Lire 2027.", by=make_user())

    with pytest.raises(DatabaseError, match="not change"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_later_meeting_rectifies_approved_minutes_once():
    minutes, lead = make_approved_minutes(), make_user()
    later = make_held_meeting(committee=minutes.meeting.committee, starts_at=NOW)
    said = {"minutes": minutes, "meeting": later, "wording": "Lire 2027.", "by": lead}

    for _ in range(2):
        rectify_minutes(**said, public_id=minutes.public_id)

    rectification = Rectification.objects.get()
    assert (rectification.meeting, rectification.wording, rectification.recorded_by) == (
        later,
        "Lire 2027.",
        lead,
    )
    with pytest.raises(DomainError, match="suivante"):
        rectify_minutes(**{**said, "meeting": minutes.meeting})


def test_minutes_that_are_not_approved_are_corrected_and_not_rectified():
    minutes = make_sent_minutes()
    later = make_held_meeting(committee=minutes.meeting.committee, starts_at=NOW)

    with pytest.raises(DomainError, match="corrigez-le"):
        rectify_minutes(minutes=minutes, meeting=later, wording="Lire 2027.", by=make_user())


def test_a_titular_is_represented_by_the_deputy_who_came():
    meeting = make_held_meeting()
    titular = make_seat(committee=meeting.committee)
    deputy = make_seat(committee=meeting.committee, quality="deputy", deputy_of=titular)
    make_invitation(meeting=meeting, contact=titular.contact, attendance="excused")
    make_invitation(meeting=meeting, contact=deputy.contact, attendance="present")
    minutes = make_minutes(meeting=meeting)

    content = content_of(minutes, with_reserved=True)

    assert [one.represented_by for one in content.represented] == [deputy.contact.get_full_name()]
    assert content.excused == []
    meeting.invitations.update(attendance="excused")
    assert content_of(fresh(minutes), with_reserved=True).represented == []
