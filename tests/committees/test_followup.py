from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from committees.models import Action, Decision, Meeting
from committees.services.actions import create_action, edit_action, report_action
from committees.services.decisions import edit_decision, record_decision
from core.errors import DomainError, StaleRevisionError
from tests.factories import (
    make_action,
    make_agenda_item,
    make_candidacy,
    make_committee,
    make_contact,
    make_decision,
    make_meeting,
)

Status = Meeting.Status


@pytest.fixture(autouse=True)
def _it_is_the_end_of_march(time_machine):
    time_machine.move_to(datetime(2026, 3, 31, 20, tzinfo=UTC), tick=False)


def held(day, *, acronym="COPIL", candidacy=None, hour=9):
    committee = make_committee(acronym=acronym, candidacy=candidacy)
    return make_meeting(
        committee=committee, status=Status.HELD, starts_at=datetime(2026, 3, day, hour, tzinfo=UTC)
    )


# --- decisions ---------------------------------------------------------------------------------------


def test_decisions_are_numbered_by_committee_and_month():
    meeting = held(3)
    later = make_meeting(
        committee=meeting.committee, status=Status.HELD, starts_at=datetime(2026, 3, 24, 9, tzinfo=UTC)
    )
    before = make_meeting(
        committee=meeting.committee, status=Status.HELD, starts_at=datetime(2026, 2, 24, 9, tzinfo=UTC)
    )

    numbers = [
        record_decision(meeting=row, wording="Le comité décide.").number
        for row in (meeting, meeting, later, before)
    ]

    assert numbers == ["COPIL-2026-03-D1", "COPIL-2026-03-D2", "COPIL-2026-03-D3", "COPIL-2026-02-D1"]


def test_the_tenth_decision_is_followed_by_the_eleventh():
    meeting = held(3)
    for n in range(1, 11):
        make_decision(meeting=meeting, number=f"COPIL-2026-03-D{n}")

    assert record_decision(meeting=meeting, wording="Encore.").number == "COPIL-2026-03-D11"


def test_a_committee_that_takes_over_an_acronym_goes_on_counting():
    old = held(3)
    record_decision(meeting=old, wording="Une.")
    old.committee.acronym = "ANCIEN"
    old.committee.save()

    new = held(5, candidacy=old.committee.candidacy)

    assert record_decision(meeting=new, wording="Deux.").number == "COPIL-2026-03-D2"


def test_the_month_in_a_number_is_the_candidacys():
    """In Nouméa it is already the first of April."""
    meeting = held(31, candidacy=make_candidacy(time_zone="Pacific/Noumea"), hour=14)

    assert record_decision(meeting=meeting, wording="Une.").number == "COPIL-2026-04-D1"


def test_two_candidacies_number_their_decisions_apart():
    assert [record_decision(meeting=held(3), wording="Une.").number for _ in range(2)] == [
        "COPIL-2026-03-D1",
        "COPIL-2026-03-D1",
    ]


def test_the_database_gives_a_number_once():
    decision = make_decision()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_decision(meeting=decision.meeting, number=decision.number)


def test_the_same_form_sent_twice_records_one_decision():
    meeting, token = held(3), uuid4()

    numbers = {record_decision(meeting=meeting, public_id=token, wording="Une.").number for _ in range(2)}

    assert numbers == {"COPIL-2026-03-D1"}
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("status", [Status.DRAFT, Status.CONVENED, Status.CANCELLED])
def test_a_meeting_that_has_not_begun_decides_nothing(status):
    meeting = make_meeting(status=status, starts_at=timezone.now() + timedelta(hours=1))

    with pytest.raises(DomainError, match="à partir de l’ouverture"):
        record_decision(meeting=meeting, wording="Une.")


def test_a_meeting_under_way_decides():
    meeting = make_meeting(status=Status.CONVENED, starts_at=timezone.now() - timedelta(minutes=1))

    assert record_decision(meeting=meeting, wording="Une.").pk


def test_a_decision_belongs_to_an_item_of_its_own_meeting():
    meeting = held(3)

    with pytest.raises(DomainError, match="autre réunion"):
        record_decision(meeting=meeting, wording="Une.", agenda_item=make_agenda_item())


def test_a_decision_is_owned_inside_its_candidacy():
    with pytest.raises(DomainError, match="pas un contact"):
        record_decision(meeting=held(3), wording="Une.", owner=make_contact())


def test_an_empty_decision_is_refused():
    with pytest.raises(ValidationError):
        record_decision(meeting=held(3), wording="")


@pytest.mark.parametrize("status", [Decision.Status.SUPERSEDED, Decision.Status.ABANDONED])
def test_giving_a_decision_up_says_why(status):
    decision = make_decision()

    with pytest.raises(DomainError, match="Dites par quoi"):
        edit_decision(decision=decision, expected_revision=1, status=status)
    edit_decision(decision=decision, expected_revision=1, status=status, status_note="Faute de crédits.")

    decision.refresh_from_db()
    assert (decision.status, decision.status_note) == (status, "Faute de crédits.")


def test_a_number_outlives_every_edit():
    meeting = held(3)
    decision = record_decision(meeting=meeting, wording="Une.")

    edit_decision(decision=decision, expected_revision=1, wording="Une, mieux dite.")

    decision.refresh_from_db()
    assert (decision.number, decision.wording, decision.revision) == (
        "COPIL-2026-03-D1",
        "Une, mieux dite.",
        2,
    )


def test_a_stale_edit_of_a_decision_is_refused():
    decision = make_decision()
    edit_decision(decision=decision, expected_revision=1, wording="Entre-temps.")

    with pytest.raises(StaleRevisionError):
        edit_decision(decision=decision, expected_revision=1, wording="Après.")
    decision.refresh_from_db()
    assert decision.wording == "Entre-temps."


def test_a_decision_is_overdue_the_day_after_it_was_due():
    make_decision(due_on=date(2026, 3, 31))
    late = make_decision(due_on=date(2026, 3, 30))
    make_decision(due_on=date(2026, 3, 30), status=Decision.Status.APPLIED)
    make_decision(due_on=None)

    assert list(Decision.objects.overdue(date(2026, 3, 31))) == [late]


# --- actions -----------------------------------------------------------------------------------------


def test_an_action_of_a_decision_belongs_to_its_meeting():
    decision = make_decision()

    action = create_action(candidacy=decision.candidacy, title="Écrire", decision=decision)

    assert (action.meeting, action.closed_on) == (decision.meeting, None)


def test_the_same_form_sent_twice_adds_one_action():
    candidacy, token = make_candidacy(), uuid4()

    for _ in range(2):
        create_action(candidacy=candidacy, public_id=token, title="Écrire")

    assert Action.objects.count() == 1


def test_closing_an_action_dates_it_and_reopening_clears_the_date():
    action = make_action(candidacy=make_candidacy(time_zone="Pacific/Noumea"))

    edit_action(action=action, expected_revision=1, status=Action.Status.DONE)
    action.refresh_from_db()
    assert action.closed_on == date(2026, 4, 1)

    edit_action(action=action, expected_revision=2, status=Action.Status.IN_PROGRESS)
    action.refresh_from_db()
    assert action.closed_on is None


def test_a_closed_action_keeps_the_day_it_was_closed():
    action = make_action(status=Action.Status.DONE, closed_on=date(2026, 3, 1))

    edit_action(action=action, expected_revision=1, proof="Courrier du 1er mars.")

    action.refresh_from_db()
    assert action.closed_on == date(2026, 3, 1)


def test_the_owner_reports_and_nothing_else_changes():
    owner = make_contact()
    action = make_action(candidacy=owner.candidacy, owner=owner, title="Écrire", due_on=date(2026, 5, 1))

    report_action(action=action, expected_revision=1, status=Action.Status.DONE, proof="Envoyé.")

    action.refresh_from_db()
    assert (action.title, action.owner, action.due_on, action.status, action.proof) == (
        "Écrire",
        owner,
        date(2026, 5, 1),
        Action.Status.DONE,
        "Envoyé.",
    )


def test_a_stale_report_is_refused():
    action = make_action()
    edit_action(action=action, expected_revision=1, title="Autre")

    with pytest.raises(StaleRevisionError):
        report_action(action=action, expected_revision=1, status=Action.Status.DONE, proof="")


def test_an_action_stays_inside_its_candidacy():
    candidacy = make_candidacy()

    for fields in ({"owner": make_contact()}, {"decision": make_decision()}):
        with pytest.raises(DomainError):
            create_action(candidacy=candidacy, title="Écrire", **fields)
    with pytest.raises(DomainError):
        create_action(candidacy=candidacy, title="Écrire", meeting=make_meeting())
    own = make_meeting(committee=make_committee(candidacy=candidacy))
    with pytest.raises(DomainError, match="autre réunion"):
        create_action(candidacy=candidacy, title="Écrire", meeting=own, agenda_item=make_agenda_item())
    assert not Action.objects.exists()


def test_actions_of_a_committee_come_from_its_meetings_and_its_decisions():
    decision = make_decision()
    candidacy = decision.candidacy
    from_decision = make_action(candidacy=candidacy, decision=decision)
    from_meeting = make_action(candidacy=candidacy, meeting=decision.meeting)
    make_action(candidacy=candidacy)
    make_action(candidacy=candidacy, meeting=make_meeting(committee=make_committee(candidacy=candidacy)))

    found = Action.objects.of_committee(decision.meeting.committee.public_id).order_by("pk")

    assert list(found) == [from_decision, from_meeting]


def test_an_action_is_overdue_while_it_is_open():
    late = make_action(due_on=date(2026, 3, 30))
    make_action(due_on=date(2026, 3, 30), status=Action.Status.DONE, closed_on=date(2026, 3, 30))
    make_action(due_on=date(2026, 3, 31))

    assert list(Action.objects.overdue(date(2026, 3, 31))) == [late]
