"""A decision that replaces another: both say so, and the one that is replaced is no longer open."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from committees.models import Decision, Meeting
from committees.services.decisions import edit_decision, record_decision
from core.errors import DomainError
from tests.factories import make_committee, make_decision, make_meeting, make_member

Status = Decision.Status


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def committee(lead):
    return make_committee(candidacy=lead.candidacy, acronym="COPIL")


def held(committee, month):
    return make_meeting(
        committee=committee, status=Meeting.Status.HELD, starts_at=datetime(2026, month, 3, 9, tzinfo=UTC)
    )


@pytest.fixture
def first(committee):
    return make_decision(meeting=held(committee, 3), number="COPIL-2026-03-D1")


def test_a_new_decision_replaces_an_open_one(committee, first):
    later = record_decision(meeting=held(committee, 6), wording="Le comité retient.", replaces=first)

    first.refresh_from_db()
    assert (first.status, first.superseded_by) == (Status.SUPERSEDED, later)
    assert list(later.supersedes.all()) == [first]
    assert list(Decision.objects.open()) == [later]


def test_a_decision_that_is_not_open_is_not_replaced(committee, first):
    first.status = Status.APPLIED
    first.save()

    with pytest.raises(DomainError, match="n’est plus à appliquer"):
        record_decision(meeting=held(committee, 6), wording="Le comité retient.", replaces=first)

    assert Decision.objects.count() == 1


def test_naming_a_successor_supersedes_whatever_the_state_said(committee, first):
    later = make_decision(meeting=held(committee, 6))

    edited = edit_decision(
        decision=first, expected_revision=first.revision, superseded_by=later, status=Status.OPEN
    )

    assert (edited.status, edited.superseded_by) == (Status.SUPERSEDED, later)


def test_an_applied_decision_has_no_successor_any_more(committee, first):
    later = record_decision(meeting=held(committee, 6), wording="Le comité retient.", replaces=first)
    first.refresh_from_db()

    edited = edit_decision(
        decision=first, expected_revision=first.revision, superseded_by=later, status=Status.APPLIED
    )

    assert (edited.status, edited.superseded_by) == (Status.APPLIED, None)


@pytest.mark.parametrize("is_itself", [True, False])
def test_nothing_is_replaced_by_itself_nor_by_what_was_decided_before(committee, first, is_itself):
    later = make_decision(meeting=held(committee, 6))
    successor = later if is_itself else first

    with pytest.raises((DomainError, ValidationError), match=r"elle-même|prise après elle"):
        edit_decision(decision=later, expected_revision=later.revision, superseded_by=successor)


def test_a_decision_of_another_candidacy_replaces_nothing(first):
    elsewhere = make_decision(
        meeting=make_meeting(
            status=Meeting.Status.HELD, starts_at=first.meeting.starts_at + timedelta(days=90)
        )
    )

    with pytest.raises(DomainError, match="autre candidature"):
        edit_decision(decision=first, expected_revision=first.revision, superseded_by=elsewhere)


def test_superseded_without_a_successor_says_by_what(first):
    with pytest.raises(DomainError, match="Dites par quoi"):
        edit_decision(decision=first, expected_revision=first.revision, status=Status.SUPERSEDED)


def test_the_pages_of_both_and_the_register_say_so(client, lead, committee, first):
    slug = lead.candidacy.slug
    meeting = held(committee, 6)
    url = reverse("committees:decision-create", args=[slug, meeting.public_id])
    form = client.get(url).context["form"]
    client.post(
        url,
        {
            "public_id": form.initial["public_id"],
            "wording": "Le comité retient.",
            "replaces": first.public_id,
        },
    )
    later = Decision.objects.exclude(pk=first.pk).get()

    pages = {
        decision: client.get(reverse("committees:decision-edit", args=[slug, decision.public_id]))
        for decision in (first, later)
    }
    register = client.get(reverse("committees:decision-list", args=[slug])).content.decode()

    assert f">{later.number}</a>." in pages[first].content.decode()
    assert f">{first.number}</a>." in pages[later].content.decode()
    assert f"Remplacée par {later.number}" in register


def test_the_form_offers_only_what_may_be_replaced(client, lead, committee, first):
    applied = make_decision(meeting=first.meeting, status=Status.APPLIED)
    after = make_decision(meeting=held(committee, 9))
    meeting = held(committee, 6)
    url = reverse("committees:decision-create", args=[lead.candidacy.slug, meeting.public_id])

    offered = set(client.get(url).context["form"].fields["replaces"].queryset)

    assert offered == {first}
    assert not offered & {applied, after}


@pytest.mark.parametrize("count", [2, 12])
def test_the_register_costs_the_same_for_any_number(
    client, lead, committee, first, django_assert_num_queries, count
):
    later = make_decision(meeting=held(committee, 6))
    for _ in range(count):
        make_decision(meeting=first.meeting, status=Status.SUPERSEDED, superseded_by=later)
    url = reverse("committees:decision-list", args=[lead.candidacy.slug])
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
