"""Papers, files for other programs and pages behind a link: thirty rows cost the queries that three do.

The lists and the pages of the application are counted where they are tested.
"""

import zipfile
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from candidacy import printing
from candidacy.models import RecallRule
from committees import pack
from committees.minutes_tokens import minutes_token_for
from committees.models import Arrival, DecisionVote, Meeting
from committees.services.approval import rectify_minutes
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
    make_live_figure,
    make_meeting,
    make_member,
    make_minutes,
    make_organisation,
    make_paper,
    make_picture,
    make_plan_step,
    make_seat,
    make_section,
    make_sent_minutes,
)

#: Stands in every row that is counted, and so in what is answered.
ROW = "Rangée"


@pytest.fixture(autouse=True)
def _nothing_is_laid_out(monkeypatch):
    """The engine asks the database nothing, and thirty papers would keep it for minutes."""

    def html_of(document, **options):
        return SimpleNamespace(content="".join(part.text for part in document.parts).encode())

    monkeypatch.setattr(printing, "render", html_of)
    monkeypatch.setattr(pack, "count_pages", lambda paths: [1] * len(paths))
    monkeypatch.setattr(pack, "pack", lambda front, enclosures, **options: front)


def convened(lead, count):
    """Make a meeting of which everything that its papers show is there ``count`` times."""
    committee = make_committee(candidacy=lead.candidacy)
    last = make_held_meeting(committee=committee)
    meeting = make_meeting(committee=committee, status=Meeting.Status.CONVENED, convened_by=lead.user)
    for place in range(1, count + 1):
        former = make_agenda_item(meeting=last, position=place)
        item = make_agenda_item(
            meeting=meeting, position=place, title=f"{ROW} {place}", minutes=1, carried_from=former
        )
        make_paper(item=item)
        make_paper(item=item, is_confidential=True)
        contact = somebody(lead)
        make_seat(committee=committee, contact=contact)
        make_invitation(meeting=meeting, contact=contact)
        make_decision(meeting=last, agenda_item=former, owner=somebody(lead))
        make_action(candidacy=lead.candidacy, meeting=last, owner=somebody(lead))
    return meeting


def minuted(lead, count, make=make_approved_minutes):
    """Make minutes of a meeting with ``count`` of everything: items, people, decisions with their vote, actions."""
    committee = make_committee(candidacy=lead.candidacy)
    meeting = make_held_meeting(committee=committee)
    for place in range(1, count + 1):
        item = make_agenda_item(meeting=meeting, position=place, title=f"{ROW} {place}", minutes=1)
        make_invitation(meeting=meeting, contact=somebody(lead), attendance="present")
        decision = make_decision(
            meeting=meeting, agenda_item=item, owner=somebody(lead), wording=f"{ROW} {place}"
        )
        DecisionVote.objects.create(decision=decision, votes_for=1, votes_against=1, abstentions=1, voices=3)
        make_action(candidacy=lead.candidacy, meeting=meeting, decision=decision, owner=somebody(lead))
    return make(meeting=meeting)


def somebody(lead):
    return make_contact(organisation=make_organisation(candidacy=lead.candidacy), last_name=ROW)


def of(name, meeting, *form):
    return reverse(f"committees:{name}", args=[meeting.committee.candidacy.slug, meeting.public_id, *form])


def a_meeting(name):
    return lambda lead, count: of(name, convened(lead, count))


def rectified(name, form):
    def make(lead, count):
        minutes = minuted(lead, count)
        later = make_meeting(committee=minutes.meeting.committee, status=Meeting.Status.HELD)
        for _ in range(count):
            rectify_minutes(minutes=minutes, meeting=later, wording="Lire 2028.", by=lead.user)
        return of(name, minutes.meeting, form)

    return make


def running(name, form):
    """Make minutes that are being written, which are read from what they are about and not as they were kept."""
    return lambda lead, count: of(name, minuted(lead, count, make_minutes).meeting, form)


def called(lead, count):
    return of("attendance-sheet", convened(lead, count), "a-signer")


def attended(lead, count):
    meeting = convened(lead, count)
    meeting.starts_at = timezone.now() - timedelta(hours=1)
    meeting.save()
    for invitation in meeting.invitations.all():
        invitation.attendance = "present"
        invitation.save()
        Arrival.objects.create(invitation=invitation, signature="M0 0L9 9")
    return of("attendance-sheet", meeting, "presences")


def members(lead, count):
    """Make a meeting to which nobody is called yet: those who sit sign."""
    meeting = make_meeting(committee=make_committee(candidacy=lead.candidacy))
    for _ in range(count):
        make_seat(committee=meeting.committee, contact=somebody(lead))
    return of("attendance-sheet", meeting, "a-signer")


def answered(lead, count):
    meeting = convened(lead, count)
    contact = make_contact(candidacy=lead.candidacy)
    make_seat(committee=meeting.committee, contact=contact)
    return reverse(
        "committees:answer-link",
        args=[make_invitation(meeting=meeting, contact=contact, is_voting=True).token],
    )


def corrected(lead, count):
    minutes = minuted(lead, count, make_sent_minutes)
    reader = minutes.meeting.invitations.select_related("contact").first()
    for text in minutes.texts.all():
        make_correction(minutes=minutes, contact=reader.contact, text=text)
    return reverse("committees:minutes-link", args=[minutes_token_for(reader)])


def planned(lead, count):
    before = None
    for place in range(count):
        before = make_plan_step(
            candidacy=lead.candidacy, title=f"{ROW} {place}", after=[before] if before else ()
        )
    return reverse("candidacy:backward-plan-pdf", args=[lead.candidacy.slug])


def written(lead, count):
    slug = lead.candidacy.slug
    words = []
    for number in range(count):
        picture = make_picture(candidacy=lead.candidacy)
        figure = make_live_figure(candidacy=lead.candidacy)
        other = make_section(
            candidacy=lead.candidacy, organisation=make_organisation(candidacy=lead.candidacy)
        )
        source = reverse("dossier:picture", args=[slug, picture.public_id])
        words.append(
            f'<p>{ROW} {number} <span data-live-figure="{figure.public_id}"></span>'
            f' <span data-section="{other.public_id}"></span></p><figure><img src="{source}" alt=""></figure>'
        )
    section = make_section(candidacy=lead.candidacy, body="".join(words))
    return reverse("dossier:section-word", args=[slug, section.public_id])


def subscribed(lead, count):
    for place in range(count):
        make_committee(candidacy=lead.candidacy, name=f"{ROW} {place}")
    return reverse("committees:feed-list", args=[lead.candidacy.slug])


def reminded(lead, count):
    """Make the rules of ``count`` committees, which the page of the candidacy reads past."""
    for place in range(count):
        kind = f"{ROW} {place}"
        RecallRule.objects.create(candidacy=lead.candidacy, place=uuid4(), kind=kind, steps=[1])
    return reverse("candidacy:reminder-list", args=[lead.candidacy.slug])


#: What makes the rows and says their address; the queries that reading it costs, of which three are for the session,
#: the person and their memberships.
CASES = {
    # The meeting, one's own invitation, items, papers; what is open (2), the organiser (2).
    "meeting-calendar": (a_meeting("meeting-calendar"), 11),
    # The same, and from which item of which meeting an item was carried (2).
    "meeting-convocation": (a_meeting("meeting-convocation"), 13),
    "meeting-pack": (a_meeting("meeting-pack"), 7),
    # The meeting, invitations; before anybody is called, seats.
    "attendance-sheet of members": (members, 6),
    "attendance-sheet of those called": (called, 5),
    "attendance-sheet of those who came": (attended, 5),
    # The minutes with what they say, one's own invitation, rectifications.
    "minutes-pdf": (rectified("minutes-pdf", "compte-rendu"), 6),
    "minutes-word": (rectified("minutes-word", "releve-de-decisions"), 6),
    # The minutes, one's own invitation; decisions, texts, items, the session, invitations, seats, actions.
    "minutes-pdf of a draft": (running("minutes-pdf", "compte-rendu"), 12),
    "minutes-word of a draft": (running("minutes-word", "compte-rendu"), 12),
    # The invitation, items, papers, what is open (2); for the form, seats and invitations (2).
    "answer-link": (answered, 10),
    # The invitation, what a draft reads (7), texts for the form, rectifications, one's own corrections.
    "minutes-link": (corrected, 13),
    # Tasks, what they wait for.
    "backward-plan-pdf": (planned, 5),
    # The section, then the dossier: sections, pictures, figures, the plan, organisations, committees, meetings, the call, phases.
    "section-word": (written, 13),
    # The addresses that one holds, committees.
    "feed-list": (subscribed, 5),
    "reminder-list": (reminded, 4),
}


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize("name", CASES)
def test_it_costs_the_same_for_any_number_of_rows(client, name, count, django_assert_num_queries):
    make, queries = CASES[name]
    lead = make_member()
    address = make(lead, count)
    client.force_login(lead.user)

    with django_assert_num_queries(queries):
        response = client.get(address)

    assert response.status_code == 200
    if name != "reminder-list":
        assert words_of(response).count(ROW) >= count


def words_of(response):
    if response.content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(response.content)) as archive:
            return archive.read("word/document.xml").decode()
    return response.content.decode().replace("\r\n ", "")  # as calendars fold their lines
