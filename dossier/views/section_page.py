"""What every page about a section begins with."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.http import AppRequest
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from dossier.mentions import read_mentions
from dossier.models import Section
from dossier.outline import length_of, neighbours, read_outline


def find_section(request: AppRequest, slug: str, public_id: UUID) -> Section:
    candidacy = candidacy_for(request, slug)
    sections = candidacy.sections.visible_to(request.user).select_related("organisation", "writer")
    return get_object_or_404(sections.with_proofs(), public_id=public_id)


def reading_context(request: AppRequest, section: Section, *texts: str) -> dict[str, Any]:
    """Return what every page about ``section`` shows: its number, its length, its neighbours, what ``texts`` name."""
    entries = read_outline(section.candidacy)
    shown = entries
    if not is_staff(request.user, section.candidacy):
        visible = set(section.candidacy.sections.visible_to(request.user).values_list("pk", flat=True))
        shown = tuple(entry for entry in entries if entry.pk in visible)
    before, after = neighbours(shown, section)
    number = next(entry.number for entry in entries if entry.pk == section.pk)
    return {
        "section": section,
        "number": number,
        "entries": entries,
        "length": length_of(section, entries),
        "before": before,
        "after": after,
        "mentions": read_mentions(section.candidacy, texts, reader=request.user, entries=entries),
    }
