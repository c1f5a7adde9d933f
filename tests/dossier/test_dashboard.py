from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.answers import AnswerCounts
from committees.models import Committee, Invitation, Meeting
from dossier.dashboard import read_dashboard
from dossier.models import Proof, Section, SectionRevision
from dossier.services.states import change_status
from dossier.services.visits import FIRST_LOOK, VISIT_GAP, WRITE_EVERY, note_visit
from dossier.services.writing import save_text
from notifications.models import OutboundMessage
from tests.candidacy.test_outbox_pages import make_message
from tests.factories import (
    make_action,
    make_candidacy,
    make_committee,
    make_contact,
    make_criterion,
    make_decision,
    make_deliberation,
    make_expense_line,
    make_income_line,
    make_invitation,
    make_meeting,
    make_member,
    make_organisation,
    make_plan,
    make_plan_step,
    make_proof,
    make_section,
    make_sitting,
    make_thread,
)

Role = Membership.Role
Status = Section.Status


def address(candidacy):
    return reverse("dossier:dashboard", args=[candidacy.slug])


def read(lead, *, since=None):
    now = timezone.now()
    return read_dashboard(
        lead.candidacy,
        reader=lead.user,
        since=since or now - timedelta(days=7),
        now=now,
        today=timezone.localdate(),
    )


def make_busy_candidacy(candidacy, count):
    """Make ``count`` of each thing the dashboard reads, all changed by somebody."""
    colleague = make_member(candidacy=candidacy, role=Role.TEAM).user
    plan = make_plan(candidacy=candidacy)
    yesterday = timezone.localdate() - timedelta(days=1)
    for _ in range(count):
        organisation = make_organisation(candidacy=candidacy)
        contact = make_contact(organisation=organisation)
        section = make_section(
            candidacy=candidacy, organisation=organisation, writer=contact, due_on=yesterday
        )
        section.criteria.add(make_criterion(candidacy=candidacy))
        SectionRevision.objects.create(section=section, number=1, saved_by=colleague)
        make_thread(section=section, author=colleague)
        committee = make_committee(candidacy=candidacy)
        meeting = make_meeting(committee=committee, status=Meeting.Status.CONVENED)
        make_invitation(meeting=meeting, contact=contact)
        make_decision(meeting=meeting)
        make_action(candidacy=candidacy, owner=contact, due_on=yesterday)
        make_deliberation(sitting=make_sitting(organisation=organisation))
        make_income_line(plan=plan, funder=organisation)
        make_expense_line(plan=plan)
        make_plan_step(candidacy=candidacy)


@pytest.mark.parametrize("count", [3, 30])
def test_the_dashboard_costs_the_same_for_any_size_of_bid(client, count, django_assert_num_queries):
    candidacy = make_candidacy(deposit_on=timezone.localdate() + timedelta(days=90))
    lead = make_member(candidacy=candidacy, last_seen_at=timezone.now() - timedelta(minutes=1))
    make_busy_candidacy(lead.candidacy, count)
    client.force_login(lead.user)
    client.get(address(lead.candidacy))  # the visit begins, and the session is written

    # Session, user, candidacy, memberships; sections by state, criteria, late ones, outline; committees, rhythm,
    # blackouts, next meetings; plan, its lines and amounts (5); late actions and their number; deliberations with
    # their sittings; tasks of the backward plan, what they wait for; comments; eight histories; messages that failed.
    with django_assert_num_queries(33):
        client.get(address(lead.candidacy))


def test_sections_are_counted_by_state_and_lateness():
    lead = make_member()
    for status in (Status.VALIDATED, Status.VALIDATED, Status.WRITING, Status.ORDERED):
        make_section(candidacy=lead.candidacy, status=status, body="<p>deux mots</p>")
    make_section(
        candidacy=lead.candidacy, status=Status.IN_REVIEW, due_on=timezone.localdate() - timedelta(days=1)
    )
    make_section(status=Status.VALIDATED)

    progress = read(lead).progress

    assert {share.status: share.count for share in progress.shares} == {
        Status.FROZEN: 0,
        Status.VALIDATED: 2,
        Status.IN_REVIEW: 1,
        Status.WRITING: 1,
        Status.ORDERED: 1,
    }
    assert (progress.total, progress.percent, progress.late, progress.words) == (5, 40, 1, 8)


def test_the_coverage_counts_the_proofs_that_are_validated():
    lead = make_member()
    proved, begun, forgotten = (make_criterion(candidacy=lead.candidacy) for _ in range(3))
    section = make_section(candidacy=lead.candidacy, status=Status.VALIDATED)
    make_proof(section=section, criterion=proved, validated_at=timezone.now())
    make_proof(section=section, criterion=proved, kind=Proof.Kind.LETTER)
    make_proof(section=section, criterion=begun)

    board = read(lead)

    assert [(item.proofs, item.brought, item.tone) for item in board.coverage] == [
        (2, 1, "warn"),
        (1, 0, "bad"),
        (0, 0, "bad"),
    ]
    assert [item.criterion for item in board.uncovered] == [forgotten]
    assert [item.criterion for item in board.unproved] == [begun]
    assert board.proved_count == 1


def test_a_proof_in_a_section_that_may_still_change_does_not_cover_a_criterion():
    lead = make_member()
    section = make_section(candidacy=lead.candidacy, status=Status.IN_REVIEW)
    criterion = make_criterion(candidacy=lead.candidacy)
    make_proof(section=section, criterion=criterion, validated_at=timezone.now())

    board = read(lead)

    [item] = board.coverage
    assert (item.brought, item.settled, item.tone) == (1, 0, "warn")
    assert board.proved_count == 0


def test_the_committees_show_their_next_meeting_with_its_answers():
    lead = make_member()
    copil = make_committee(candidacy=lead.candidacy, kind=Committee.Kind.COPIL)
    now = timezone.now()
    make_meeting(committee=copil, starts_at=now + timedelta(days=20))
    soon = make_meeting(committee=copil, starts_at=now + timedelta(days=5), status=Meeting.Status.CONVENED)
    make_meeting(committee=copil, starts_at=now + timedelta(days=1), status=Meeting.Status.CANCELLED)
    for answer in Invitation.Answer:
        answered_at = None if answer == Invitation.Answer.NONE else now
        stand_in = make_contact(candidacy=lead.candidacy) if answer in Invitation.REPRESENTED else None
        make_invitation(meeting=soon, answer=answer, answered_at=answered_at, stand_in=stand_in)

    [card] = read(lead).committees

    assert (card.committee, card.meeting) == (copil, soon)
    assert card.answers == AnswerCounts(present=1, remote=1, excused=1, deputy=1, proxy=1, none=1)


@time_machine.travel(datetime(2026, 9, 28, 9, tzinfo=UTC), tick=False)
def test_a_month_to_come_that_must_be_convened_now_shows_on_the_card(client):
    lead = make_member()
    client.force_login(lead.user)
    other = make_committee(
        candidacy=lead.candidacy,
        kind=Committee.Kind.SUPPORT,
        rhythm_min=1,
        rhythm_period=Committee.Period.MONTH,
        notice_days=28,
    )
    make_meeting(committee=other, status=Meeting.Status.HELD, starts_at=datetime(2026, 9, 3, tzinfo=UTC))

    page = client.get(address(lead.candidacy)).content.decode()

    assert "en octobre 2026 avec le délai, convoquez au plus tard le vendredi 2" in page


def test_messages_that_failed_in_the_last_days_are_counted_with_the_way_to_them(client):
    lead = make_member()
    client.force_login(lead.user)
    for _ in range(2):
        make_message(lead.candidacy, status="failed")
    make_message(lead.candidacy)
    make_message(make_candidacy(), status="failed")
    page = client.get(address(lead.candidacy)).content.decode()

    assert "2 messages n’ont pas pu partir ces sept derniers jours." in page
    outbox = reverse("candidacy:outbox-list", args=[lead.candidacy.slug])
    assert f'href="{outbox}?etat=echecs"' in page

    OutboundMessage.objects.update(updated_at=timezone.now() - timedelta(days=8))
    assert "pas pu partir" not in client.get(address(lead.candidacy)).content.decode()


def test_other_committees_show_only_when_their_rhythm_is_in_danger():
    lead = make_member()
    make_committee(candidacy=lead.candidacy, kind=Committee.Kind.WORKING_GROUP)
    # A month without a meeting, convened ninety days ahead: too late for this month already.
    late = make_committee(
        candidacy=lead.candidacy,
        kind=Committee.Kind.SUPPORT,
        rhythm_min=1,
        rhythm_period=Committee.Period.MONTH,
        notice_days=90,
    )
    cotech = make_committee(candidacy=lead.candidacy, kind=Committee.Kind.COTECH)

    assert [card.committee for card in read(lead).committees] == [cotech, late]


def test_the_meters_of_the_funding_are_shares_of_the_expenses():
    lead = make_member()
    plan = make_plan(candidacy=lead.candidacy)
    make_expense_line(plan=plan, amounts={2029: 1000})
    make_income_line(plan=plan, amounts={2029: 400}, status="voted", granted_amount=400)
    make_income_line(plan=plan, amounts={2029: 350}, status="requested")

    shares = read(lead).funding_shares

    assert (shares.secured, shares.requested, shares.to_find) == (40, 35, 25)


def test_what_is_overdue_comes_oldest_first_and_is_all_counted():
    lead = make_member()
    today = timezone.localdate()
    for days in (3, 9, 1, 4, 8, 2):
        make_action(candidacy=lead.candidacy, due_on=today - timedelta(days=days))
        make_section(candidacy=lead.candidacy, due_on=today - timedelta(days=days))
    make_action(candidacy=lead.candidacy, due_on=today)
    make_action()

    board = read(lead)

    assert [(today - action.due_on).days for action in board.overdue_actions] == [9, 8, 4, 3, 2]
    assert [(today - late.section.due_on).days for late in board.late_sections] == [9, 8, 4, 3, 2]
    assert (board.overdue_count, board.progress.late) == (6, 6)


def test_an_empty_bid_still_shows_its_first_steps(client):
    lead = make_member()
    client.force_login(lead.user)

    page = client.get(address(lead.candidacy)).text

    for step in ("section-create", "committees:committee-create", "budget:plan-edit"):
        name = step if ":" in step else f"dossier:{step}"
        assert reverse(name, args=[lead.candidacy.slug]) in page


@pytest.mark.parametrize("role", [Role.LEAD, Role.TEAM])
def test_votes_that_may_come_too_late_are_told_the_most_urgent_first(client, role):
    member = make_member(role=role)
    candidacy, today = member.candidacy, timezone.localdate()
    candidacy.deposit_on = today + timedelta(days=60)
    candidacy.save()
    for days in (9, 3, 12, 7, 40, 1, 5):
        closing = today + timedelta(days=days)
        sitting = make_sitting(
            candidacy=candidacy, agenda_closes_on=closing, held_on=closing + timedelta(days=9)
        )
        make_deliberation(sitting=sitting, title=f"Se clôt dans {days} jours")
    make_deliberation(candidacy=candidacy, status="adopted", title="Votée")
    make_deliberation(title="D’un autre projet")
    client.force_login(member.user)

    response = client.get(address(candidacy))

    titles = [line.title for line in response.context["board"].threatened_votes]
    assert titles == [f"Se clôt dans {days} jours" for days in (1, 3, 5, 7, 9)]
    assert response.context["board"].threatened_count == 6
    assert "6 délibérations à surveiller" in response.text
    assert "vote pour la dernière fois avant le dépôt" in response.text


def test_without_a_vote_in_danger_the_dashboard_does_not_speak_of_votes(client):
    lead = make_member()
    make_deliberation(candidacy=lead.candidacy, status="adopted")
    client.force_login(lead.user)

    assert "Délibérations à surveiller" not in client.get(address(lead.candidacy)).text


# --- What changed -----------------------------------------------------------------------------------


def test_what_others_did_is_told_once_and_newest_first():
    lead, colleague = make_member(), make_member()
    section = make_section(candidacy=lead.candidacy, title="Vision")
    save_text(section=section, body="<p>Un</p>", expected_revision=0, by=colleague.user)
    save_text(section=section, body="<p>Deux</p>", expected_revision=1, by=colleague.user)
    change_status(section=section, target=Status.IN_REVIEW, by=lead.user)

    changes = read(lead).changes

    assert [(change.subject, change.text) for change in changes] == [
        ("Vision", "passe à «\u00a0en relecture\u00a0»"),
        ("Vision", "texte modifié"),
        ("Vision", "passe à «\u00a0en rédaction\u00a0»"),
        ("Vision", "section ajoutée"),
    ]
    assert changes[1].url == reverse("dossier:section-detail", args=[lead.candidacy.slug, section.public_id])


def test_ones_own_deeds_and_other_bids_are_not_told():
    lead = make_member()
    section = make_section(candidacy=lead.candidacy)
    lead.candidacy.sections.model.history.model.objects.update(history_user=lead.user)
    save_text(section=section, body="<p>Un</p>", expected_revision=0, by=lead.user)
    section.history.model.objects.update(history_user=lead.user)
    make_busy_candidacy(make_candidacy(), 1)

    assert read(lead).changes == ()


def test_what_was_done_before_the_last_visit_is_not_told():
    lead = make_member()
    make_busy_candidacy(lead.candidacy, 1)

    assert read(lead, since=timezone.now() + timedelta(seconds=1)).changes == ()


def test_a_series_of_like_deeds_is_one_line():
    lead = make_member()
    for _ in range(8):
        make_section(candidacy=lead.candidacy)

    [change] = read(lead).changes

    assert (change.text, change.is_series) == ("section ajoutée", True)


def test_something_removed_has_no_page_to_lead_to():
    lead = make_member()
    make_section(candidacy=lead.candidacy, title="Erreur").delete()

    removed = read(lead).changes[0]

    assert (removed.subject, removed.text, removed.url) == ("Erreur", "section supprimée", "")


# --- Visits -----------------------------------------------------------------------------------------


def test_a_first_visit_looks_two_weeks_back():
    membership, now = make_member(), timezone.now()

    assert note_visit(membership=membership, begun_from=None, now=now) == now - FIRST_LOOK


def test_a_reload_within_a_visit_does_not_empty_the_page(client):
    lead = make_member(last_seen_at=timezone.now() - timedelta(days=3))
    make_section(candidacy=lead.candidacy, title="Nouvelle")
    client.force_login(lead.user)

    first = client.get(address(lead.candidacy))
    again = client.get(address(lead.candidacy))

    assert first.context["since"] == again.context["since"] == lead.last_seen_at
    assert len(again.context["board"].changes) == 1


def test_coming_back_later_begins_a_new_visit():
    now = timezone.now()
    last = now - VISIT_GAP - timedelta(seconds=1)
    membership = make_member(last_seen_at=last)

    since = note_visit(membership=membership, begun_from=now - timedelta(days=2), now=now)

    assert since == last


@pytest.mark.parametrize(
    ("ago", "is_written"), [(WRITE_EVERY, True), (WRITE_EVERY - timedelta(seconds=1), False)]
)
def test_the_hour_of_the_visit_is_written_every_few_minutes_only(ago, is_written):
    now = timezone.now()
    membership = make_member(last_seen_at=now - ago)

    note_visit(membership=membership, begun_from=None, now=now)

    membership.refresh_from_db()
    assert (membership.last_seen_at == now) is is_written
    assert membership.history.count() == 1


def test_the_dashboard_tells_what_of_the_backward_plan_must_begin(client):
    candidacy = make_candidacy(deposit_on=timezone.localdate() + timedelta(days=60))
    client.force_login(make_member(candidacy=candidacy).user)
    make_plan_step(candidacy=candidacy, title="Essai de dépôt", duration=1)
    assert "Rétroplanning à surveiller" not in client.get(address(candidacy)).text
    late = make_plan_step(candidacy=candidacy, title="Délibérations", duration=90, day_kind="calendar")

    page = client.get(address(candidacy))

    assert [line.step for line in page.context["board"].plan_alerts] == [late]
    assert "Devait commencer le" in page.text
