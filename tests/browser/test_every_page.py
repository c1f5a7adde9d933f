"""Every page of the demonstration, for each role, wide and narrow: looked at by axe, and kept as a picture."""

from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from candidacy.models import Candidacy, Membership
from committees.models import Action, AgendaItem, Committee, Decision, Meeting
from dossier.models import DossierExport, Section
from notifications.models import OutboundMessage
from partners.models import Contact, Organisation
from tests.factories import make_export

PASSWORD = "une-phrase-assez-longue"
SAMPLE = Path(__file__).parent / "sample.pdf"

#: What each role can open, by URL name; the object is the first that the role may see.
PAGES = {
    "lead": [
        "dossier:dashboard",
        "dossier:candidacy-create",
        "dossier:section-list",
        "dossier:section-create",
        "dossier:section-detail",
        "dossier:section-edit",
        "dossier:section-contract",
        "dossier:section-history",
        "dossier:export-list",
        "dossier:export-detail",
        "partners:organisation-list",
        "partners:organisation-create",
        "partners:organisation-detail",
        "partners:organisation-edit",
        "partners:contact-create",
        "partners:contact-edit",
        "committees:committee-list",
        "committees:committee-create",
        "committees:committee-detail",
        "committees:committee-edit",
        "committees:seat-create",
        "committees:meeting-list",
        "committees:meeting-create",
        "committees:meeting-detail",
        "committees:meeting-edit",
        "committees:meeting-move",
        "committees:meeting-cancel",
        "committees:meeting-convene",
        "committees:agenda-item-create",
        "committees:agenda-item-edit",
        "committees:decision-list",
        "committees:decision-create",
        "committees:decision-edit",
        "committees:action-list",
        "committees:action-create",
        "committees:action-edit",
        "budget:plan-detail",
        "budget:plan-edit",
        "budget:plan-summary",
        "budget:expense-create",
        "budget:expense-edit",
        "budget:income-create",
        "budget:income-edit",
        "candidacy:home",
        "candidacy:candidacy-settings",
        "candidacy:call-detail",
        "candidacy:phase-edit",
        "candidacy:piece-edit",
        "candidacy:territory-create",
        "candidacy:member-list",
        "candidacy:member-invite",
        "candidacy:member-edit",
        "candidacy:outbox-list",
        "candidacy:outbox-detail",
        "accounts:profile",
    ],
    "team": ["dossier:dashboard", "dossier:section-detail", "budget:plan-detail", "candidacy:outbox-list"],
    "partner": [
        "dossier:dashboard",
        "dossier:section-list",
        "dossier:section-detail",
        "dossier:section-edit",
        "partners:organisation-detail",
        "partners:contact-edit",
        "committees:meeting-list",
        "committees:meeting-detail",
        "committees:action-list",
        "budget:funding-own",
        "accounts:profile",
    ],
    "elected": [
        "dossier:dashboard",
        "dossier:export-list",
        "dossier:export-detail",
        "committees:committee-list",
        "committees:meeting-list",
        "committees:meeting-detail",
        "budget:plan-summary",
    ],
    "observer": ["dossier:dashboard", "dossier:export-list", "dossier:export-detail", "budget:plan-summary"],
}


@pytest.fixture
def candidacy(live_server, monkeypatch, settings, tmp_path):
    monkeypatch.setenv("DEMONSTRATION_PASSWORD", PASSWORD)
    settings.DEMONSTRATION_ACCOUNTS_FILE = tmp_path / "accounts.txt"
    settings.BASE_URL = live_server.url
    call_command("load_demonstration", stdout=StringIO())
    return Candidacy.objects.get()


def objects_of(candidacy, user):
    """The object that each page's address names, among those that ``user`` may see."""
    meetings = Meeting.objects.visible_to(user)
    meeting = meetings.filter(status=Meeting.Status.CONVENED).first() or meetings.first()
    line = {
        "expense": candidacy.funding_plan.expense_lines.first(),
        "income": candidacy.funding_plan.income_lines.first(),
    }
    section = (
        Section.objects.visible_to(user).filter(parent__isnull=False).exclude(status="validated").first()
    )
    return {
        "section": section,
        "export": DossierExport.objects.first(),
        "organisation": Organisation.objects.visible_to(user).first(),
        "contact": Contact.objects.visible_to(user).order_by("pk").first(),
        "committee": Committee.objects.first(),
        "meeting": meeting,
        "meeting-convene": Meeting.objects.filter(status=Meeting.Status.DRAFT).order_by("starts_at").first(),
        "agenda-item": AgendaItem.objects.filter(meeting=meeting).first(),
        "decision": Decision.objects.filter(status="open").first(),
        "action": Action.objects.visible_to(user).first(),
        "phase": candidacy.phases.first(),
        "piece": candidacy.pieces.first(),
        "member": candidacy.memberships.exclude(user=user).first(),
        "outbox": OutboundMessage.objects.first(),
        **line,
    }


def address(name, candidacy, known):
    page = name.partition(":")[2]
    noun = page.rpartition("-")[0]
    parent = {
        "seat-create": "committee",
        "meeting-create": "committee",
        "contact-create": "organisation",
    }.get(page)
    target = known.get(page) or known.get(parent or noun)
    kwargs = {"slug": candidacy.slug}
    if noun == "agenda-item" or page == "decision-create":
        target = known["meeting"]
    tries = [kwargs, {}]
    if target is not None:
        tries.insert(0, kwargs | {"public_id": target.public_id})
    if noun == "agenda-item" and known["agenda-item"]:
        tries.insert(0, kwargs | {"public_id": target.public_id, "item_id": known["agenda-item"].public_id})
    for attempt in tries:
        with suppress(NoReverseMatch):
            return reverse(name, kwargs=attempt)
    raise AssertionError(f"no address for {name}")


@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_clean_wide_and_narrow(visit, candidacy, role):
    user = User.objects.get(memberships__role=role)
    lead = User.objects.get(memberships__role=Membership.Role.LEAD)
    make_export(
        candidacy=candidacy,
        content=SAMPLE.read_bytes(),
        published_at=candidacy.created_at,
        published_by=lead,
        page_count=1,
    )
    known = objects_of(candidacy, user)
    trouble = []
    for size in ("1280", "360"):
        visitor = visit(size=size)
        visitor.sign_in(user, PASSWORD)
        for name in PAGES[role]:
            response = visitor.page.goto(visitor.base_url + address(name, candidacy, known))
            if response.status != 200:
                trouble.append(f"{name} {size}: {response.status}")
                continue
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
