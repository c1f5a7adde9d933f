"""Editions of the demonstration bid: frozen as a person freezes them, and printed by the worker after the loading."""

from committees.models import Meeting
from dossier.demonstration.cast import Cast
from dossier.services.editions import freeze_edition, submit_edition


def load_editions(cast: Cast) -> None:
    """Freeze each edition, and submit it to the next meeting convened of its committee if there is one."""
    convened = Meeting.objects.filter(
        committee__candidacy=cast.candidacy, status=Meeting.Status.CONVENED
    ).order_by("starts_at")
    for row in cast.source.table("editions")["editions"]:
        frozen = freeze_edition(
            candidacy=cast.candidacy, label=row["label"], note=row["note"], by=cast.users[row["by"]]
        )
        cast.stored += frozen.copied
        meeting = convened.filter(committee__acronym=row["committee"]).select_related("committee").first()
        if meeting is not None:
            submit_edition(edition=frozen.edition, meeting=meeting)
