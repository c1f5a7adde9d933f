from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from committees.models import Invitation, Meeting
from committees.services.committees import Reminder, create_committee, edit_committee
from committees.services.invitations import answer_invitation
from committees.services.meetings import (
    cancel_meeting,
    convene_meeting,
    create_meeting,
    edit_meeting,
    invite_contacts,
    restore_meeting,
    withdraw_invitation,
)
from committees.services.reminders import replan_meeting, replan_upcoming_meetings
from committees.tasks import plan_meeting_reminders
from notifications.delivery import deliver_due
from notifications.models import OutboundMessage
from notifications.services import advance_message, cancel_message
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_seat,
)

PARIS = ZoneInfo("Europe/Paris")
Answer = Invitation.Answer
Status = OutboundMessage.Status


def paris(*moment):
    return datetime(*moment, tzinfo=PARIS)


@pytest.fixture
def clock():
    """Monday 2 March 2026, nine o'clock in Paris, and standing still."""
    with time_machine.travel(paris(2026, 3, 2, 9), tick=False) as traveller:
        yield traveller


@pytest.fixture
def lead(clock):
    return make_member()


@pytest.fixture
def meeting(lead):
    """A draft on Monday 16 March at 14:30, of a committee with the usual reminders."""
    committee = create_committee(
        candidacy=lead.candidacy, name="Comité de pilotage", acronym="COPIL", kind="copil"
    )
    return create_meeting(committee=committee, starts_at=paris(2026, 3, 16, 14, 30), place="Hôtel de ville")


def convene(meeting, *contacts, by):
    contacts = contacts or [make_contact(candidacy=meeting.committee.candidacy)]
    return convene_meeting(meeting=meeting, by=by, expected_revision=meeting.revision, contacts=contacts)


def change(meeting, **fields):
    return edit_meeting(meeting=meeting, expected_revision=meeting.revision, **fields)


def rows(**filters):
    return OutboundMessage.objects.filter(**filters)


def planned(kind="meeting-reminder"):
    """The local hours at which messages of ``kind`` will leave."""
    due = rows(kind=kind, status=Status.PLANNED).order_by("due_at").values_list("due_at", flat=True)
    return [instant.astimezone(PARIS).strftime("%d/%m/%Y %H:%M") for instant in due]


def subjects():
    return [message.subject.replace("\xa0", " ") for message in mail.outbox]


# --- nothing about a draft ---------------------------------------------------------------------------


def test_nothing_is_planned_about_a_draft(meeting):
    make_invitation(meeting=meeting)

    replan_meeting(meeting=meeting)
    replan_upcoming_meetings()

    assert not rows().exists()


def test_a_meeting_back_in_preparation_says_nothing(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    Meeting.objects.filter(pk=meeting.pk).update(status="draft", convened_at=None)

    deliver_due()  # the outbox was not told: what is due looks again before it leaves

    assert not mail.outbox
    reasons = set(rows(kind="meeting-convocation").values_list("status", "cancelled_by", "reason"))
    assert reasons == {(Status.CANCELLED, "delivery", "La réunion est en préparation.")}


# --- convening ---------------------------------------------------------------------------------------


def test_convening_plans_a_convocation_at_once_and_the_reminders_of_the_committee(meeting, lead):
    convene(meeting, by=lead.user)

    assert planned("meeting-convocation") == ["02/03/2026 09:00"]
    assert planned() == ["09/03/2026 08:00", "15/03/2026 08:00"]


def test_convening_sends_nothing_by_itself(meeting, lead, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        convene(meeting, by=lead.user)

    assert not mail.outbox


def test_each_person_has_their_own_rows(meeting, lead):
    contacts = [make_contact(candidacy=lead.candidacy) for _ in range(3)]

    convene(meeting, *contacts, by=lead.user)

    assert set(rows().values_list("recipient_key", flat=True)) == {
        f"contact:{contact.public_id}" for contact in contacts
    }
    assert rows().count() == 9


def test_convening_twice_plans_once(meeting, lead):
    contact = make_contact(candidacy=lead.candidacy)
    convened = convene(meeting, contact, by=lead.user)

    convene_meeting(meeting=convened, by=lead.user, expected_revision=1, contacts=[contact])

    assert rows().count() == 3


def test_a_reminder_whose_hour_has_passed_is_not_planned(meeting, lead, clock):
    clock.move_to(paris(2026, 3, 9, 8))

    convene(meeting, by=lead.user)

    assert planned() == ["15/03/2026 08:00"]


def test_a_reminder_for_after_the_beginning_is_not_planned(meeting, lead):
    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[Reminder(0, time(18)), Reminder(1, time(18))],
    )

    convene(meeting, by=lead.user)

    assert planned() == ["15/03/2026 18:00"]


def test_reminders_leave_at_their_hour_once(meeting, lead, clock):
    convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    for day in range(2, 20):
        for hour in (7, 8, 9):
            clock.move_to(paris(2026, 3, day, hour))
            plan_meeting_reminders.delay()
            deliver_due()

    assert subjects() == [
        "Rappel : COPIL dans 7 jours, lundi 16 mars 2026 à 14 h 30",
        "Rappel : COPIL demain, lundi 16 mars 2026 à 14 h 30",
    ]
    sent = rows(kind="meeting-reminder").order_by("sent_at").values_list("sent_at", flat=True)
    assert [instant.astimezone(PARIS) for instant in sent] == [paris(2026, 3, 9, 8), paris(2026, 3, 15, 8)]


# --- summer time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change_day", "before", "after"),
    [
        ((2026, 3, 29), timedelta(hours=1), timedelta(hours=2)),
        ((2026, 10, 25), timedelta(hours=2), timedelta(hours=1)),
    ],
)
def test_reminders_keep_their_hour_across_a_change_of_the_clocks(lead, clock, change_day, before, after):
    """Before, on and after the day of the change: one row each, at 8 o'clock in Paris."""
    committee = make_committee(candidacy=lead.candidacy)
    for days in (1, 2, 3):
        committee.reminder_rules.create(days_before=days)
    start = paris(*change_day, 10) + timedelta(days=2)
    clock.move_to(start - timedelta(days=20))
    meeting = make_meeting(committee=committee, starts_at=start)

    convene(meeting, by=lead.user)
    replan_upcoming_meetings()

    due = rows(kind="meeting-reminder").order_by("due_at").values_list("due_at", flat=True)
    local = [instant.astimezone(PARIS) for instant in due]
    assert [moment.time() for moment in local] == [time(8)] * 3
    assert [moment.date() for moment in local] == [
        (paris(*change_day) + timedelta(days=offset)).date() for offset in (-1, 0, 1)
    ]
    assert [moment.utcoffset() for moment in local] == [before, after, after]


def test_an_hour_that_the_clocks_skip_slides_to_the_next_one(lead, clock):
    committee = make_committee(candidacy=lead.candidacy)
    committee.reminder_rules.create(days_before=1, local_time=time(2, 30))
    meeting = make_meeting(committee=committee, starts_at=paris(2026, 3, 30, 10))

    convene(meeting, by=lead.user)

    assert planned() == ["29/03/2026 03:30"]


def test_an_hour_that_comes_twice_is_the_first(lead, clock):
    clock.move_to(paris(2026, 10, 1, 9))
    committee = make_committee(candidacy=lead.candidacy)
    committee.reminder_rules.create(days_before=1, local_time=time(2, 30))
    meeting = make_meeting(committee=committee, starts_at=paris(2026, 10, 26, 10))

    convene(meeting, by=lead.user)

    assert rows(kind="meeting-reminder").get().due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hour_is_that_of_the_candidacy(clock):
    candidacy = make_candidacy(time_zone="Indian/Reunion")
    lead = make_member(candidacy=candidacy)
    committee = make_committee(candidacy=candidacy)
    committee.reminder_rules.create(days_before=1)
    meeting = make_meeting(
        committee=committee, starts_at=datetime(2026, 3, 16, 1, tzinfo=ZoneInfo("Indian/Reunion"))
    )

    convene(meeting, by=lead.user)

    assert rows(kind="meeting-reminder").get().due_at == datetime(2026, 3, 15, 4, tzinfo=UTC)


# --- a missed run ------------------------------------------------------------------------------------


def test_a_missed_run_is_caught_up_once(meeting, lead, clock):
    convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    clock.move_to(paris(2026, 3, 11, 9))  # two days late
    for _ in range(2):
        replan_upcoming_meetings()
        deliver_due()

    assert subjects() == ["Rappel : COPIL dans 5 jours, lundi 16 mars 2026 à 14 h 30"]


def test_of_two_reminders_missed_only_the_nearer_leaves(meeting, lead, clock):
    convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    clock.move_to(paris(2026, 3, 16, 9))
    deliver_due()

    assert subjects() == ["Rappel : COPIL aujourd’hui, lundi 16 mars 2026 à 14 h 30"]
    (given_up,) = rows(kind="meeting-reminder", status=Status.CANCELLED)
    assert given_up.rule == "J-7"


def test_a_reminder_missed_altogether_does_not_leave_after_the_meeting(meeting, lead, clock):
    convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    clock.move_to(paris(2026, 3, 16, 14, 30))
    deliver_due()

    assert not mail.outbox
    assert not rows(status=Status.PLANNED).exists()


# --- moving, cancelling, restoring -------------------------------------------------------------------


def test_a_moved_meeting_replans_its_reminders_and_tells_those_who_knew(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    change(meeting, starts_at=paris(2026, 3, 20, 10))

    assert planned() == ["13/03/2026 08:00", "19/03/2026 08:00"]
    old = rows(occurrence="2026-03-16T14:30").values_list("status", "reason")
    assert set(old) == {(Status.CANCELLED, "La réunion a changé de date.")}
    deliver_due()
    assert subjects() == ["Changement : COPIL, vendredi 20 mars 2026 à 10 h 00"]


def test_a_meeting_moved_before_its_convocation_left_is_announced_once(meeting, lead):
    meeting = convene(meeting, by=lead.user)

    change(meeting, starts_at=paris(2026, 3, 20, 10))
    deliver_due()

    assert subjects() == ["Convocation : COPIL, vendredi 20 mars 2026 à 10 h 00"]


def test_several_changes_before_the_next_tick_are_told_in_one_message(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    meeting = change(meeting, starts_at=paris(2026, 3, 20, 10))
    meeting = change(meeting, starts_at=paris(2026, 3, 20, 11))
    change(meeting, place="Salle des fêtes")
    deliver_due()

    assert subjects() == ["Changement : COPIL, vendredi 20 mars 2026 à 11 h 00"]


def test_a_meeting_moved_and_moved_back_says_nothing(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    meeting = change(meeting, starts_at=paris(2026, 3, 20, 10))
    change(meeting, starts_at=paris(2026, 3, 16, 14, 30))
    deliver_due()

    assert not mail.outbox
    assert planned() == ["09/03/2026 08:00", "15/03/2026 08:00"]


def test_each_change_that_was_told_is_followed_by_the_next(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    for place in ("Salle des fêtes", "Hôtel de ville", "Salle des fêtes"):
        clock.shift(60)
        meeting = change(meeting, place=place)
        deliver_due()

    assert len(mail.outbox) == 3


def test_what_no_calendar_shows_announces_nothing(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    change(meeting, introduction="Un mot de plus.")
    deliver_due()

    assert not mail.outbox


def test_a_meeting_moved_into_the_past_sends_nothing(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=paris(2026, 3, 1, 10))

    replan_meeting(meeting=meeting)

    assert not rows(status=Status.PLANNED).exists()
    deliver_due()
    assert not mail.outbox


def test_a_meeting_moved_into_the_past_after_a_cancellation_was_planned_still_tells_the_date_people_know(
    meeting, lead
):
    """They would come on the 16th: that the meeting was dated back since is nothing they heard of."""
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=paris(2026, 3, 1, 10))

    cancel_meeting(meeting=meeting, reason="Grève.")
    deliver_due()

    assert subjects() == ["Annulée : COPIL, lundi 16 mars 2026 à 14 h 30"]


def test_a_meeting_that_is_over_is_cancelled_in_silence(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    clock.move_to(paris(2026, 3, 17, 9))

    cancel_meeting(meeting=meeting, reason="Faute de quorum.")
    deliver_due()

    assert not mail.outbox


def test_a_cancelled_meeting_cancels_its_reminders_and_tells_those_who_knew(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    cancel_meeting(meeting=meeting, reason="Grève.")

    assert planned() == []
    assert planned("meeting-cancellation") == ["02/03/2026 09:00"]
    deliver_due()
    clock.move_to(paris(2026, 3, 15, 9))
    deliver_due()
    assert subjects() == ["Annulée : COPIL, lundi 16 mars 2026 à 14 h 30"]


def test_a_meeting_cancelled_before_its_convocation_left_tells_nobody(meeting, lead):
    meeting = convene(meeting, by=lead.user)

    cancel_meeting(meeting=meeting, reason="Grève.")
    deliver_due()

    assert not mail.outbox


def test_a_restored_meeting_is_announced_and_reminded_of_again(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    meeting = cancel_meeting(meeting=meeting, reason="Grève.")
    clock.shift(60)
    deliver_due()
    mail.outbox.clear()

    clock.move_to(paris(2026, 3, 10, 9))
    restore_meeting(meeting=meeting)
    deliver_due()

    assert subjects() == ["Rétablie : COPIL, lundi 16 mars 2026 à 14 h 30"]
    assert planned() == ["15/03/2026 08:00"]


def test_a_cancellation_taken_back_before_it_left_says_nothing(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    meeting = cancel_meeting(meeting=meeting, reason="Grève.")
    restore_meeting(meeting=meeting)
    deliver_due()

    assert not mail.outbox
    assert planned() == ["09/03/2026 08:00", "15/03/2026 08:00"]


def test_a_cancellation_says_the_date_that_people_know(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    meeting = change(meeting, starts_at=paris(2026, 3, 20, 10))
    cancel_meeting(meeting=meeting, reason="Grève.")
    deliver_due()

    assert subjects() == ["Annulée : COPIL, lundi 16 mars 2026 à 14 h 30"]


# --- people ------------------------------------------------------------------------------------------


def test_somebody_added_later_gets_the_convocation_and_the_reminders_to_come(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    clock.move_to(paris(2026, 3, 10, 9))
    late = make_contact(candidacy=lead.candidacy)

    invite_contacts(meeting=meeting, contacts=[late])

    mine = rows(recipient_key=f"contact:{late.public_id}", status=Status.PLANNED)
    assert sorted(mine.values_list("kind", "rule")) == [
        ("meeting-convocation", "at-once"),
        ("meeting-reminder", "J-1"),
    ]
    rows(kind="meeting-reminder").update(status=Status.CANCELLED)
    deliver_due()
    assert [message.to for message in mail.outbox] == [[late.email]]


def test_somebody_taken_off_gets_no_reminder_and_is_told_not_to_come(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()

    withdraw_invitation(invitation=meeting.invitations.get())

    assert planned() == []
    deliver_due()
    assert subjects() == ["Vous n’êtes plus convié·e : COPIL, lundi 16 mars 2026 à 14 h 30"]


def test_somebody_taken_off_before_their_convocation_left_hears_nothing(meeting, lead):
    meeting = convene(meeting, by=lead.user)

    withdraw_invitation(invitation=meeting.invitations.get())
    deliver_due()

    assert not mail.outbox
    assert set(rows().values_list("status", "reason")) == {
        (Status.CANCELLED, "La personne n’est plus invitée.")
    }


def test_somebody_taken_off_and_invited_again_is_convened_again(meeting, lead, clock):
    contact = make_contact(candidacy=lead.candidacy)
    meeting = convene(meeting, contact, by=lead.user)
    deliver_due()
    clock.shift(60)
    withdraw_invitation(invitation=meeting.invitations.get())
    deliver_due()
    mail.outbox.clear()

    clock.shift(60)
    invite_contacts(meeting=meeting, contacts=[contact])
    deliver_due()

    assert subjects() == ["Convocation : COPIL, lundi 16 mars 2026 à 14 h 30"]
    assert planned() == ["09/03/2026 08:00", "15/03/2026 08:00"]


def test_somebody_who_excused_themselves_is_not_reminded_but_told_of_changes(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    answer_invitation(invitation=meeting.invitations.get(), answer=Invitation.Answer.EXCUSED)

    clock.move_to(paris(2026, 3, 9, 8))
    deliver_due()
    assert not mail.outbox

    change(meeting, place="Salle des fêtes")
    deliver_due()
    assert subjects() == ["Changement : COPIL, lundi 16 mars 2026 à 14 h 30"]


def test_somebody_who_comes_after_all_is_reminded_again(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    invitation = meeting.invitations.get()
    answer_invitation(invitation=invitation, answer=Invitation.Answer.EXCUSED)
    replan_upcoming_meetings()
    assert planned() == []

    answer_invitation(invitation=invitation, answer=Invitation.Answer.PRESENT)
    replan_upcoming_meetings()

    assert planned() == ["09/03/2026 08:00", "15/03/2026 08:00"]


def test_a_convocation_without_an_address_says_so_and_leaves_once_there_is_one(meeting, lead):
    contact = make_contact(candidacy=lead.candidacy, email="")
    convene(meeting, contact, by=lead.user)

    for _ in range(3):
        replan_upcoming_meetings()
        deliver_due()
    row = rows(kind="meeting-convocation").get()
    assert (row.status, row.reason) == (Status.CANCELLED, "La personne n’a pas d’adresse électronique.")

    contact.email = "enfin@exemple.example"
    contact.save()
    replan_upcoming_meetings()
    deliver_due()

    assert [message.to for message in mail.outbox] == [["enfin@exemple.example"]]


def test_whoever_lost_the_right_to_read_gets_nothing(meeting, lead):
    member = make_member(candidacy=lead.candidacy, role="elected")
    contact = make_contact(candidacy=lead.candidacy, user=member.user)
    gone = make_member(candidacy=lead.candidacy, role="elected")
    closed = make_contact(candidacy=lead.candidacy, user=gone.user)
    convene(meeting, contact, closed, by=lead.user)
    member.delete()
    gone.user.is_active = False
    gone.user.save()

    for _ in range(3):
        deliver_due()
        replan_upcoming_meetings()

    assert not mail.outbox
    assert set(rows(kind="meeting-convocation").values_list("status", "reason")) == {
        (Status.CANCELLED, "La personne n’a plus accès à la candidature.")
    }


def test_a_convocation_held_back_by_a_person_stays_so(meeting, lead):
    convene(meeting, by=lead.user)
    cancel_message(rows(kind="meeting-convocation").get(), "Prévenue par téléphone.")

    replan_upcoming_meetings()
    deliver_due()

    assert not mail.outbox


def test_a_reminder_sent_early_is_not_sent_again(meeting, lead, clock):
    convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    advance_message(rows(rule="J-7").get())

    replan_upcoming_meetings()
    deliver_due()
    clock.move_to(paris(2026, 3, 9, 8))
    replan_upcoming_meetings()
    deliver_due()

    assert subjects() == ["Rappel : COPIL dans 14 jours, lundi 16 mars 2026 à 14 h 30"]


def test_bad_news_is_told_once(meeting, lead, clock):
    staying, leaving = make_contact(candidacy=lead.candidacy), make_contact(candidacy=lead.candidacy)
    meeting = convene(meeting, staying, leaving, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    withdraw_invitation(invitation=meeting.invitations.get(contact=leaving))
    cancel_meeting(meeting=meeting, reason="Grève.")

    for _ in range(4):
        clock.shift(60)
        replan_upcoming_meetings()
        deliver_due()

    assert sorted(subjects()) == [
        "Annulée : COPIL, lundi 16 mars 2026 à 14 h 30",
        "Vous n’êtes plus convié·e : COPIL, lundi 16 mars 2026 à 14 h 30",
    ]


def test_a_withdrawal_that_finds_nobody_is_not_tried_for_ever(meeting, lead, clock):
    contact = make_contact(candidacy=lead.candidacy)
    meeting = convene(meeting, contact, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    withdraw_invitation(invitation=meeting.invitations.get())
    contact.delete()

    for _ in range(3):
        clock.shift(60)
        deliver_due()
        assert replan_upcoming_meetings() == 0

    assert not mail.outbox


# --- what was decided while the outbox was not looking -----------------------------------------------


def test_a_reminder_of_another_date_does_not_leave(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=paris(2026, 3, 20, 10))

    clock.move_to(paris(2026, 3, 9, 8))
    deliver_due()

    assert not mail.outbox
    assert rows(rule="J-7").get().reason == "La réunion a changé de date."


def test_a_reminder_to_somebody_who_has_just_excused_themselves_does_not_leave(meeting, lead, clock):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    meeting.invitations.update(answer="excused", answered_at=timezone.now())

    clock.move_to(paris(2026, 3, 9, 8))
    deliver_due()

    assert not mail.outbox
    assert rows(rule="J-7").get().reason == "La personne s’est excusée."


def test_a_message_to_somebody_just_taken_off_does_not_leave(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    meeting.invitations.all().delete()

    deliver_due()

    assert not mail.outbox


def test_a_cancellation_of_a_meeting_just_restored_does_not_leave(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    cancel_meeting(meeting=meeting, reason="Grève.")
    Meeting.objects.filter(pk=meeting.pk).update(status="convened", cancelled_at=None)

    deliver_due()

    assert not mail.outbox


def test_a_change_just_taken_back_does_not_leave(meeting, lead):
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    change(meeting, place="Salle des fêtes")
    Meeting.objects.filter(pk=meeting.pk).update(place="Hôtel de ville")

    deliver_due()

    assert not mail.outbox


# --- the committee's rules ---------------------------------------------------------------------------


def test_other_rules_replan_the_meetings_already_convened(meeting, lead):
    convene(meeting, by=lead.user)

    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[Reminder(3, time(9)), Reminder(1, time(10))],
    )

    assert planned() == ["13/03/2026 09:00", "15/03/2026 10:00"]


def test_a_reminder_that_left_is_not_repeated_when_its_hour_changes(meeting, lead, clock):
    convene(meeting, by=lead.user)
    clock.move_to(paris(2026, 3, 9, 8, 10))
    deliver_due()
    mail.outbox.clear()

    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[Reminder(7, time(9)), Reminder(1, time(8))],
    )
    clock.move_to(paris(2026, 3, 9, 10))
    deliver_due()

    assert not mail.outbox


def test_a_committee_may_write_on_working_days_alone(meeting, lead):
    """The meeting is on a Monday: three days before and the day before, it is Friday."""
    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[Reminder(7, time(8)), Reminder(3, time(8)), Reminder(1, time(8))],
    )
    meeting.committee.refresh_from_db()
    convene(meeting, by=lead.user)
    assert planned() == ["09/03/2026 08:00", "13/03/2026 08:00", "15/03/2026 08:00"]

    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[
            Reminder(7, time(8)),
            Reminder(3, time(8)),
            Reminder(1, time(8), working_days=True),
        ],
    )

    assert planned() == ["09/03/2026 08:00", "13/03/2026 08:00"]
    assert [row.rule for row in rows(kind="meeting-reminder", status=Status.PLANNED).order_by("due_at")] == [
        "J-7",
        "J-1",
    ]


@pytest.mark.parametrize(
    ("audience", "before_answers", "after_answers"),
    [
        ("expected", {"silent", "coming", "guest"}, {"silent", "coming", "guest"}),
        ("unanswered", {"silent", "coming", "guest"}, {"silent"}),
        ("coming", set(), {"coming", "guest"}),
        ("voting", {"silent", "coming"}, {"silent", "coming"}),
    ],
)
def test_a_reminder_speaks_to_those_it_is_for(meeting, lead, audience, before_answers, after_answers):
    committee = meeting.committee
    edit_committee(
        committee=committee,
        expected_revision=committee.revision,
        reminders=[Reminder(7, time(8), audience)],
    )
    people = {
        name: make_contact(candidacy=committee.candidacy, last_name=name)
        for name in ["silent", "coming", "guest", "away"]
    }
    for name in ("silent", "coming", "away"):
        make_seat(committee=committee, contact=people[name])
    convene(meeting, *people.values(), by=lead.user)
    meeting.refresh_from_db()
    invitations = {row.contact.last_name: row for row in meeting.invitations.select_related("contact")}

    def reminded():
        found = rows(kind="meeting-reminder", status=Status.PLANNED)
        return {name for name in people if found.filter(recipient_name__contains=name).exists()}

    answer_invitation(invitation=invitations["away"], answer=Answer.EXCUSED)
    assert reminded() == before_answers
    answer_invitation(invitation=invitations["coming"], answer=Answer.PRESENT)
    answer_invitation(invitation=invitations["guest"], answer=Answer.REMOTE)
    assert reminded() == after_answers


def test_whoever_answers_after_the_planning_is_not_reminded_to_answer(meeting, lead, clock):
    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[Reminder(7, time(8), "unanswered")],
    )
    convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    # As a race would have it: the answer is written, and what is planned has not followed yet.
    meeting.invitations.update(answer=Answer.PRESENT, answered_at=timezone.now())
    clock.move_to(paris(2026, 3, 9, 8, 1))
    deliver_due()

    assert not mail.outbox
    [row] = rows(kind="meeting-reminder")
    assert (row.status, row.reason) == (Status.CANCELLED, "Ce rappel ne s’adresse plus à cette personne.")


def test_working_days_are_those_where_the_candidacy_lives(meeting, lead):
    """The second day of Christmas is a holiday in Alsace and Moselle alone."""
    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[Reminder(3, time(8), working_days=True)],
    )
    meeting.committee.refresh_from_db()
    lead.candidacy.holiday_region = "57"
    lead.candidacy.save()
    late = create_meeting(
        committee=meeting.committee, starts_at=paris(2028, 12, 29, 14), place="Hôtel de ville"
    )
    late = Meeting.objects.get(pk=late.pk)

    convene(late, by=lead.user)

    assert planned() == ["22/12/2028 08:00"]


def test_a_committee_may_say_it_in_its_own_words(meeting, lead, clock):
    edit_committee(
        committee=meeting.committee,
        expected_revision=meeting.committee.revision,
        reminders=[
            Reminder(7, time(8), text="Pensez à relire le volet mobilité."),
            Reminder(1, time(8)),
        ],
    )
    convene(meeting, by=lead.user)
    clock.move_to(paris(2026, 3, 9, 8, 1))
    deliver_due()

    assert "Pensez à relire le volet mobilité." in mail.outbox[-1].body
    assert "Pour mémoire" not in mail.outbox[-1].body

    clock.move_to(paris(2026, 3, 15, 8, 1))
    deliver_due()
    assert "Pour mémoire" in mail.outbox[-1].body
    assert "volet mobilité" not in mail.outbox[-1].body


# --- the safety net ----------------------------------------------------------------------------------


def test_the_tick_mends_rows_that_are_missing(meeting, lead):
    convene(meeting, by=lead.user)
    OutboundMessage.objects.all().delete()

    assert replan_upcoming_meetings() == 1

    assert planned("meeting-convocation") == ["02/03/2026 09:00"]
    assert planned() == ["09/03/2026 08:00", "15/03/2026 08:00"]
    assert replan_upcoming_meetings() == 0


def test_the_tick_tells_of_a_change_that_crossed_its_convocation(meeting, lead):
    """The convocation was being sent while the meeting moved: nobody saw it happen, the next tick does."""
    meeting = convene(meeting, by=lead.user)
    deliver_due()
    mail.outbox.clear()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=paris(2026, 3, 20, 10))

    replan_upcoming_meetings()
    deliver_due()

    assert subjects() == ["Changement : COPIL, vendredi 20 mars 2026 à 10 h 00"]


def test_the_tick_leaves_a_message_that_was_put_off_where_it_is(meeting, lead, clock):
    convene(meeting, by=lead.user)
    put_off = timezone.now() + timedelta(minutes=30)
    rows(kind="meeting-convocation").update(due_at=put_off, attempts=5)

    clock.shift(timedelta(minutes=1))
    assert replan_upcoming_meetings() == 0
    replan_meeting(meeting=meeting)

    row = rows(kind="meeting-convocation").get()
    assert (row.due_at, row.attempts) == (put_off, 5)


def convened_meetings(candidacy, user, count):
    committee = make_committee(candidacy=candidacy)
    committee.reminder_rules.create(days_before=7)
    for _ in range(count):
        meeting = make_meeting(
            committee=committee,
            status="convened",
            convened_by=user,
            starts_at=timezone.now() + timedelta(days=9),
        )
        make_invitation(meeting=meeting)


@pytest.mark.parametrize("count", [3, 30])
def test_the_tick_takes_four_queries_while_nothing_is_wrong(lead, django_assert_num_queries, count):
    convened_meetings(lead.candidacy, lead.user, count)
    replan_upcoming_meetings()

    with django_assert_num_queries(4):
        assert replan_upcoming_meetings() == 0


@pytest.mark.parametrize("count", [3, 12])
def test_the_tick_mends_many_in_as_many_queries_as_few(lead, django_assert_num_queries, count):
    convened_meetings(lead.candidacy, lead.user, count)

    # four to compare, a transaction, a lock, four to compare again, one to look and one to write
    with django_assert_num_queries(4 + 2 + 1 + 4 + 2):
        assert replan_upcoming_meetings() == count


@pytest.mark.parametrize("count", [3, 10])
def test_convening_takes_as_many_queries_for_many_as_for_few(meeting, lead, django_assert_num_queries, count):
    for _ in range(count):
        make_invitation(meeting=meeting)
    meeting.status, meeting.convened_at = "convened", timezone.now()
    meeting.save()

    with django_assert_num_queries(4 + 2):
        replan_meeting(meeting=meeting)
