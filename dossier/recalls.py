"""The sections whose day comes, of which their writers are reminded."""

from collections.abc import Collection, Iterator
from functools import partial
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.models import RecallRule
from candidacy.reminder_kinds import Occasion, Reader, ReminderKind
from candidacy.reminder_messages import register_kind
from core.templatetags.formats import long_date
from dossier.models import Section
from notifications.rendering import page_url
from partners.models import Contact
from partners.readers import leads_of, linked, readers_of, with_access

SECTION_DUE = "section-due"
SECTION_OVERDUE = "section-overdue"

Audience = RecallRule.Audience


def register_kinds() -> None:
    register_kind(
        ReminderKind(
            key=SECTION_DUE,
            label=gettext_lazy("Section à rendre"),
            subject=gettext_lazy("À rendre %(when)s : %(title)s"),
            intro=gettext_lazy("Cette section du dossier est attendue %(when)s."),
            find=sections_to_hand_in,
            steps=(7, 1),
        )
    )
    register_kind(
        ReminderKind(
            key=SECTION_OVERDUE,
            label=gettext_lazy("Section en retard"),
            subject=gettext_lazy("En retard %(when)s : %(title)s"),
            intro=gettext_lazy("L’échéance de cette section est passée %(when)s."),
            find=sections_to_hand_in,
            steps=(1, 7),
            is_after=True,
            audience=Audience.LADDER,
            audiences=(Audience.LADDER, Audience.CONCERNED, Audience.LEADS, Audience.BOTH),
        )
    )


def sections_to_hand_in(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the sections that somebody is still writing and that have a day.

    The person named writes, else those of the structure who sign in: the same people as the order went to.
    """
    sections = Section.objects.live().filter(
        due_on__isnull=False, status__in=[Section.Status.ORDERED, Section.Status.WRITING]
    )
    if about is not None:
        sections = sections.filter(public_id__in=about)
    writers = with_access(Contact.objects.all())
    rows = list(
        sections.without_text()
        .select_related("candidacy", "organisation")
        .prefetch_related(
            Prefetch("writer", queryset=writers),
            Prefetch("organisation__contacts", queryset=writers.filter(user__isnull=False).order_by("pk")),
        )
        .order_by("pk")
    )
    leads = leads_of(section.candidacy_id for section in rows) if rows else {}
    for section in rows:
        url = page_url("dossier:section-detail", slug=section.candidacy.slug, public_id=section.public_id)
        yield Occasion(
            candidacy=section.candidacy,
            about=section.public_id,
            day=section.due_on,  # type: ignore[arg-type]  # those without are left out
            title=section.title,
            write_lines=partial(_lines, section),
            concerned=_writers(section, url),
            leads=linked(leads.get(section.candidacy_id, ()), url),
        )


def _lines(section: Section) -> list[str]:
    return [_("Échéance : %(day)s") % {"day": long_date(section.due_on)}]


def _writers(section: Section, url: str) -> tuple[Reader, ...]:
    """Return who writes ``section``; somebody of another structure has no page of it to open."""
    if section.writer is not None:
        reads = section.writer.organisation_id == section.organisation_id
        return readers_of([section.writer], url=url if reads else "")
    if section.organisation is not None:
        return readers_of(section.organisation.contacts.all(), url=url)
    return ()
