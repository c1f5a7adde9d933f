"""Every page of the demonstration, for each role, wide and narrow: looked at by axe, and kept as a picture."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from candidacy.models import CallTemplateCopy, Candidacy, Membership
from committees.minutes_tokens import minutes_token_for
from committees.models import Action, Committee, DatePoll, Decision, Meeting, PollParticipant
from committees.poll_tokens import token_for
from dossier.models import (
    Comment,
    CommentThread,
    DossierExport,
    Edition,
    Proof,
    Section,
)
from notifications.models import (
    OutboundMessage,
)
from partners.models import (
    Contact,
    Deliberation,
    Organisation,
)
from tests.access import (
    ACCESS,
    OK,
)
from tests.factories import (
    make_agenda_item,
    make_call_copy,
    make_correction,
    make_deliberation,
    make_edition,
    make_export,
    make_held_meeting,
    make_invitation,
    make_paper,
    make_published_edition,
    make_reading_link,
    make_sent_minutes,
    make_sitting,
    make_template_item,
    make_word_import,
)
from tests.test_permissions import address
from tests.world import World

PASSWORD = "une-phrase-assez-longue"
SAMPLE = Path(__file__).parent / "sample.pdf"

#: Addresses that answer something else than a page: files, styles, parts of pages, and what needs a state of its own.
NOT_A_PAGE = {
    "core:health",
    "accounts:javascript-catalogue",
    "candidacy:candidacy-theme",
    "candidacy:logo",
    "candidacy:outbox-attachment",
    "candidacy:backward-plan-pdf",
    "budget:plan-export",
    "partners:organisation-export",
    "partners:deliberation-act",
    "committees:meeting-export",
    "committees:meeting-calendar",
    "committees:decision-export",
    "committees:decision-pdf",
    "committees:feed",
    "committees:poll-link-theme",
    "committees:attendance-sheet",
    "committees:minutes-pdf",
    "committees:minutes-word",
    "committees:minutes-link-pdf",
    "committees:minutes-link-theme",
    "committees:answer-link-theme",
    "committees:answer-link-paper",
    "committees:meeting-convocation",
    "committees:meeting-pack",
    "committees:answer-link-pack",
    "committees:paper-download",
    "committees:action-export",
    "committees:action-pdf",
    "dossier:criteria-export",
    "dossier:outline-export",
    "dossier:picture",
    "dossier:section-word",
    "dossier:dossier-word",
    "dossier:import-progress",
    "dossier:import-picture",
    "dossier:live-figure-export",
    "dossier:export-progress",
    "dossier:export-download",
    "dossier:export-read",
    "dossier:section-preview",
    "dossier:edition-links-progress",
    "dossier:section-people",
    "dossier:thread-people",
    "dossier:edition-download",
    "dossier:edition-picture",
    "dossier:edition-read",
    "dossier:reading-pdf",
    "dossier:reading-download",
    "dossier:reading-picture",
    "dossier:reading-theme",
    "dossier:candidacy-create-step",
    "dossier:candidacy-create-review",
}


def pages_of(role):
    return [
        name
        for name, rule in ACCESS.items()
        if rule.method == "get" and rule.expected[role] == OK and name not in NOT_A_PAGE
    ]


@pytest.fixture
def candidacy(live_server, monkeypatch, settings, tmp_path):
    monkeypatch.setenv("DEMONSTRATION_PASSWORD", PASSWORD)
    settings.DEMONSTRATION_ACCOUNTS_FILE = tmp_path / "accounts.txt"
    settings.BASE_URL = live_server.url
    # Its edition would be printed once for each role; what is shown here brings a file of its own.
    monkeypatch.setattr("dossier.services.editions.build_export.delay", lambda printing: None)
    call_command("load_demonstration", stdout=StringIO())
    return Candidacy.objects.get()


def objects_of(candidacy, user):
    """The objects that addresses name, each the first of its kind that ``user`` may see."""
    meetings = Meeting.objects.visible_to(user).order_by("starts_at")
    meeting = meetings.filter(status=Meeting.Status.CONVENED).first() or meetings.last()
    committee = Committee.objects.visible_to(user).order_by("pk").first()
    organisation = Organisation.objects.visible_to(user).filter(contacts__isnull=False).order_by("pk").first()
    sections = Section.objects.visible_to(user).filter(parent__isnull=False)
    proof = Proof.objects.filter(section__in=Section.objects.visible_to(user)).first()
    exports = DossierExport.objects.visible_to(user)
    threads = CommentThread.objects.visible_to(user).open().filter(section__in=sections).order_by("pk")
    comment = Comment.objects.filter(author=user, thread__in=threads).last()
    thread = comment.thread if comment else threads.first()
    editions = Edition.objects.visible_to(user).order_by("number")
    called = Meeting.objects.filter(committee__candidacy=candidacy).convened().order_by("starts_at").first()
    poll = DatePoll.objects.visible_to(user).order_by("pk").first()
    asked = PollParticipant.objects.order_by("pk")
    participant = asked.visible_to(user).filter(poll=poll).first() or asked.first()
    participant.token = token_for(participant)
    minutes, reader = minutes_to_correct(candidacy, user)
    return {
        "section": thread and thread.section,
        "thread": thread,
        "comment": comment,
        "picture": candidacy.pictures.visible_to(user).first(),
        "live_figure": candidacy.live_figures.visible_to(user).first(),
        "retired": candidacy.sections.retired().first(),
        "export": exports.first(),
        "edition": editions.last(),
        "published_edition": editions.last(),
        "reading_link": make_reading_link(
            edition=candidacy.editions.order_by("number").last(), may_approve=True
        ),
        "organisation": organisation,
        "contact": Contact.objects.visible_to(user).filter(organisation=organisation).order_by("pk").first(),
        "blackout": candidacy.blackouts.first(),
        "sitting": organisation and make_sitting(organisation=organisation),
        "deliberation": organisation
        and make_deliberation(
            organisation=organisation,
            status=Deliberation.Status.ADOPTED,
            rapporteur="Awa Delattre",
            votes_for=28,
            file=ContentFile(SAMPLE.read_bytes(), name="acte.pdf"),
        ),
        "committee": committee,
        "seat": committee and committee.members.first(),
        "template_item": committee and make_template_item(committee=committee),
        "poll": poll,
        "slot": poll and poll.slots.first(),
        "participant": participant,
        "meeting": meeting,
        "draft": meetings.filter(status=Meeting.Status.DRAFT).first(),
        "minuted": minutes.meeting,
        "minutes_text": minutes.texts.first(),
        "minutes_reader": reader,
        "agenda_item": meeting and meeting.agenda_items.first(),
        "paper": meeting and make_paper(item=meeting.agenda_items.first()),
        "invitation": meeting and meeting.invitations.first(),
        "own_invitation": make_invitation(meeting=called, is_voting=True),
        "decision": Decision.objects.visible_to(user).filter(status="open").first(),
        "action": Action.objects.visible_to(user).first(),
        "expense_line": candidacy.funding_plan.expense_lines.first(),
        "income_line": candidacy.funding_plan.income_lines.first(),
        "criterion": candidacy.criteria.first(),
        "answered_criterion": proof and proof.criterion,
        "proof": proof,
        "call_copy": CallTemplateCopy.objects.visible_to(user).first(),
        "objective": candidacy.objectives.first(),
        "indicator": candidacy.indicators.first(),
        "phase": candidacy.phases.first(),
        "piece": candidacy.pieces.first(),
        "territory": candidacy.territories.first(),
        "membership": candidacy.memberships.exclude(user=user).first(),
        "plan_step": candidacy.plan_steps.first(),
        "message": OutboundMessage.objects.first(),
        "word_import": make_word_import(section=sections.first(), requested_by=user, with_picture=True)
        if sections.exists()
        else None,
    }


def minutes_to_correct(candidacy, user):
    """Make minutes that were sent to ``user``, or to somebody else where they are no contact, with the link to them."""
    meeting = make_held_meeting(committee=candidacy.committees.first(), title="Arbitrages")
    make_agenda_item(meeting=meeting, title="Budget")
    contact = candidacy.contacts.filter(user=user).first() or candidacy.contacts.first()
    reader = make_invitation(meeting=meeting, contact=contact, attendance="present")
    reader.token = minutes_token_for(reader)
    minutes = make_sent_minutes(meeting=meeting)
    make_correction(minutes=minutes, contact=contact)
    return minutes, reader


def change_something(candidacy):
    """Leave something to compare between two editions."""
    section = candidacy.sections.exclude(body="").first()
    section.body += "<p>Un paragraphe ajouté.</p>"
    section.save()
    candidacy.funding_plan.expense_lines.first().amounts.update(amount=1)


#: The lead's pages are looked at in shares of about the same length, which run side by side.
SHARES = ("dossier", "committees", "candidacy", "others")


def share_of(name):
    application = name.partition(":")[0]
    return application if application in SHARES else "others"


def pages_to_look_at(role, share, user, lead, world):
    """Most pages of the team are the lead's with fewer buttons: looked at are those that hold something of their own."""
    names = [name for name in pages_of(role) if share in {"all", share_of(name)}]
    if role != Membership.Role.TEAM:
        return names
    return [name for name in names if pieces(user, name, world) - pieces(lead, name, world)]


def pieces(user, name, world):
    """Return what the middle of a page is made of, without what differs at each request."""
    client = Client()
    client.force_login(user)
    html = client.get(address(name, ACCESS[name], world), follow=True).text
    middle = html.partition("<main")[2].partition("</main>")[0]
    assert middle, name
    return set(
        re.split(r"(?=<)", re.sub(r'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f-]{36}', "", middle))
    )


@pytest.mark.parametrize(
    ("role", "share"),
    [
        *(("lead", share) for share in SHARES),
        *((role, "all") for role in ("team", "partner", "elected", "observer")),
    ],
)
def test_every_page_is_clean_wide_and_narrow(visit, candidacy, role, share):
    user = User.objects.get(memberships__role=role)
    lead = User.objects.get(memberships__role=Membership.Role.LEAD)
    make_call_copy(by=lead)
    make_export(candidacy=candidacy, content=SAMPLE.read_bytes(), page_count=1)
    make_edition(candidacy=candidacy, author=lead)
    change_something(candidacy)
    make_published_edition(candidacy=candidacy, author=lead, published_by=lead, content=SAMPLE.read_bytes())
    world = World(candidacy, {}, objects_of(candidacy, user))
    trouble = []
    visitor = visit()
    visitor.sign_in(user, PASSWORD)
    for name in pages_to_look_at(role, share, user, lead, world):
        visitor.resize("1280")
        response = visitor.page.goto(visitor.base_url + address(name, ACCESS[name], world))
        if response.status != 200:
            trouble.append(f"{name}: {response.status}")
            continue
        for size in ("1280", "360"):
            visitor.resize(size)
            trouble += visitor.look(f"{role}-{name.replace(':', '-')}")
            if visitor.scrolls_sideways():
                trouble.append(f"{name} {size}: scrolls sideways")

    assert trouble == []


@pytest.mark.parametrize("size", ["1280", "360"])
def test_the_pages_before_signing_in_are_clean(visit, size):
    visitor = visit(size=size)
    trouble = []
    for name in (
        "account_login",
        "account_request_login_code",
        "account_reset_password",
        "accounts:accessibility",
    ):
        visitor.open(reverse(name))
        trouble += visitor.look(f"nobody-{name.replace(':', '-')}")
        assert not visitor.scrolls_sideways()

    assert trouble == []
