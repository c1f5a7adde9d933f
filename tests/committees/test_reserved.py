"""What is confidential on an agenda reaches the team and whoever decides, by no way anybody else."""

from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from candidacy.models import Membership
from committees.models import AgendaPaper, Meeting
from committees.services.meetings import convene_meeting
from notifications.delivery import deliver_due
from tests.factories import (
    make_agenda_item,
    make_calendar_feed,
    make_candidacy,
    make_committee,
    make_contact,
    make_invitation,
    make_meeting,
    make_member,
    make_paper,
    make_seat,
)

Role = Membership.Role
SECRET = "Départ du directeur"
SECRETS = (SECRET, "RH-CONFIDENTIEL", "Mme Secrète", "Note-interne", "Annexe-fermée")

#: Who is called, by role (none: without an account) and vote, and whether they read what is confidential.
READERS = [
    (Role.LEAD, False, True),
    (Role.TEAM, False, True),
    (Role.ELECTED, True, True),
    (Role.PARTNER, True, True),
    (Role.ELECTED, False, False),
    (Role.PARTNER, False, False),
    (Role.OBSERVER, True, False),
    (Role.OBSERVER, False, False),
]
MAILED = [*READERS[2:], (None, True, True), (None, False, False)]


@pytest.fixture
def meeting():
    candidacy = make_candidacy()
    meeting = make_meeting(committee=make_committee(candidacy=candidacy))
    make_agenda_item(meeting=meeting, title="Budget", minutes=30)
    hidden = make_agenda_item(
        meeting=meeting,
        position=2,
        title=SECRET,
        details="RH-CONFIDENTIEL",
        rapporteur="Mme Secrète",
        kind="decision",
        minutes=20,
        is_confidential=True,
    )
    make_paper(item=hidden, title="Note-interne")
    shown = make_agenda_item(meeting=meeting, position=3, title="Divers")
    make_paper(item=shown, title="Annexe-ouverte")
    make_paper(item=shown, title="Annexe-fermée", is_confidential=True)
    return meeting


def called(meeting, role, *, votes, convened=True):
    """Make a person with ``role``, on the list of the meeting."""
    candidacy = meeting.committee.candidacy
    user = make_member(candidacy=candidacy, role=role).user if role else None
    contact = make_contact(candidacy=candidacy, user=user, email=f"{role}-{votes}@exemple.example".lower())
    if convened:
        meeting.status, meeting.convened_at = Meeting.Status.CONVENED, timezone.now()
        meeting.save()
        make_invitation(meeting=meeting, contact=contact, is_voting=votes)
    return contact


def page_of(client, meeting, name="meeting-detail", *ids):
    slug = meeting.committee.candidacy.slug
    return client.get(reverse(f"committees:{name}", args=[slug, meeting.public_id, *ids]))


def unfolded(content):
    return unescape(content.decode()).replace("\r\n ", "")


@pytest.mark.parametrize(("role", "votes", "reads"), READERS)
def test_the_page_the_calendar_and_the_feed_say_no_more_than_one_may_read(
    client, meeting, role, votes, reads
):
    contact = called(meeting, role, votes=votes)
    client.force_login(contact.user)
    feed = make_calendar_feed(candidacy=meeting.committee.candidacy, user=contact.user)

    page = unfolded(page_of(client, meeting).content)
    calendar = unfolded(page_of(client, meeting, "meeting-calendar").content)
    followed = unfolded(client.get(reverse("committees:feed", args=[feed.token])).content)

    assert [secret in page for secret in SECRETS] == [reads] * len(SECRETS)
    assert (SECRET in calendar, SECRET in followed) == (reads, reads)
    if not reads:
        assert "2. Point réservé" in page
        assert "2. Point réservé" in calendar
        assert "2. Point réservé" in followed
        assert "3. Divers" in page
        assert "Annexe-ouverte" in page


@pytest.mark.parametrize(("role", "votes", "reads"), READERS)
def test_a_paper_opens_for_those_who_may_read_it(client, meeting, role, votes, reads):
    contact = called(meeting, role, votes=votes)
    client.force_login(contact.user)

    opened = {}
    for paper in AgendaPaper.objects.all():
        response = page_of(client, meeting, "paper-download", paper.public_id)
        opened[paper.title] = response.status_code
        if response.streaming:
            assert b"".join(response.streaming_content).startswith(b"%PDF")

    refused = 200 if reads else 404
    assert opened == {"Note-interne": refused, "Annexe-ouverte": 200, "Annexe-fermée": refused}


def test_nobody_who_is_called_reads_the_papers_of_a_draft(client, meeting):
    contact = called(meeting, Role.ELECTED, votes=True)
    Meeting.objects.update(status=Meeting.Status.DRAFT, convened_at=None)

    assert not AgendaPaper.objects.visible_to(contact.user).exists()


@pytest.mark.parametrize(("role", "votes", "reads"), MAILED)
def test_the_mail_says_no_more_than_one_may_read(meeting, role, votes, reads):
    contact = called(meeting, role, votes=votes, convened=False)
    make_seat(committee=meeting.committee, contact=contact, is_voting=votes)
    lead = make_member(candidacy=meeting.committee.candidacy)

    convene_meeting(meeting=meeting, by=lead.user, expected_revision=1, contacts=[contact])
    deliver_due()

    [message] = mail.outbox
    calendar = unfolded(message.alternatives[0].content.encode())
    assert (SECRET in message.body, SECRET in calendar) == (reads, reads)
    assert ("2. Point réservé (20\xa0min)" in message.body) is not reads


def test_a_withheld_item_keeps_its_minutes_so_that_hours_agree(client, meeting):
    contact = called(meeting, Role.PARTNER, votes=False)
    client.force_login(contact.user)

    agenda = page_of(client, meeting).context["agenda"]

    assert [line.starts_at - meeting.starts_at for line in agenda.lines] == [
        timedelta(),
        timedelta(minutes=30),
        timedelta(minutes=50),
    ]
