"""Tables as Word wants them: every cell at its column, every column with its width."""

import re
from dataclasses import dataclass
from typing import Any

Element = Any  # lxml ships no types

_TEXT_WIDTH = 9300  # of a table, in twentieths of a point
_CHARACTER, _PADDING = 145, 190  # of a bold letter of a table, and on both sides of a cell
#: What XML cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Place:
    """One cell of the grid of a table; ``merge`` says how it goes on from the row above."""

    column: int
    span: int
    source: Element | None
    merge: str = ""


def lay_out(rows: list[Element]) -> list[list[Place]]:
    """Lay the cells of a table out on its columns, those that span rows repeated in each."""
    running: dict[int, tuple[int, int]] = {}  # by column: how many rows it still goes down, and its width
    grid: list[list[Place]] = []
    for row in rows:
        places: list[Place] = []
        column = 0
        below: dict[int, tuple[int, int]] = {}
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        while cells or column in running:
            if column in running:
                left, span = running[column]
                places.append(Place(column, span, None, "continue"))
            else:
                cell = cells.pop(0)
                left, span = _count(cell, "rowspan"), _count(cell, "colspan")
                places.append(Place(column, span, cell, "restart" if left > 1 else ""))
            if left > 1:
                below[column] = (left - 1, span)
            column += span
        running = below
        grid.append(places)
    return grid


def _count(cell: Element, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() else 1


def share_width(grid: list[list[Place]]) -> list[int]:
    """Give each column the room of its longest word, then share what is left by the length of the texts."""
    columns = max((place.column + place.span for row in grid for place in row), default=1)
    least, wanted = [_PADDING + 4 * _CHARACTER] * columns, [1] * columns
    for row in grid:
        for place in row:
            if place.span == 1 and place.source is not None:
                words = words_of(place.source)
                longest = max(map(len, words.split(" ")), default=0)
                least[place.column] = max(least[place.column], _PADDING + longest * _CHARACTER)
                wanted[place.column] = max(wanted[place.column], min(len(words), 60))
    if sum(least) >= _TEXT_WIDTH:
        return [_TEXT_WIDTH * width // sum(least) for width in least]
    left = _TEXT_WIDTH - sum(least)
    return [width + left * want // sum(wanted) for width, want in zip(least, wanted, strict=True)]


def words_of(element: Element) -> str:
    return " ".join(plain(element.text_content()).split())


def plain(text: str | None) -> str:
    """Return the text as one line, without what XML cannot hold; no-break spaces stay."""
    return re.sub(r"[ \t\r\n]+", " ", _CONTROL.sub("", text or ""))
