"""Which edition is this? Answered from a digest, among the editions that the person may read."""

from dataclasses import dataclass

from accounts.models import User
from dossier.models import Edition, EditionFile
from dossier.snapshots import check_digest


@dataclass(frozen=True)
class Recognised:
    edition: Edition
    #: The printed version, or nothing when the digest is that of the content.
    file: EditionFile | None


def recognise(digest: str, user: User) -> tuple[Recognised, ...]:
    """Return the editions whose print, or whose content, has ``digest``; those that ``user`` may not read stay unsaid.

    An edition whose content was altered is not vouched for: AlteredEditionError.
    """
    files = (
        EditionFile.objects.visible_to(user)
        .filter(sha256=digest)
        .select_related("edition__candidacy", "edition__meeting__committee")
    )
    contents = (
        Edition.objects.visible_to(user)
        .filter(content_digest=digest)
        .select_related("candidacy", "meeting__committee")
    )
    found = (
        *(Recognised(file.edition, file) for file in files.order_by("pk")),
        *(Recognised(edition, None) for edition in contents.order_by("candidacy", "number")),
    )
    for recognised in found:
        check_digest(recognised.edition)
    return found
