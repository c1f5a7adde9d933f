"""The outline: the number of each section, its length against its limit, and what the contract says is late.

Numbers are worked out here and nowhere else, from the whole outline: a page that shows three sections of it, the
dossier that is printed and a partner's space all say « 2.3 » of the same section.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from candidacy.models import Candidacy, Criterion
from dossier.models import Section
from dossier.places import Tree
from dossier.workflow import TONES

#: A working measure, never a promise: the printed pages are counted on the PDF.
WORDS_A_PAGE = 450

_NEARLY_FULL = 90


class OutlineEntry(NamedTuple):
    """What every page needs to know of a section it does not show."""

    pk: int
    parent_id: int | None
    public_id: UUID
    title: str
    word_count: int
    character_count: int
    status: str
    number: str

    @property
    def is_closed(self) -> bool:
        return self.status in Section.CLOSED


@dataclass(frozen=True)
class Length:
    """How long a text is, in the unit of its limit."""

    used: int
    limit: int | None
    unit: str
    unit_label: str | Promise
    is_estimate: bool = False
    #: What the sections of a part count towards its limit; in words where the limit is in pages.
    elsewhere: int = 0

    @property
    def percent(self) -> int | None:
        """Share of the limit that is used, above 100 when the text is too long."""
        return None if self.limit is None else math.ceil(self.used * 100 / self.limit)

    @property
    def words_a_page(self) -> int:
        return WORDS_A_PAGE

    @property
    def bar(self) -> int:
        """Width of the meter."""
        return min(self.percent or 0, 100)

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.used > self.limit

    @property
    def excess(self) -> int:
        return max(self.used - self.limit, 0) if self.limit is not None else 0

    @property
    def tone(self) -> str:
        if self.is_over:
            return "bad"
        return "warn" if self.percent is not None and self.percent >= _NEARLY_FULL else "accent"


@dataclass(frozen=True)
class OutlineRow:
    section: Section
    number: str
    length: Length
    is_late: bool
    criteria: tuple[Criterion, ...] = ()
    #: The ways it may move in the outline (``dossier.places.Step``).
    steps: frozenset[str] = frozenset()
    open_comments: int = 0

    @property
    def is_part(self) -> bool:
        return self.section.parent_id is None

    @property
    def part(self) -> int:
        """What the rows of one part have in common."""
        return self.section.parent_id or self.section.pk

    @property
    def first_due_on(self) -> date | None:
        """The earliest date that was ever agreed, when it was moved since."""
        return getattr(self.section, "first_due_on", None)

    @property
    def tone(self) -> str:
        return TONES[Section.Status(self.section.status)]


def numbers(sections: Iterable[tuple[int, int | None]]) -> dict[int, str]:
    """Number (primary key, parent) pairs given in the order of the outline: 1, 1.1, 1.2, 2…"""
    found: dict[int, str] = {}
    part = chapter = 0
    for pk, parent_id in sections:
        if parent_id is None:
            part, chapter = part + 1, 0
            found[pk] = str(part)
        else:
            chapter += 1
            found[pk] = f"{part}.{chapter}"
    return found


def read_outline(candidacy: Candidacy) -> tuple[OutlineEntry, ...]:
    """Read the whole outline in one query, without its texts."""
    rows = list(
        candidacy.sections.in_outline_order().values_list(
            "pk", "parent_id", "public_id", "title", "word_count", "character_count", "status", named=False
        )
    )
    by_pk = numbers((pk, parent_id) for pk, parent_id, *_ in rows)
    return tuple(OutlineEntry(*row, by_pk[row[0]]) for row in rows)


def length_of(section: Section, entries: Iterable[OutlineEntry] = ()) -> Length:
    """Measure ``section`` in the unit of its limit; without a limit, its own text in words.

    The limit of a part holds for the sections in it too, which are found among ``entries``.
    """
    units = Section.LimitUnit
    unit = units(section.limit_unit) if section.limit_value else units.WORDS
    count = attrgetter("character_count" if unit == units.CHARACTERS else "word_count")
    inside = (entry for entry in entries if section.limit_value and entry.parent_id == section.pk)
    elsewhere = sum(map(count, inside))
    used = count(section) + elsewhere
    if unit == units.PAGES:
        pages = math.ceil(used / WORDS_A_PAGE)
        return Length(pages, section.limit_value, unit, _("pages"), is_estimate=True, elsewhere=elsewhere)
    return Length(used, section.limit_value, unit, unit.label, elsewhere=elsewhere)


def outline_rows(
    entries: Iterable[OutlineEntry],
    sections: Iterable[Section],
    *,
    today: date,
    open_comments: Mapping[int, int],
) -> tuple[OutlineRow, ...]:
    """Dress ``sections``, in outline order, with the numbers and the ways to move that the whole outline gives.

    ``open_comments`` counts, by primary key, the open threads that the reader of the page may read.
    """
    entries = tuple(entries)
    number_of = {entry.pk: entry.number for entry in entries}
    tree = Tree.of((entry.pk, entry.parent_id) for entry in entries)
    return tuple(
        OutlineRow(
            section=section,
            number=number_of[section.pk],
            length=length_of(section, entries),
            is_late=section.is_late(today),
            criteria=tuple(criterion for criterion, _proofs in section.proofs_by_criterion),
            steps=tree.steps(section.pk),
            open_comments=open_comments.get(section.pk, 0),
        )
        for section in sections
    )


def neighbours(
    shown: Sequence[OutlineEntry], section: Section
) -> tuple[OutlineEntry | None, OutlineEntry | None]:
    """Return what comes before and after ``section`` among those that are shown."""
    place = next(index for index, entry in enumerate(shown) if entry.pk == section.pk)
    before = shown[place - 1] if place else None
    after = shown[place + 1] if place + 1 < len(shown) else None
    return before, after
