"""Which edition is this? Answered from a digest, among the editions that the person may read."""

from dataclasses import dataclass

from accounts.models import User
from dossier.models import Edition, EditionFile


@dataclass(frozen=True)
class Recognised:
    edition: Edition
    #: The printed version, or nothing when the digest is that of the content.
    file: EditionFile | None


def recognise(digest: str, user: User) -> tuple[Recognised, ...]:
    """Return the editions whose print, or whose content, has ``digest``; those that ``user`` may not read stay unsaid."""
    files = (
        EditionFile.objects.visible_to(user)
        .filter(sha256=digest)
        .select_related("edition__candidacy", "edition__meeting__committee")
        .defer("edition__snapshot")
    )
    contents = (
        Edition.objects.visible_to(user)
        .without_snapshot()
        .filter(content_digest=digest)
        .select_related("candidacy", "meeting__committee")
    )
    return (
        *(Recognised(file.edition, file) for file in files.order_by("pk")),
        *(Recognised(edition, None) for edition in contents.order_by("candidacy", "number")),
    )
