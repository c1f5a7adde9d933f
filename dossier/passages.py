"""Passages of a text: found again by their words in whatever the text has become, and marked for reading.

Places are compared without their blanks, so that a passage taken from a browser, typed by hand or read in the
markup is the same passage. Nothing here writes: marks are put into the page that is read, never into the section.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape, unescape
from itertools import pairwise
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from dossier.models.comments import CONTEXT

#: A passage is recognised by so many characters at least, its own or those around it.
_RECOGNISABLE = 24
#: How alike the words between the same neighbours must be to count as the same passage, rewritten.
_ALIKE = 0.6

_TOKEN = re.compile(r'<(?P<close>/?)(?P<tag>[a-zA-Z0-9]+)(?:"[^"]*"|[^">])*>|[^<]+|<')
_BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "li", "td", "th", "caption", "figcaption", "blockquote", "tr", "br", "hr"}
)
_ALIKE_SIGNS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "‑": "-"})  # noqa: RUF001
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


class Anchor(NamedTuple):
    """The words of a passage and those around it."""

    quote: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Place:
    """Where a passage stands in a `ReadText`, and whether its words changed since they were quoted."""

    start: int
    end: int
    is_changed: bool = False


#: A passage to mark: where it stands, the key of its thread, and the number that names it on the page.
Marked = tuple[Place, str, int]


class _Run(NamedTuple):
    """A stretch of text of the markup: where it stands there, and what it reads as from ``first`` on."""

    start: int
    end: int
    first: int
    text: str
    is_in_link: bool


def fold(text: str) -> str:
    """Return ``text`` as passages are compared: no blanks, no case, one apostrophe."""
    return "".join(_folded(character) for character in text)


def _folded(character: str) -> str:
    if character.isspace() or character in _UNSEEN:
        return ""
    lowered = character.translate(_ALIKE_SIGNS).lower()
    return lowered if len(lowered) == 1 else character


class ReadText:
    """The words of cleaned HTML, each character knowing where it stands in the markup."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.runs: list[_Run] = []
        words: list[str] = []
        length = links = 0
        for token in _TOKEN.finditer(html):
            tag = (token["tag"] or "").lower()
            if tag == "a":
                links += -1 if token["close"] else 1
                if not links:
                    self.runs.append(_Run(token.end(), token.end(), length, "", is_in_link=False))
            if tag:
                text = " " if tag in _BLOCKS else ""
            else:
                text = unescape(token[0])
                self.runs.append(_Run(token.start(), token.end(), length, text, is_in_link=links > 0))
            words.append(text)
            length += len(text)
        self.text = "".join(words)
        self._kept = [index for index, character in enumerate(self.text) if _folded(character)]
        self._folded = "".join(_folded(self.text[index]) for index in self._kept)

    def find(self, anchor: Anchor) -> Place | None:
        """Find the passage of ``anchor``, by its words or, where they were rewritten, by its neighbours."""
        quote, before, after = (fold(part) for part in anchor)
        if not quote:
            return None
        start = self._best(quote, before, after)
        if start is not None:
            return self._place(start, start + len(quote))
        rewritten = self._between(quote, before, after)
        return None if rewritten is None else self._place(*rewritten, is_changed=True)

    def anchor(self, place: Place) -> Anchor:
        """Quote what stands at ``place``, with its neighbours."""
        return Anchor(
            _squeezed(self.text[place.start : place.end]),
            _squeezed(self.text[: place.start][-2 * CONTEXT :])[-CONTEXT:],
            _squeezed(self.text[place.end :][: 2 * CONTEXT])[:CONTEXT],
        )

    def marked(self, places: Iterable[Marked]) -> SafeString:
        """Return the HTML with a mark over each place, and a numbered link to the thread ``key`` at its end."""
        shown = sorted(places, key=lambda item: (item[0].end, item[2]))
        waiting = deque(shown)
        parts: list[str] = []
        position = 0
        for run in self.runs:
            last = run.first + len(run.text)
            parts.append(self.html[position : run.start])
            position = run.start
            if any(place.start < last and place.end > run.first for place, _key, _number in shown):
                parts += _marked_run(run, shown, waiting)
                position = run.end
            elif not run.text:
                parts += _links(waiting, last)
        parts.append(self.html[position:])
        return mark_safe("".join(parts))  # noqa: S308 -- cleaned HTML, with our own marks around escaped text

    def _place(self, start: int, end: int, *, is_changed: bool = False) -> Place:
        return Place(self._kept[start], self._kept[end - 1] + 1, is_changed)

    def _best(self, quote: str, before: str, after: str) -> int | None:
        """Return where ``quote`` stands, among the same words the place whose neighbours agree most."""
        best, most = None, -1
        wanted = min(len(before) + len(after), max(_RECOGNISABLE - len(quote), 0))
        for start in _occurrences(self._folded, quote):
            agreement = _shared_end(self._folded[:start][-CONTEXT:], before) + _shared_start(
                self._folded[start + len(quote) :][:CONTEXT], after
            )
            if agreement >= wanted and agreement > most:
                best, most = start, agreement
        return best

    def _between(self, quote: str, before: str, after: str) -> tuple[int, int] | None:
        """Return what now stands between the neighbours of a passage, when it is still much like it."""
        head, tail = before[-_RECOGNISABLE:], after[:_RECOGNISABLE]
        if len(head) + len(tail) < _RECOGNISABLE:
            return None
        # Nothing before or after: the passage began or ended the text.
        for place in _occurrences(self._folded, head) if head else (0,):
            start = place + len(head)
            end = (
                self._folded.find(tail, start, start + 2 * len(quote) + len(tail))
                if tail
                else len(self._folded)
            )
            if end > start and _are_alike(quote, self._folded[start:end]):
                return start, end
        return None


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _occurrences(text: str, part: str) -> Iterator[int]:
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _shared_end(one: str, other: str) -> int:
    return _shared_start(one[::-1], other[::-1])


def _shared_start(one: str, other: str) -> int:
    return next(
        (index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _are_alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _marked_run(run: _Run, shown: Sequence[Marked], waiting: deque[Marked]) -> Iterator[str]:
    """Mark the pieces of ``run`` that lie in a passage. A link cannot stand inside another: it waits for its end."""
    last = run.first + len(run.text)
    edges = {edge for place, _key, _number in shown for edge in (place.start, place.end)}
    cuts = [run.first, *sorted(edge for edge in edges if run.first < edge < last), last]
    for start, end in pairwise(cuts):
        yield _mark(run.text[start - run.first : end - run.first], start, end, shown)
        if not run.is_in_link:
            yield from _links(waiting, end)


def _mark(text: str, start: int, end: int, shown: Iterable[Marked]) -> str:
    """Mark a piece of text that lies in a passage; blanks alone may stand where no mark may, as between two rows."""
    markup = escape(text, quote=False)
    keys = [key for place, key, _number in shown if place.start < end and place.end > start]
    if not keys or not text.strip():
        return markup
    return f'<mark class="passage" data-threads="{" ".join(keys)}">{markup}</mark>'


def _links(waiting: deque[Marked], reached: int) -> Iterator[str]:
    """Write the links of the passages that ended before ``reached``, once each."""
    while waiting and waiting[0][0].end <= reached:
        _place, key, number = waiting.popleft()
        label = _("Commentaire %(number)d") % {"number": number}
        yield (
            f'<a class="passage-link" id="passage-{key}" href="#fil-{key}" data-number="{number}"'
            f' aria-label="{label}"></a>'
        )
