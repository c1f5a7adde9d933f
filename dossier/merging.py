"""Two texts for one section: what each of them changed, and both brought together."""

from dataclasses import dataclass

from accounts.models import User
from core.comparison import Comparison, compare, merge
from core.richtext import sanitise
from dossier.models import Section, SectionRevision


@dataclass(frozen=True)
class TwoTexts:
    """The text that is saved, the one that was typed on an older revision, and their common ground if it is known."""

    newer: SectionRevision | None
    saved: str
    typed: str
    merged: str
    clash_count: int
    theirs: Comparison | None
    mine: Comparison

    @property
    def is_merged(self) -> bool:
        """Whether the editor holds both texts; without common ground it holds the typed one."""
        return self.theirs is not None


def read_two_texts(*, section: Section, typed: str, base_revision: int, user: User) -> TwoTexts:
    """Set the ``typed`` text against the one that ``section`` has now."""
    saved, typed = sanitise(section.body), sanitise(typed)
    newer = section.revisions.select_related("saved_by").filter(number=section.revision).first()
    base = _base(section, base_revision, user)
    if base is None:
        return TwoTexts(newer, saved, typed, typed, 0, None, compare(saved, typed))
    merged = merge(base=base, theirs=saved, mine=typed)
    return TwoTexts(
        newer, saved, typed, merged.body, merged.clash_count, compare(base, saved), compare(base, typed)
    )


def _base(section: Section, number: int, user: User) -> str | None:
    """Return the text both began with, if ``user`` may read it: its number comes from a form."""
    revision = section.revisions.visible_to(user).filter(number=number).first()
    if revision:
        return revision.body
    return "" if number == 0 and not section.revisions.filter(number=0).exists() else None
