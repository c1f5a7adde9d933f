"""What a section shows of the candidacy's pictures and figures, noted when its text is saved."""

from dossier.mentions import figures_named, pictures_named
from dossier.models import LiveFigure, Picture, Section


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
