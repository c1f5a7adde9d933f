"""What a section shows of the candidacy's pictures and figures, and its tables, noted when its text is saved."""

from dossier.mentions import figures_named, pictures_named
from dossier.models import LiveFigure, Picture, Section, TextTable
from dossier.tables import identities, titled_tables, with_identities


def note_mentions(section: Section) -> None:
    """Note which pictures and figures of the candidacy the text shows: who reads the text may then see them.

    Their identifiers cannot be guessed, so whoever names one has seen it already. The rows stay locked until the text
    is saved: nobody removes in the meantime what it is about to show.
    """
    pictures = Picture.objects.select_for_update(of=("self",), no_key=True).filter(
        candidacy=section.candidacy_id, public_id__in=pictures_named(section.body)
    )
    section.pictures.set(list(pictures.order_by("pk")))
    figures = LiveFigure.objects.select_for_update(of=("self",), no_key=True).filter(
        candidacy=section.candidacy_id, public_id__in=figures_named(section.body)
    )
    section.live_figures.set(list(figures.order_by("pk")))


def identify_tables(section: Section, body: str) -> str:
    """Return ``body``, about to become the text of ``section``, where each titled table has an identity of its own.

    A table copied from another section gets another identity: what refers to the first one still means it.
    """
    brought = identities(body) - identities(section.body)
    elsewhere = TextTable.objects.filter(
        section__candidacy=section.candidacy_id, section__retired_at__isnull=True, identity__in=brought
    ).exclude(section=section)
    taken = set(elsewhere.values_list("identity", flat=True)) if brought else set()
    return with_identities(body, former=section.body, space=section.public_id, taken=taken)


def note_tables(section: Section) -> None:
    """Note the titled tables of the text, in their order."""
    section.tables.all().delete()
    TextTable.objects.bulk_create(
        TextTable(section=section, identity=table.identity, position=position, title=table.title)
        for position, table in enumerate(titled_tables(section.body), start=1)
        if table.identity
    )
