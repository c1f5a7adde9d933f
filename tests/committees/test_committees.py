from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from committees.models import Committee, CommitteeMember, Meeting
from committees.services.committees import (
    Reminder,
    create_committee,
    create_seat,
    edit_committee,
    edit_seat,
    remove_seat,
)
from core.errors import DomainError, StaleRevisionError
from notifications.models import OutboundMessage
from tests.factories import (
    make_candidacy,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_seat,
)

Quality = CommitteeMember.Quality


def rules_of(committee):
    return [(rule.days_before, rule.local_time) for rule in committee.reminder_rules.order_by("-days_before")]


def test_a_new_committee_reminds_seven_days_and_one_day_before_at_eight():
    committee = create_committee(
        candidacy=make_candidacy(), name="Comité de pilotage", acronym="COPIL", kind=Committee.Kind.COPIL
    )

    assert rules_of(committee) == [(7, time(8)), (1, time(8))]


def test_reminders_can_be_chosen_at_creation():
    committee = create_committee(
        candidacy=make_candidacy(),
        name="Comité technique",
        acronym="COTECH",
        kind=Committee.Kind.COTECH,
        reminders=[Reminder(3, time(9, 30))],
    )

    assert rules_of(committee) == [(3, time(9, 30))]


def test_an_acronym_serves_once_in_a_candidacy_and_again_in_another():
    committee = make_committee(acronym="COPIL")

    with pytest.raises(ValidationError, match="Un comité porte déjà ce sigle"):
        create_committee(
            candidacy=committee.candidacy, name="Autre", acronym="COPIL", kind=Committee.Kind.COPIL
        )
    assert create_committee(
        candidacy=make_candidacy(), name="Autre", acronym="COPIL", kind=Committee.Kind.COPIL
    ).pk


@pytest.mark.parametrize("acronym", ["copil", "COPIL/1", "COPIL ", "CO<b>"])
def test_an_acronym_that_would_spoil_a_number_is_refused(acronym):
    with pytest.raises(ValidationError):
        create_committee(candidacy=make_candidacy(), name="Autre", acronym=acronym, kind=Committee.Kind.COPIL)


def test_two_reminders_at_the_same_delay_are_refused():
    with pytest.raises(DomainError, match="même nombre de jours"):
        create_committee(
            candidacy=make_candidacy(),
            name="Comité technique",
            acronym="COTECH",
            kind=Committee.Kind.COTECH,
            reminders=[Reminder(1, time(8)), Reminder(1, time(18))],
        )
    assert not Committee.objects.exists()


def test_a_minimum_above_the_maximum_is_refused():
    with pytest.raises(ValidationError, match="Le minimum de réunions dépasse le maximum"):
        create_committee(
            candidacy=make_candidacy(),
            name="Comité technique",
            acronym="COTECH",
            kind=Committee.Kind.COTECH,
            rhythm_min=3,
            rhythm_max=2,
        )


def test_editing_from_a_stale_revision_is_refused():
    committee = make_committee(name="Avant")
    edit_committee(committee=committee, expected_revision=1, name="Entre-temps")

    with pytest.raises(StaleRevisionError):
        edit_committee(committee=committee, expected_revision=1, name="Après")
    committee.refresh_from_db()
    assert (committee.name, committee.revision) == ("Entre-temps", 2)


def test_sending_the_same_form_twice_is_no_conflict():
    committee = make_committee(name="Avant")

    for _ in range(2):
        edit_committee(
            committee=committee, expected_revision=1, name="Après", reminders=[Reminder(2, time(8))]
        )

    committee.refresh_from_db()
    assert (committee.name, committee.revision) == ("Après", 2)


def test_changing_the_reminders_alone_also_conflicts_with_a_stale_form():
    committee = make_committee()
    edit_committee(committee=committee, expected_revision=1, reminders=[Reminder(5, time(8))])

    with pytest.raises(StaleRevisionError):
        edit_committee(committee=committee, expected_revision=1, reminders=[Reminder(6, time(8))])
    assert rules_of(committee) == [(5, time(8))]


def test_new_reminders_replan_the_meetings_already_convened():
    committee = make_committee()
    meeting = make_meeting(
        committee=committee,
        status=Meeting.Status.CONVENED,
        starts_at=timezone.now() + timedelta(days=20),
    )
    make_invitation(meeting=meeting)

    edit_committee(committee=committee, expected_revision=1, reminders=[Reminder(3, time(8))])

    reminders = OutboundMessage.objects.filter(about=meeting.public_id, kind="meeting-reminder")
    assert [row.rule for row in reminders] == ["J-3"]


def test_a_person_sits_once_on_a_committee():
    seat = make_seat()

    with pytest.raises(ValidationError, match="siège déjà"):
        create_seat(committee=seat.committee, contact=seat.contact, quality=Quality.CHAIR)


def test_somebody_from_another_candidacy_cannot_sit():
    with pytest.raises(DomainError, match="pas un contact de la candidature"):
        create_seat(committee=make_committee(), contact=make_contact())
    assert not CommitteeMember.objects.exists()


def test_a_deputy_stands_in_for_a_member_of_the_same_committee():
    committee = make_committee()
    titular = make_seat(committee=committee)
    stranger = make_seat()

    seat = create_seat(
        committee=committee,
        contact=make_contact(candidacy=committee.candidacy),
        quality=Quality.DEPUTY,
        deputy_of=titular,
    )

    assert seat.deputy_of == titular
    with pytest.raises(DomainError, match="autre membre du même comité"):
        edit_seat(seat=seat, deputy_of=stranger)
    with pytest.raises(DomainError, match="autre membre du même comité"):
        edit_seat(seat=seat, deputy_of=seat)


def test_nobody_stands_in_for_a_deputy():
    committee = make_committee()
    titular = make_seat(committee=committee)
    deputy = make_seat(committee=committee, quality=Quality.DEPUTY, deputy_of=titular)
    other = make_seat(committee=committee, quality=Quality.DEPUTY)

    with pytest.raises(DomainError, match="On ne supplée pas"):
        edit_seat(seat=other, deputy_of=deputy)
    with pytest.raises(DomainError, match="a lui-même"):
        edit_seat(seat=titular, quality=Quality.DEPUTY, deputy_of=None)


def test_whoever_is_no_deputy_any_more_stands_in_for_nobody():
    committee = make_committee()
    titular = make_seat(committee=committee)
    deputy = make_seat(committee=committee, quality=Quality.DEPUTY, deputy_of=titular)

    edit_seat(seat=deputy, quality=Quality.TITULAR)

    deputy.refresh_from_db()
    assert deputy.deputy_of is None


def test_a_mandate_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValidationError, match="La fin du mandat précède son début"):
        edit_seat(seat=make_seat(), since=date(2026, 5, 1), until=date(2026, 4, 30))


def test_removing_a_seat_keeps_the_invitations():
    seat = make_seat()
    invitation = make_invitation(meeting=make_meeting(committee=seat.committee), contact=seat.contact)

    remove_seat(seat=seat)

    assert not CommitteeMember.objects.exists()
    invitation.refresh_from_db()


@pytest.mark.parametrize(
    ("since", "until", "sits"),
    [
        (None, None, True),
        (date(2026, 3, 10), None, True),
        (None, date(2026, 3, 10), True),
        (date(2026, 3, 11), None, False),
        (None, date(2026, 3, 9), False),
    ],
)
def test_a_mandate_covers_its_first_and_its_last_day(since, until, sits):
    make_seat(since=since, until=until)

    assert CommitteeMember.objects.sitting_on(date(2026, 3, 10)).exists() is sits


def test_committees_come_by_kind_then_by_name():
    candidacy = make_candidacy()
    made = [
        make_committee(candidacy=candidacy, kind=kind, name=name)
        for kind in reversed(Committee.Kind.values)
        for name in ("Lieux", "Arts")
    ]

    assert list(candidacy.committees.in_usual_order()) == made[::-1]
