"""The sections of the dossier, as an item of a committee’s agenda is about them."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from accounts.models import User
from candidacy.models import Candidacy
from committees.concerns import Concern
from core.addresses import page_address
from dossier.models import Section
from dossier.outline import read_outline


def offer_sections(candidacy: Candidacy) -> Sequence[tuple[UUID, str]]:
    sections = {section.pk: section for section in Section.objects.live().filter(candidacy=candidacy)}
    return [
        (section.public_id, f"{entry.number} {section.title}")
        for entry in read_outline(candidacy)
        if (section := sections.get(entry.pk))
    ]


def show_sections(user: User, candidacy: Candidacy, wanted: Collection[UUID]) -> Mapping[UUID, Concern]:
    sections = Section.objects.visible_to(user).filter(candidacy=candidacy, public_id__in=wanted)
    return {
        section.public_id: Concern(
            section.title, page_address("dossier:section-detail", candidacy.slug, section.public_id)
        )
        for section in sections.only("public_id", "title")
    }
