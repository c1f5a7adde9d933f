"""On which page each piece of a document stands, as far as its pieces are laid out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.pdf.document import Document, Part, Place, Section
from core.pdf.frame import Entry, Sheet
from core.pdf.store import Piece


@dataclass(frozen=True, slots=True)
class Painted:
    """A piece of a part, and what is known of it."""

    part: Part
    section: Section
    facts: dict[str, Any]
    #: The number of the page that it begins on.
    first: int


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of ``document``, which is made of the ``pieces`` laid out so far, by the key of their part."""

    document: Document
    pieces: Mapping[str, list[Piece]]

    @property
    def front(self) -> tuple[str, ...]:
        """The keys of what comes before the parts."""
        return () if self.document.is_excerpt else ("cover", "contents")

    def sheets(self) -> list[Sheet]:
        """Return the different headers and footers, in the order of their first page."""
        return list(dict.fromkeys(self.sheet_of_each_page()))

    def sheet_of_each_page(self) -> Iterator[Sheet]:
        """Yield what surrounds each page after the cover; contents not yet painted are taken for one page."""
        running = {key: self.document.wording.contents for key in self.front if key == "contents"}
        running.update((part.key, part.title) for part in self.document.parts)
        for key, title in running.items():
            sizes = [(1, 2)]
            if key in self.pieces:
                flow = [piece.facts for piece in self.pieces[key]]
                sizes = [size for facts in flow for size in facts["pages"][facts["joins"] :]]
            for width, height in sizes:
                yield Sheet(title, is_wide=width > height)

    def page_count(self, key: str) -> int:
        """Return how many pages there are of what comes before the parts."""
        return sum(len(piece.facts["pages"]) for piece in self.pieces[key]) if key in self.front else 0

    def painted(self, contents_pages: int) -> Iterator[Painted]:
        """Yield what the parts are made of, with the number of the page that each piece begins on.

        A part that is not painted yet is taken for its heading on one page.
        """
        number = 1 + self.page_count("cover") + contents_pages
        for part in self.document.parts:
            if part.key not in self.pieces:
                yield Painted(part, part.opening, _guessed_facts(part), number)
                number += 1
                continue
            for section, piece in zip(part.pieces, self.pieces[part.key], strict=True):
                number -= piece.facts["joins"]
                yield Painted(part, section, piece.facts, number)
                number += len(piece.facts["pages"])

    def first_pages(self, contents_pages: int) -> dict[str, int]:
        first: dict[str, int] = {}
        for painted in self.painted(contents_pages):
            first.setdefault(painted.part.key, painted.first)
        return first

    def anchor_pages(self, contents_pages: int) -> dict[str, int]:
        pages: dict[str, int] = {}
        for painted in self.painted(contents_pages):
            for anchor, page in painted.facts["anchors"].items():
                pages.setdefault(anchor, painted.first + page)
        return pages

    def places(self, contents_pages: int) -> dict[str, Place]:
        return {
            heading["id"]: Place(
                painted.first + heading["page"],
                round(1 - heading["top"] / painted.facts["pages"][heading["page"]][1], 4),
            )
            for painted in self.painted(contents_pages)
            for heading in painted.facts["headings"]
        }

    def ends(self, contents_pages: int) -> dict[str, Place]:
        return {
            painted.part.key: Place(painted.first + len(painted.facts["pages"]) - 1, painted.facts["end"])
            for painted in self.painted(contents_pages)
        }

    def entries(self, contents_pages: int) -> list[Entry]:
        return [
            Entry(
                level=heading["level"],
                number=heading["number"],
                text=heading["text"],
                target=f"{painted.section.key}/{heading['id']}",
                page=painted.first + heading["page"],
            )
            for painted in self.painted(contents_pages)
            for heading in painted.facts["headings"]
            if heading["level"] <= self.document.contents_depth
        ]


def _guessed_facts(part: Part) -> dict[str, Any]:
    heading = {
        "level": 1,
        "id": part.anchor,
        "number": part.number,
        "text": " ".join(part.title.split()),
        "page": 0,
    }
    return {"headings": [heading], "anchors": {part.anchor: 0}}
