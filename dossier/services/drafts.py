"""The text that one person has typed in a section and not saved yet."""

from accounts.models import User
from core.drafts import Seat, keep_draft
from dossier.models import Section, SectionDraft
from dossier.services.measure import clean_body


def save_draft(
    *, section: Section, author: User, body: str, base_revision: int, seat: Seat
) -> SectionDraft | None:
    """Keep ``body`` as the draft of ``author``; None when it is the text of the section, which needs no draft.

    A draft that another window wrote since is not overwritten: StaleRevisionError. A closed section still takes
    drafts: what was typed while it was being validated is not lost.
    """
    return keep_draft(
        SectionDraft.objects.filter(section=section, author=author),
        SectionDraft(section=section, author=author),
        body=clean_body(body),
        saved=section.body,
        base_revision=base_revision,
        seat=seat,
    )


def discard_draft(*, section: Section, author: User) -> bool:
    """Forget the draft of ``author``; tell whether there was one."""
    count, _rows = SectionDraft.objects.filter(section=section, author=author).delete()
    return bool(count)
