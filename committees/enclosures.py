"""The papers that travel with a message: all of them while they are light, none beyond, so that mailboxes take it."""

from collections.abc import Sequence

from committees.models import AgendaPaper
from committees.paper_formats import content_type_of
from notifications.registry import Attachment

#: Of all papers of a message together; on the way they weigh a third more.
MAX_BYTES = 8 * 1024 * 1024


def is_light(papers: Sequence[AgendaPaper]) -> bool:
    return sum(paper.size for paper in papers) <= MAX_BYTES


def enclosed(papers: Sequence[AgendaPaper]) -> tuple[Attachment, ...]:
    """Return ``papers`` as files of a message; they are kept with their item and not again with each message."""
    if not is_light(papers):
        return ()
    return tuple(_file(paper) for paper in papers)


def _file(paper: AgendaPaper) -> Attachment:
    with paper.file.open("rb") as file:
        return Attachment(paper.filename, content_type_of(paper), file.read(), is_kept=False)
