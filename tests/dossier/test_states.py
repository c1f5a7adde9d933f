"""Where a section stands: who moves it, and what the log keeps of it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from candidacy.models import Membership
from core.errors import DomainError, StaleRevisionError
from dossier.models import Section, StateChange
from dossier.progress import read_coverage, read_progress
from dossier.services.outline import Contract, change_contract
from dossier.services.states import change_status, recommend_validation
from dossier.services.writing import save_text
from dossier.workflow import MOVES, Hat
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_contact,
    make_criterion,
    make_member,
    make_organisation,
    make_reviewer,
    make_section,
    make_user,
)

Status = Section.Status
Role = Membership.Role


def somebody(hat, section):
    """Make a person who acts on ``section`` in one quality alone."""
    if hat in {Hat.LEAD, Hat.TEAM}:
        return make_member(candidacy=section.candidacy, role=hat.value).user
    if hat == Hat.WRITER:
        return make_partner(organisation=section.organisation)
    user = make_partner(candidacy=section.candidacy)
    make_reviewer(section=section, contact=user.contacts.get())
    return user


def make_owned_section(**fields):
    organisation = make_organisation()
    return make_section(candidacy=organisation.candidacy, organisation=organisation, **fields)


def address(name, section, *more):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id, *more])


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.source}-{move.target}")
@pytest.mark.parametrize("hat", Hat)
def test_each_quality_takes_the_ways_that_are_its_own_and_no_other(move, hat):
    section = make_owned_section(status=move.source, body="<p>Un texte</p>")
    person = somebody(hat, section)

    if hat in move.takers:
        moved = change_status(section=section, target=move.target, by=person, note=" Merci ")
        assert (moved.status, moved.status_note) == (move.target, "Merci")
        logged = section.state_changes.get()
        assert (logged.source, logged.target, logged.reason, logged.moved_by) == (
            move.source,
            move.target,
            "Merci",
            person,
        )
    else:
        with pytest.raises(DomainError):
            change_status(section=section, target=move.target, by=person)
        section.refresh_from_db()
        assert (section.status, section.state_changes.count()) == (move.source, 0)


def test_validating_stays_with_those_who_prepare_the_bid():
    judges = {
        hat
        for move in MOVES
        if (move.source, move.target) == (Status.IN_REVIEW, Status.VALIDATED)
        for hat in move.takers
    }

    assert judges == {Hat.LEAD, Hat.TEAM}


def test_freezing_and_lifting_the_freeze_are_the_leads_alone():
    frozen = [move for move in MOVES if Status.FROZEN in {move.source, move.target}]

    assert [move.takers for move in frozen] == [frozenset({Hat.LEAD})] * 2


def test_a_state_cannot_be_skipped():
    section = make_section(status=Status.WRITING, body="<p>Un texte</p>")
    lead = make_member(candidacy=section.candidacy).user

    with pytest.raises(DomainError, match="en rédaction"):
        change_status(section=section, target=Status.VALIDATED, by=lead)


def test_going_where_one_stands_is_no_error_and_leaves_no_trace():
    section = make_section(status=Status.IN_REVIEW, body="<p>Un texte</p>")
    lead = make_member(candidacy=section.candidacy).user

    change_status(section=section, target=Status.IN_REVIEW, by=lead)

    assert (section.history.count(), section.state_changes.count()) == (1, 0)


@pytest.mark.parametrize(
    ("source", "target"), [(Status.WRITING, Status.IN_REVIEW), (Status.IN_REVIEW, Status.VALIDATED)]
)
def test_an_empty_text_is_neither_handed_in_nor_validated(source, target):
    section = make_section(status=source)
    lead = make_member(candidacy=section.candidacy).user

    with pytest.raises(DomainError, match="Rien n’est encore écrit"):
        change_status(section=section, target=target, by=lead)


def test_a_chapter_of_live_data_and_a_part_may_stay_without_text():
    candidacy = make_candidacy()
    lead = make_member(candidacy=candidacy).user
    plan = make_section(candidacy=candidacy, kind=Section.Kind.FUNDING_PLAN, status=Status.IN_REVIEW)
    part = make_section(candidacy=candidacy, status=Status.IN_REVIEW)
    make_section(candidacy=candidacy, parent=part)

    for section in (plan, part):
        assert change_status(section=section, target=Status.VALIDATED, by=lead).status == Status.VALIDATED


def test_the_first_text_begins_the_writing_and_the_log_says_so():
    section, user = make_section(), make_user()

    save_text(section=section, body="<p>Voici</p>", expected_revision=0, by=user)

    logged = section.state_changes.get()
    assert (logged.source, logged.target, logged.moved_by) == (Status.ORDERED, Status.WRITING, user)


def test_lifting_a_freeze_needs_its_reason():
    section = make_section(status=Status.FROZEN, body="<p>Définitif</p>")
    lead = make_member(candidacy=section.candidacy).user

    with pytest.raises(DomainError, match="Dites pourquoi"):
        change_status(section=section, target=Status.VALIDATED, by=lead, note="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        StateChange.objects.create(section=section, source=Status.FROZEN, target=Status.VALIDATED)

    moved = change_status(section=section, target=Status.VALIDATED, by=lead, note="Un chiffre est faux.")

    assert moved.status == Status.VALIDATED
    assert section.state_changes.get().reason == "Un chiffre est faux."


def test_nobody_writes_in_a_frozen_section_nor_changes_its_contract():
    section = make_section(status=Status.FROZEN, body="<p>Définitif</p>")
    lead = make_member(candidacy=section.candidacy).user

    with pytest.raises(DomainError):
        save_text(section=section, body="<p>Autre</p>", expected_revision=0, by=lead)
    with pytest.raises(DomainError, match="figée"):
        change_contract(section=section, contract=Contract(title="Autre"), by=lead)


def test_a_frozen_section_counts_as_validated(client):
    lead = make_member()
    criterion = make_criterion(candidacy=lead.candidacy)
    for status in (Status.FROZEN, Status.VALIDATED, Status.WRITING):
        make_section(candidacy=lead.candidacy, status=status).criteria.add(criterion)

    progress = read_progress(lead.candidacy.sections.all(), today=lead.created_at.date())
    (covered,) = read_coverage(lead.candidacy)

    assert (progress.total, progress.validated, progress.percent) == (3, 2, 66)
    assert covered.proofs == 3


# --- Two at once ------------------------------------------------------------------------------------


def test_a_move_made_on_what_is_no_longer_there_is_refused_and_says_who_came_first(client):
    section = make_section(status=Status.IN_REVIEW, body="<p>Un texte</p>")
    first = make_member(candidacy=section.candidacy, user=make_user(first_name="Ana", last_name="Roy")).user
    second = make_member(candidacy=section.candidacy).user
    change_status(section=section, target=Status.WRITING, by=first, seen=Status.IN_REVIEW)

    with pytest.raises(StaleRevisionError, match="Ana Roy vient de passer la section à « en rédaction »"):
        change_status(section=section, target=Status.VALIDATED, by=second, seen=Status.IN_REVIEW)

    # Without what was seen, the second would have handed in what the first just sent back.
    client.force_login(second)
    response = client.post(address("section-status", section), {"status": "in_review", "seen": "validated"})
    section.refresh_from_db()
    assert (section.status, section.state_changes.count()) == (Status.WRITING, 1)
    assert "Ana Roy vient de passer" in client.get(response.url).text


def test_the_second_to_validate_is_told_that_it_is_done():
    section = make_section(status=Status.IN_REVIEW, body="<p>Un texte</p>")
    first, second = (make_member(candidacy=section.candidacy).user for _ in range(2))
    change_status(section=section, target=Status.VALIDATED, by=first, seen=Status.IN_REVIEW)

    with pytest.raises(StaleRevisionError):
        change_status(section=section, target=Status.VALIDATED, by=second, seen=Status.IN_REVIEW)

    assert section.state_changes.count() == 1


# --- Reviewers --------------------------------------------------------------------------------------


def test_a_reviewer_recommends_without_validating_and_once_for_each_handing_in():
    section = make_owned_section(status=Status.WRITING, body="<p>Un texte</p>")
    reviewer, lead = somebody(Hat.REVIEWER, section), make_member(candidacy=section.candidacy).user
    section = change_status(section=section, target=Status.IN_REVIEW, by=lead)

    first = recommend_validation(section=section, by=reviewer, note="Très clair.")
    again = recommend_validation(section=section, by=reviewer)

    section.refresh_from_db()
    assert (first, first.is_recommendation, first.reason) == (again, True, "Très clair.")
    assert section.status == Status.IN_REVIEW

    section = change_status(section=section, target=Status.WRITING, by=reviewer, note="Un mot manque.")
    with pytest.raises(DomainError, match="n’attend pas d’avis"):
        recommend_validation(section=section, by=reviewer)
    section = change_status(section=section, target=Status.IN_REVIEW, by=lead)
    assert recommend_validation(section=section, by=reviewer) != first


def test_nobody_but_a_reviewer_recommends():
    section = make_owned_section(status=Status.IN_REVIEW, body="<p>Un texte</p>")

    for hat in (Hat.LEAD, Hat.TEAM, Hat.WRITER):
        with pytest.raises(DomainError):
            recommend_validation(section=section, by=somebody(hat, section))


@pytest.mark.parametrize("status", Status)
def test_a_reviewer_reads_what_is_handed_in_and_no_draft(client, status):
    section = make_owned_section(status=status, body="<p>Le texte</p>", revision=2)
    section.revisions.create(number=1, body="<p>Brouillon</p>")
    section.revisions.create(number=2, body="<p>Le texte</p>")
    client.force_login(somebody(Hat.REVIEWER, section))
    expected = 200 if status in Section.HANDED_IN else 404

    assert client.get(address("section-detail", section)).status_code == expected
    assert client.get(address("section-revision", section, 2)).status_code == expected
    assert client.get(address("section-revision", section, 1)).status_code == 404
    assert client.get(address("section-edit", section)).status_code == (403 if expected == 200 else 404)


def test_why_a_section_moved_is_read_by_those_who_write_it_and_by_nobody_from_elsewhere(client):
    section = make_owned_section(status=Status.WRITING, body="<p>Un texte</p>")
    people = {hat: somebody(hat, section) for hat in Hat}
    section.due_changes.create(
        former_on="2026-01-01", new_on="2026-02-01", reason="Nos élus hésitent.", changed_by=people[Hat.LEAD]
    )
    change_status(section=section, target=Status.IN_REVIEW, by=people[Hat.TEAM], note="Budget à cacher.")
    recommend_validation(section=section, by=people[Hat.REVIEWER], note="Mon avis à moi.")

    for hat, person in people.items():
        client.force_login(person)
        page = client.get(address("section-detail", section)).text
        is_inside = hat != Hat.REVIEWER
        assert ("Budget à cacher." in page) is is_inside, hat
        assert ("Nos élus hésitent." in page) is is_inside, hat
        for told in ("De « en rédaction » à « en relecture »", "déplacée 1 fois", "Mon avis à moi."):
            assert told.replace("« ", "«\u00a0").replace(" »", "\u00a0»") in page, (hat, told)


def test_the_words_of_one_reviewer_are_not_read_by_another(client):
    section = make_owned_section(status=Status.IN_REVIEW, body="<p>Un texte</p>")
    first, second = (somebody(Hat.REVIEWER, section) for _ in range(2))
    recommend_validation(section=section, by=first, note="Mon avis à moi.")
    client.force_login(second)

    page = client.get(address("section-detail", section)).text

    assert "Validation recommandée" in page
    assert "Mon avis à moi." not in page


def test_a_reviewer_who_left_the_candidacy_reads_nothing(client):
    section = make_owned_section(status=Status.IN_REVIEW)
    reviewer = somebody(Hat.REVIEWER, section)
    reviewer.memberships.all().delete()
    client.force_login(reviewer)

    assert client.get(address("section-detail", section)).status_code == 404
    assert not Section.objects.visible_to(reviewer).exists()


def test_a_reviewer_finds_what_waits_for_them_in_their_space_and_sends_it_back(client):
    section = make_owned_section(status=Status.IN_REVIEW, title="Publics", body="<p>Le texte</p>")
    reviewer = somebody(Hat.REVIEWER, section)
    client.force_login(reviewer)
    home = reverse("dossier:dashboard", args=[section.candidacy.slug])

    (waiting,) = client.get(home).context["space"].expected
    assert (waiting.title, waiting.button) == ("1 Publics", "Relire")

    response = client.post(address("section-status", section), {"status": "writing", "seen": "in_review"})

    section.refresh_from_db()
    assert (section.status, response.url) == (Status.WRITING, home)
    assert not client.get(home).context["space"].expected


def test_recommending_works_from_the_page(client):
    section = make_owned_section(status=Status.IN_REVIEW, body="<p>Le texte</p>")
    client.force_login(somebody(Hat.REVIEWER, section))
    assert "Recommander la validation" in client.get(address("section-detail", section)).text

    client.post(address("section-recommend", section), {"note": "Bon pour moi."})

    page = client.get(address("section-detail", section))
    assert "Validation recommandée" in page.text
    assert "Bon pour moi." in page.text


def test_the_page_tells_the_way_of_the_section(client):
    section = make_section(status=Status.WRITING, body="<p>Un texte</p>")
    lead = make_member(candidacy=section.candidacy, user=make_user(first_name="Ana", last_name="Roy")).user
    section = change_status(section=section, target=Status.IN_REVIEW, by=lead)
    change_status(section=section, target=Status.WRITING, by=lead, note="Trop long.")
    client.force_login(lead)

    page = client.get(address("section-detail", section)).text

    assert "De « en rédaction » à « en relecture »" in page
    assert "De « en relecture » à « en rédaction »" in page
    assert "Trop long." in page
    assert "Ana Roy" in page


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_costs_the_same_for_any_number_of_state_changes(client, count, django_assert_num_queries):
    section = make_section(status=Status.WRITING, body="<p>Un texte</p>")
    lead = make_member(candidacy=section.candidacy).user
    for n in range(count):
        section.state_changes.create(source=Status.WRITING, target=Status.IN_REVIEW, moved_by=make_user())
        section.expected_proofs.create(
            position=n, text=f"Preuve {n}", provided_at=section.created_at, provided_by=make_user()
        )
        section.due_changes.create(former_on="2026-01-01", reason="x", changed_by=make_user())
        make_reviewer(section=section, contact=make_contact(candidacy=section.candidacy))
        make_reviewer(section=section, membership=make_member(candidacy=section.candidacy))
    client.force_login(lead)

    with django_assert_num_queries(QUERIES):
        client.get(address("section-detail", section))


#: Session, user, memberships; section, criteria; draft; outline; threads counted;
#: reviewers, expected proofs, due dates, passages, revisions.
QUERIES = 13
