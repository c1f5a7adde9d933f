"""What an agenda begins with by itself, and what is taken up from the last meeting."""

from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from pypdf import PdfReader

from candidacy.models import Membership
from committees.convocation import print_convocation
from committees.models import Meeting
from committees.preparation import MOST_TOLD, follow_up_of, remainder_for
from committees.services.agenda import carry_agenda_item
from committees.services.meetings import cancel_meeting
from core.errors import DomainError
from core.templatetags.formats import short_date
from notifications.models import OutboundMessage
from tests.factories import (
    make_action,
    make_agenda_item,
    make_committee,
    make_contact,
    make_decision,
    make_invitation,
    make_meeting,
    make_member,
    make_paper,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
Status = Meeting.Status


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
    return make_committee(candidacy=lead.candidacy)


@pytest.fixture
def last(committee):
    return make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=30))


@pytest.fixture
def draft(committee):
    return make_meeting(committee=committee, starts_at=NOW + timedelta(days=10))


def page_of(client, meeting):
    return client.get(
        reverse("committees:meeting-detail", args=[meeting.committee.candidacy.slug, meeting.public_id])
    )


def carry(client, meeting, item, **headers):
    address = reverse(
        "committees:agenda-item-carry", args=[meeting.committee.candidacy.slug, meeting.public_id]
    )
    return client.post(address, {"item": str(item.public_id)}, headers=headers)


def test_what_is_left_to_do_comes_first_the_most_pressing_before(committee, last, draft):
    later = make_decision(meeting=last, due_on=NOW.date() + timedelta(days=9))
    sooner = make_decision(meeting=last, due_on=NOW.date())
    undated = make_decision(meeting=last)
    make_decision(meeting=last, status="applied")
    make_decision(meeting=make_meeting(committee=make_committee(candidacy=committee.candidacy)))
    born = make_action(candidacy=committee.candidacy, decision=sooner)
    noted = make_action(candidacy=committee.candidacy, meeting=last, due_on=NOW.date())
    make_action(candidacy=committee.candidacy, meeting=last, status="done", closed_on=NOW.date())
    make_action(candidacy=committee.candidacy)

    follow_up = follow_up_of(draft)

    assert follow_up.decisions == [sooner, later, undated]
    assert follow_up.actions == [noted, born]


def test_a_long_list_says_how_many_more_there_are(client, committee, last, draft, prints):
    for n in range(MOST_TOLD + 2):
        make_decision(meeting=last, number=f"COM-2026-01-D{n + 1}", due_on=NOW.date() + timedelta(days=n))
    for _ in range(MOST_TOLD + 1):
        make_action(candidacy=committee.candidacy, meeting=last)

    follow_up = follow_up_of(draft)
    page = page_of(client, draft).text

    assert (follow_up.decision_count, follow_up.action_count) == (MOST_TOLD + 2, MOST_TOLD + 1)
    assert [decision.number for decision in follow_up.decisions] == [
        f"COM-2026-01-D{n + 1}" for n in range(MOST_TOLD)
    ]
    assert f"{MOST_TOLD + 2} décisions à appliquer" in page
    assert f'?comite={committee.public_id}&amp;etat=open">et 2 autres</a>' in page
    assert f'?comite={committee.public_id}">et 1 autre</a>' in page
    assert f"COM-2026-01-D{MOST_TOLD + 1}" not in page
    pages = PdfReader(BytesIO(print_convocation(draft, with_reserved=True))).pages
    printed = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "2 autres décisions à appliquer" in printed
    assert "1 autre action ouverte" in printed


def test_the_page_shows_it_above_the_agenda_until_the_meeting_is_held(client, last, draft):
    make_decision(meeting=last, number="COM-2026-01-D1")
    make_agenda_item(meeting=draft, title="Premier point")

    page = page_of(client, draft).text
    Meeting.objects.filter(pk=draft.pk).update(status=Status.HELD)
    held = page_of(client, draft).text

    assert 0 < page.index("COM-2026-01-D1") < page.index("Premier point")
    assert "COM-2026-01-D1" not in held


@pytest.mark.parametrize(
    ("role", "votes", "reads"),
    [
        (Membership.Role.ELECTED, True, True),
        (Membership.Role.PARTNER, False, False),
        (Membership.Role.OBSERVER, True, False),
    ],
)
def test_who_decides_reads_it_all_the_others_what_they_have_to_do(client, last, draft, role, votes, reads):
    candidacy = draft.committee.candidacy
    contact = make_contact(candidacy=candidacy, user=make_member(candidacy=candidacy, role=role).user)
    make_decision(meeting=last, wording="Retenir le scénario B")
    make_action(candidacy=candidacy, meeting=last, title="Écrire au préfet")
    make_action(candidacy=candidacy, meeting=last, title="Chiffrer le parvis", owner=contact)
    Meeting.objects.filter(pk=draft.pk).update(status=Status.CONVENED, convened_at=NOW)
    make_invitation(meeting=draft, contact=contact, is_voting=votes)
    client.force_login(contact.user)

    page = page_of(client, draft).text

    assert "Chiffrer le parvis" in page
    assert ("Retenir le scénario B" in page, "Écrire au préfet" in page) == (reads, reads)


def test_what_came_to_no_decision_is_offered_and_taken_up_in_one_click(client, last, draft):
    decided = make_agenda_item(meeting=last, title="Budget")
    make_decision(meeting=last, agenda_item=decided)
    left = make_agenda_item(
        meeting=last,
        position=2,
        title="Jury",
        kind="debate",
        minutes=25,
        rapporteur="Mme Blanc",
        details="Trois noms",
        is_confidential=True,
    )
    make_agenda_item(meeting=draft, title="Ouverture")
    paper = make_paper(item=left, title="Profils", is_confidential=True)

    offered = remainder_for(draft)
    part = carry(client, draft, left, **{"HX-Request": "true"})

    assert (offered.meeting, offered.items) == (last, [left])
    carried = draft.agenda_items.last()
    kept = ("position", "title", "kind", "minutes", "rapporteur", "details", "is_confidential")
    assert [getattr(carried, name) for name in kept] == [
        2,
        "Jury",
        "debate",
        25,
        "Mme Blanc",
        "Trois noms",
        True,
    ]
    assert carried.carried_from == left
    assert f"Repris de la séance du {short_date(last.starts_at)}" in unescape(part.text)
    copy = carried.papers.get()
    assert (copy.title, copy.is_confidential, copy.sha256) == ("Profils", True, paper.sha256)
    assert copy.file.name != paper.file.name
    assert remainder_for(draft) is None
    assert not OutboundMessage.objects.exists()


def test_what_a_cancelled_meeting_had_taken_up_is_offered_again(committee, last, draft):
    left = make_agenda_item(meeting=last)
    given_up = make_meeting(committee=committee, starts_at=NOW + timedelta(days=5))
    carry_agenda_item(meeting=given_up, item=left)
    assert remainder_for(draft) is None

    cancel_meeting(meeting=given_up, reason="Grève")

    assert remainder_for(draft).items == [left]


def test_taken_up_twice_it_is_there_once(client, last, draft):
    left = make_agenda_item(meeting=last)

    assert [carry(client, draft, left).status_code for _ in range(2)] == [302, 302]

    assert draft.agenda_items.count() == 1


def test_an_item_is_carried_forward_within_its_committee(client, committee, last, draft):
    elsewhere = make_agenda_item(
        meeting=make_meeting(committee=make_committee(candidacy=committee.candidacy))
    )
    later = make_agenda_item(meeting=make_meeting(committee=committee, starts_at=NOW + timedelta(days=40)))

    assert carry(client, draft, elsewhere).status_code == 404
    assert carry(client, draft, make_agenda_item()).status_code == 404
    with pytest.raises(DomainError, match="séance précédente"):
        carry_agenda_item(meeting=draft, item=later)
    assert not draft.agenda_items.exists()


def test_a_held_meeting_takes_nothing_up(last, committee):
    older = make_agenda_item(
        meeting=make_meeting(committee=committee, status=Status.HELD, starts_at=NOW - timedelta(days=60))
    )

    with pytest.raises(DomainError, match="tenue"):
        carry_agenda_item(meeting=last, item=older)


def test_the_paper_taken_up_is_a_file_of_its_own(client, last, draft):
    left = make_agenda_item(meeting=last)
    paper = make_paper(item=left, file=ContentFile(b"%PDF-1.7 x", name="x.pdf"))
    carry(client, draft, left)

    paper.file.storage.delete(paper.file.name)

    with draft.agenda_items.get().papers.get().file.open("rb") as file:
        assert file.read() == b"%PDF-1.7 x"
