"""What taking up a Word document would do to the dossier as it stands now: the preview, and what is then written."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from html import unescape

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.richtext import to_plain_text
from dossier.models import Section, WordImport
from dossier.tables import with_identities

_QUOTES = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u202f": " "})


class Deed(StrEnum):
    """What becomes of one text of the document."""

    CREATE = "create"
    REPLACE = "replace"
    FILL = "fill"
    SAME = "same"
    EMPTY = "empty"
    CLOSED = "closed"

    @property
    def label(self) -> str | Promise:
        return _DEEDS[self][0]

    @property
    def tone(self) -> str:
        return _DEEDS[self][1]

    @property
    def writes(self) -> bool:
        return self in {Deed.CREATE, Deed.REPLACE, Deed.FILL}


_DEEDS: dict[Deed, tuple[str | Promise, str]] = {
    Deed.CREATE: (_("sera créée"), "good"),
    Deed.REPLACE: (_("texte remplacé"), "warn"),
    Deed.FILL: (_("texte ajouté"), "good"),
    Deed.SAME: (_("inchangée"), "info"),
    Deed.EMPTY: (_("rien à reprendre"), "info"),
    Deed.CLOSED: (_("validée : laissée telle quelle"), "warn"),
}


@dataclass(frozen=True)
class PlannedText:
    """One text of the document, and the section that it goes to, if there is one already."""

    title: str
    depth: int
    html: str
    section: Section | None
    deed: Deed
    is_too_long: bool = False

    @property
    def is_part(self) -> bool:
        return self.depth == 1

    @cached_property
    def word_count(self) -> int:
        words = unescape(to_plain_text(self.html)).split()
        return sum(any(map(str.isalnum, word)) for word in words)


@dataclass(frozen=True)
class ImportPlan:
    texts: tuple[PlannedText, ...]

    def count(self, *deeds: Deed) -> int:
        return sum(text.deed in deeds for text in self.texts)

    @property
    def created(self) -> int:
        return self.count(Deed.CREATE)

    @property
    def replaced(self) -> int:
        return self.count(Deed.REPLACE)

    @property
    def filled(self) -> int:
        return self.count(Deed.FILL)

    @property
    def closed(self) -> int:
        return self.count(Deed.CLOSED)

    @property
    def writes(self) -> bool:
        return any(text.deed.writes for text in self.texts)

    @property
    def too_long(self) -> tuple[PlannedText, ...]:
        return tuple(text for text in self.texts if text.is_too_long)

    @property
    def seen(self) -> str:
        """Return a digest of what the preview says: a plan with another one has not been seen."""
        said = [
            [
                text.title,
                text.deed,
                text.section.pk if text.section else 0,
                text.section.revision if text.section else 0,
            ]
            for text in self.texts
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def plan_import(word_import: WordImport, *, max_characters: int) -> ImportPlan:
    """Compare what was read with the dossier, in one query."""
    if word_import.section_id is not None:
        section = Section.objects.get(pk=word_import.section_id)
        texts = [_planned(entry, section, max_characters) for entry in word_import.entries]
        return ImportPlan(tuple(texts))
    sections = list(word_import.candidacy.sections.in_outline_order())
    return ImportPlan(tuple(_matched(word_import.entries, sections, max_characters)))


def _matched(
    entries: list[dict[str, str | int]], sections: list[Section], max_characters: int
) -> Iterable[PlannedText]:
    """Find each part by its title, and each section by its title within its part; each is taken once."""
    free = {(section.parent_id, _folded(section.title)): section for section in reversed(sections)}
    part: Section | None = None
    for entry in entries:
        title = _folded(str(entry["title"]))
        if entry["depth"] == 1:
            section = part = free.pop((None, title), None)
        else:
            section = free.pop((part.pk, title), None) if part else None
        yield _planned(entry, section, max_characters)


def _planned(entry: dict[str, str | int], section: Section | None, max_characters: int) -> PlannedText:
    html = str(entry["html"])
    return PlannedText(
        title=str(entry["title"]) or (section.title if section else ""),
        depth=int(entry["depth"]),
        html=html,
        section=section,
        deed=_deed(html, section),
        is_too_long=len(html) > max_characters,
    )


def _deed(html: str, section: Section | None) -> Deed:
    if section is None:
        return Deed.CREATE
    if not html:
        return Deed.EMPTY
    if section.body in {html, with_identities(html, former=section.body, space=section.public_id)}:
        return Deed.SAME
    if section.is_closed:
        return Deed.CLOSED
    return Deed.REPLACE if section.body else Deed.FILL


def _folded(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).translate(_QUOTES).casefold().split())
