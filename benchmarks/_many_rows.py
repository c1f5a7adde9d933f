"""Fill a scratch database for `pages`; print a session, then name, page, floor and limit of what is measured."""

import sys
from datetime import timedelta
from importlib import import_module
from uuid import uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 -- the applications must be ready
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import transaction  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from candidacy.models import Candidacy, Membership  # noqa: E402
from committees.models import Action, Committee, Decision, Meeting  # noqa: E402
from dossier.models import DossierExport, Edition, EditionFile, LiveFigure, Picture  # noqa: E402
from notifications.services import Plan, plan_messages  # noqa: E402
from partners.models import Deliberation, Organisation  # noqa: E402
from tests import factories  # noqa: E402

LIST, DETAIL, DASHBOARD = 2.5, 3.0, 6.0


@transaction.atomic
def fill(rows: int) -> None:
    lead = factories.make_member(role=Membership.Role.LEAD)
    candidacy = lead.candidacy
    now = timezone.now()
    Organisation.objects.bulk_create(
        Organisation(candidacy=candidacy, name=f"Structure {n:04d}", kind="association") for n in range(rows)
    )
    organisation = factories.make_organisation(candidacy=candidacy)
    contact = factories.make_contact(organisation=organisation)
    committee = factories.make_committee(candidacy=candidacy, kind="copil")
    factories.make_committee(candidacy=candidacy, kind="cotech")
    Meeting.objects.bulk_create(
        Meeting(committee=committee, title=f"Réunion {n}", starts_at=now + timedelta(days=n - rows // 2))
        for n in range(rows)
    )
    meeting = factories.make_meeting(committee=committee, status=Meeting.Status.CONVENED)
    for n in range(20):
        factories.make_invitation(meeting=meeting)
        factories.make_agenda_item(meeting=meeting, position=n)
        factories.make_section(candidacy=candidacy, organisation=organisation if n < 5 else None)
    Decision.objects.bulk_create(
        Decision(meeting=meeting, candidacy=candidacy, number=f"C-{n}", wording="Décidé.", owner=contact)
        for n in range(rows)
    )
    Action.objects.bulk_create(
        Action(candidacy=candidacy, title=f"Action {n}", owner=contact, due_on=now.date(), meeting=meeting)
        for n in range(rows)
    )
    plan_messages(
        Plan(
            scope=candidacy.public_id,
            kind="test",
            about=uuid4(),
            rule="rappel",
            recipient_key=str(n),
            occurrence="1",
            due_at=now + timedelta(days=1),
            title="Rappel",
            recipient_name=f"Personne {n}",
        )
        for n in range(rows)
    )
    people = User.objects.bulk_create(
        User(email=f"p{n}@exemple.example", first_name="Camille", last_name=f"Nom {n:04d}", password="!")
        for n in range(rows)
    )
    Membership.objects.bulk_create(
        Membership(candidacy=candidacy, user=user, role="observer") for user in people
    )
    plan = factories.make_plan(candidacy=candidacy)
    for n in range(20):
        factories.make_expense_line(plan=plan)
        funder = organisation if n < 5 else Organisation.objects.filter(candidacy=candidacy)[n]
        factories.make_income_line(plan=plan, funder=funder)
    section = candidacy.sections.first()

    other = factories.make_member(role=Membership.Role.LEAD, user=lead.user).candidacy
    fill_other(other, lead.user, rows)

    def page(name: str, public_id: object = None) -> str:
        kwargs = {"slug": candidacy.slug} | ({"public_id": public_id} if public_id else {})
        return reverse(name, kwargs=kwargs)

    def other_page(name: str) -> str:
        return reverse(name, kwargs={"slug": other.slug})

    rows_measured = [
        ("organisation-list", page("partners:organisation-list"), "organisations", LIST),
        ("action-list", page("committees:action-list"), "actions", LIST),
        ("decision-list", page("committees:decision-list"), "decisions", LIST),
        ("meeting-list", page("committees:meeting-list"), "meetings", LIST),
        ("outbox-list", page("candidacy:outbox-list"), "messages", LIST),
        ("member-list", page("candidacy:member-list"), "members", LIST),
        ("outbox-ahead", page("candidacy:outbox-ahead"), "messages", LIST),
        ("deliberation-list", other_page("partners:deliberation-list"), "deliberations", LIST),
        ("committee-list", other_page("committees:committee-list"), "committees", LIST),
        ("picture-list", other_page("dossier:picture-list"), "pictures", LIST),
        ("live-figure-list", other_page("dossier:live-figure-list"), "figures", LIST),
        ("edition-list", other_page("dossier:edition-list"), "editions", LIST),
        ("export-list", other_page("dossier:export-list"), "exports", LIST),
        (
            "organisation-detail",
            page("partners:organisation-detail", organisation.public_id),
            "organisations",
            DETAIL,
        ),
        ("meeting-detail", page("committees:meeting-detail", meeting.public_id), "meetings", DETAIL),
        ("committee-detail", page("committees:committee-detail", committee.public_id), "meetings", DETAIL),
        ("section-detail", page("dossier:section-detail", section.public_id), "organisations", DETAIL),
        ("plan-detail", page("budget:plan-detail"), "organisations", DETAIL),
        ("dashboard", page("dossier:dashboard"), "organisations", DASHBOARD),
    ]
    print(session_of(lead.user))
    for name, ours, floor, limit in rows_measured:
        print(name, ours, f"/nu/{floor}/", limit, sep="\t")


def fill_other(candidacy: Candidacy, lead: User, rows: int) -> None:
    """Fill a candidacy of its own with what other pages offer to choose from, or count."""
    today = timezone.localdate()
    organisation = factories.make_organisation(candidacy=candidacy)
    Deliberation.objects.bulk_create(
        Deliberation(candidacy=candidacy, organisation=organisation, title=f"Soutien {n}")
        for n in range(rows)
    )
    Committee.objects.bulk_create(
        Committee(candidacy=candidacy, name=f"Comité {n:04d}", acronym=f"C{n}", kind="cotech")
        for n in range(rows)
    )
    Picture.objects.bulk_create(
        Picture(
            candidacy=candidacy,
            key=f"image-{n}",
            file=f"image-{n}.jpg",
            width=40,  # told, or the file would be opened
            height=30,
            digest=f"{n:064x}",
            alternative_text="Un aplat de couleur.",
            credit="Candidacy",
        )
        for n in range(rows)
    )
    LiveFigure.objects.bulk_create(
        LiveFigure(candidacy=candidacy, label=f"Chiffre {n}", value=n, source="Insee", dated_on=today)
        for n in range(rows)
    )
    DossierExport.objects.bulk_create(
        DossierExport(
            candidacy=candidacy,
            requested_by=lead,
            status=DossierExport.Status.DONE,
            progress=100,
            file=f"dossier-{n}.pdf",
            sha256=f"{n:064x}",
            byte_count=1,
            page_count=1,
        )
        for n in range(rows)
    )
    frozen = factories.make_edition(candidacy=candidacy, author=lead)
    fields = {"snapshot": frozen.snapshot, "content_digest": frozen.content_digest, "day": frozen.day}
    editions = Edition.objects.bulk_create(
        Edition(
            candidacy=candidacy,
            author=lead,
            number=n,
            label="Relecture",
            changed_at=frozen.changed_at,
            **fields,
        )
        for n in range(2, rows + 1)
    )
    EditionFile.objects.bulk_create(
        EditionFile(
            edition=edition,
            variant=EditionFile.Variant.FULL,
            file=f"edition-{edition.number}.pdf",
            sha256=f"{edition.number:064x}",
            byte_count=1,
            page_count=1,
        )
        for edition in editions
    )


def session_of(user: User) -> str:
    """Open a session for ``user`` and return its key."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
