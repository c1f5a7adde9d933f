"""Two texts for one section: what each of them changed, and both brought together."""

from accounts.models import User
from core.two_texts import TwoTexts, set_side_by_side
from dossier.models import Section


def read_two_texts(*, section: Section, typed: str, base_revision: int, user: User) -> TwoTexts:
    """Set the ``typed`` text against the one that ``section`` has now."""
    newer = section.revisions.select_related("saved_by").filter(number=section.revision).first()
    base = _base(section, base_revision, user)
    return set_side_by_side(newer=newer, saved=section.body, typed=typed, base=base)


def _base(section: Section, number: int, user: User) -> str | None:
    """Return the text both began with, if ``user`` may read it: its number comes from a form."""
    revision = section.revisions.visible_to(user).filter(number=number).first()
    if revision:
        return revision.body
    return "" if number == 0 and not section.revisions.filter(number=0).exists() else None
