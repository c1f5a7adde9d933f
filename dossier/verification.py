"""Which edition is this? Answered from a digest, among the editions that the person may read."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from accounts.models import User
from dossier.models import Edition, EditionFile, MarkedCopy, ReadingLink
from dossier.snapshots import check_digest


@dataclass(frozen=True)
class Recognised:
    edition: Edition
    #: What the version is called, or nothing when the digest is that of the content.
    version: str = ""
    #: Whether it is a copy with the name of its reader, and to whom it was handed as far as the person may know.
    is_copy: bool = False
    copies: tuple[MarkedCopy, ...] = ()


def recognise(digest: str, user: User) -> tuple[Recognised, ...]:
    """Return the editions whose print, content or marked copy has ``digest``; what ``user`` may not read stays unsaid.

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
        *(Recognised(file.edition, file.get_variant_display()) for file in files.order_by("pk")),
        *_copies(digest, user),
        *(Recognised(edition) for edition in contents.order_by("candidacy", "number")),
    )
    for recognised in found:
        check_digest(recognised.edition)
    return found


def _copies(digest: str, user: User) -> Iterator[Recognised]:
    """Yield once each version whose marked copy has ``digest``: readers of one name have the same copy."""
    handed = (
        MarkedCopy.objects.visible_to(user)
        .filter(sha256=digest)
        .select_related("link__edition__candidacy", "link__edition__meeting__committee")
        .order_by("link__edition", "link__variant", "handed_at", "pk")
    )
    known = set(
        ReadingLink.objects.visible_to(user).filter(copies__sha256=digest).values_list("pk", flat=True)
    )
    for _version, group in groupby(handed, key=lambda copy: (copy.link.edition_id, copy.link.variant)):
        copies = list(group)
        link = copies[0].link
        told = tuple(copy for copy in copies if copy.link_id in known)
        yield Recognised(link.edition, link.get_variant_display(), is_copy=True, copies=told)
