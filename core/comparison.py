"""Two rich texts side by side: what was inserted and deleted, and both people's changes brought together.

A text is a row of blocks (paragraphs, headings, lists, tables, figures). Blocks are matched first, then the items
and rows inside them, then their words: a change stays where it is and never breaks the markup around it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lxml import html as lxml_html
from lxml.html.diff import htmldiff

from core.richtext import render_comparison, sanitise, to_plain_text

_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tr"})
#: Where an element holds one of these, its parts are compared one by one; in all others, words are.
_BLOCKS = _TABLE_PARTS | {
    *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "figure", "hr", "img"),
    *("td", "th", "caption", "figcaption"),
}

#: Below this share of common words, two blocks are not two states of the same one.
_LIKENESS = 0.4
#: Pairs of blocks, and pairs of words, that are looked at before giving up on a finer answer.
_BLOCK_PAIRS = 2_500
_WORD_PAIRS = 60_000_000

#: What says that a block changed.
_CHANGES = ("<ins>", "<del>", '<p class="picture-change"')

#: A place that names something, as it is stored and as a word.
_MENTION = re.compile(r'<span (data-[a-z-]+)="([0-9a-f-]{36})"></span>')
_DISGUISED = re.compile("\ue000(data-[a-z-]+):([0-9a-f-]{36})\ue001")

#: No-break spaces are not blanks: somebody put them there.
_BLANKS = re.compile(r"[ \t\n\r\f]+")

Element = Any  # lxml ships no types


@dataclass
class Effort:
    """How many pairs of words may still be looked at: a page is not worth a minute of the server."""

    left: int = _WORD_PAIRS

    def allows(self, before: str, after: str) -> bool:
        pairs = (before.count(" ") + 1) * (after.count(" ") + 1)
        if pairs > self.left:
            return False
        self.left -= pairs
        return True


@dataclass(frozen=True)
class Stretch:
    """Blocks that follow each other and are all changed, or all as they were."""

    html: SafeString
    block_count: int
    is_changed: bool

    @property
    def is_long(self) -> bool:
        """Whether it may be folded away: it says nothing of what changed."""
        return not self.is_changed and self.block_count > 1


@dataclass(frozen=True)
class Comparison:
    """The later text, with what it adds to the earlier one in ``ins`` and what it leaves out in ``del``."""

    stretches: tuple[Stretch, ...]
    is_same: bool

    @property
    def is_only_dress(self) -> bool:
        """Whether all the words are the same: bold, italics and the like are not marked."""
        return not self.is_same and not any(stretch.is_changed for stretch in self.stretches)


def compare(before: str, after: str, effort: Effort | None = None) -> Comparison:
    """Compare two texts; those of one page share one ``effort``."""
    old, new = _read(before), _read(after)
    is_same = _write(old) == _write(new)
    blocks = _compare_children(old, new, effort or Effort())
    stretches = []
    for is_changed, group in groupby(blocks, key=lambda block: any(sign in block for sign in _CHANGES)):
        found = list(group)
        stretches.append(Stretch(render_comparison("".join(found)), len(found), is_changed))
    return Comparison(tuple(stretches), is_same)


@dataclass(frozen=True)
class Merge:
    """Two people's changes of one text, and how many passages both of them rewrote."""

    body: str
    clash_count: int = 0


def merge(*, base: str, theirs: str, mine: str) -> Merge:
    """Bring the changes that ``theirs`` and ``mine`` make to ``base`` together, block by block.

    A passage that both rewrote is kept twice, theirs then mine: only a person can tell which one goes.
    """
    originals, their_blocks, my_blocks = (list(_read(text)) for text in (base, theirs, mine))
    merged: list[str] = []
    clash_count = 0
    for original, their_part, my_part in _regions(originals, their_blocks, my_blocks):
        if my_part in (original, their_part):
            merged += their_part
        elif their_part == original:
            merged += my_part
        else:
            merged += their_part + my_part
            clash_count += bool(original)
    return Merge(sanitise("".join(merged)), clash_count)


def _regions(
    originals: list[Element], theirs: list[Element], mine: list[Element]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Cut three texts around each block that is still in all of them, changed or not."""
    base, their_text, my_text = ([_write(block) for block in blocks] for blocks in (originals, theirs, mine))
    their_places, my_places = (dict(_counterparts(originals, other)) for other in (theirs, mine))
    at_base = at_theirs = at_mine = 0
    for place, block in enumerate(base):
        in_theirs, in_mine = their_places.get(place), my_places.get(place)
        if in_theirs is None or in_mine is None:
            continue
        yield base[at_base:place], their_text[at_theirs:in_theirs], my_text[at_mine:in_mine]
        yield [block], [their_text[in_theirs]], [my_text[in_mine]]
        at_base, at_theirs, at_mine = place + 1, in_theirs + 1, in_mine + 1
    yield base[at_base:], their_text[at_theirs:], my_text[at_mine:]


def _compare_children(before: Element, after: Element, effort: Effort) -> Iterator[str]:
    """Write the children of ``after``, and where they stood those of ``before`` that are gone."""
    old, new = list(before), list(after)
    at_old = at_new = 0
    for in_old, in_new in [*_counterparts(old, new), (len(old), len(new))]:
        yield from (_mark(child, "del") for child in old[at_old:in_old])
        yield from (_mark(child, "ins") for child in new[at_new:in_new])
        if in_new < len(new):
            yield _compare_elements(old[in_old], new[in_new], effort)
        at_old, at_new = in_old + 1, in_new + 1


def _compare_elements(before: Element, after: Element, effort: Effort) -> str:
    if _write(before) == _write(after):
        return _write(after)
    if before.tag == after.tag == "img":
        return _compare_pictures(before, after)
    if _is_figure(before) and _is_figure(after):
        return _compare_figures(before, after, effort)
    if _is_holder(before) or _is_holder(after):
        return _tagged(after, "".join(_compare_children(_open(before), _open(after), effort)))
    return _tagged(after, _compare_words(_inside(before), _inside(after), effort))


def _compare_pictures(before: Element, after: Element) -> str:
    """Show a picture that another one replaced before that one; the address is what tells them apart."""
    if before.get("src") == after.get("src"):
        return _write(after)
    return _mark(before, "del") + _mark(after, "ins")


def _compare_figures(before: Element, after: Element, effort: Effort) -> str:
    """Show a figure with what became of its picture, of the text that describes it and of its caption."""
    (old, old_caption), (new, new_caption) = _parts(before), _parts(after)
    is_same_picture = old.get("src") == new.get("src")
    alternatives = [str(image.get("alt") or "") for image in (old, new)]
    told: list[str] = []
    if not is_same_picture:
        told.append(_("image remplacée"))
    elif alternatives[0] != alternatives[1]:
        former, current = (escape(text or _("décorative")) for text in alternatives)
        told.append(_("texte alternatif modifié") + f"\u00a0: <del>{former}</del> <ins>{current}</ins>")
    if old_caption is None:
        caption = _mark(new_caption, "ins") if new_caption is not None else ""
        told += [_("légende ajoutée")] if caption else []
    elif new_caption is None:
        caption = _mark(old_caption, "del")
        told.append(_("légende retirée"))
    else:
        caption = _compare_elements(old_caption, new_caption, effort)
        told += [_("légende modifiée")] if _write(old_caption) != _write(new_caption) else []
    return _tagged(after, _note(told) + _compare_pictures(old, new) + caption)


def _note(told: list[str]) -> str:
    """Write what became of a picture as a line of the page, not of the text."""
    if not told:
        return ""
    line = ", ".join(told)
    return f'<p class="picture-change" lang="{get_language()}">{line[0].upper()}{line[1:]}</p>'


def _parts(figure: Element) -> tuple[Element, Element | None]:
    return figure.find("img"), figure.find("figcaption")


def _is_figure(element: Element) -> bool:
    """Whether ``element`` is a picture with its caption, as the editor makes it."""
    return element.tag == "figure" and [child.tag for child in element] in (["img"], ["img", "figcaption"])


def _compare_words(before: str, after: str, effort: Effort) -> str:
    if before == after:
        return after
    if not before.strip() or not after.strip() or not effort.allows(before, after):
        return _wrap(before, "del") + _wrap(after, "ins")
    compared: str = htmldiff(_disguised(before), _disguised(after))
    return _DISGUISED.sub(r'<span \1="\2"></span>', compared.replace("<a data-href=", "<a href="))


def _disguised(words: str) -> str:
    """Return ``words`` as the library compares them best.

    It would tell of a link that changed in English words of its own, and takes a place that names something, and holds
    nothing, for no word.
    """
    return _MENTION.sub("\ue000\\1:\\2\ue001", words.replace("<a href=", "<a data-href="))


def _counterparts(before: list[Element], after: list[Element]) -> list[tuple[int, int]]:
    """Pair the places of what is the same block in both rows, changed or not, in their common order."""
    old, new = [_write(block) for block in before], [_write(block) for block in after]
    pairs: list[tuple[int, int]] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            pairs += zip(range(old_from, old_to), range(new_from, new_to), strict=True)
        elif kind == "replace":
            found = _alike(before[old_from:old_to], after[new_from:new_to])
            pairs += [(old_from + in_old, new_from + in_new) for in_old, in_new in found]
    return pairs


def _alike(before: list[Element], after: list[Element]) -> list[tuple[int, int]]:
    """Pair the blocks that resemble each other most, without crossing."""
    if len(before) == len(after) and all(
        old.tag == new.tag != "p" for old, new in zip(before, after, strict=True)
    ):
        return [(place, place) for place in range(len(before))]
    if len(before) * len(after) > _BLOCK_PAIRS:
        return []
    old_words, new_words = (
        [Counter(to_plain_text(_write(block)).split()) for block in blocks] for blocks in (before, after)
    )
    best: list[list[float]] = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    likeness = [
        [_likeness(before[i], after[j], old_words[i], new_words[j]) for j in range(len(after))]
        for i in range(len(before))
    ]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            together = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] >= _LIKENESS else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    return list(_walk(best, likeness))


def _walk(best: list[list[float]], likeness: list[list[float]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(likeness) and j < len(likeness[i]):
        if likeness[i][j] >= _LIKENESS and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1


def _likeness(old: Element, new: Element, old_words: Counter[str], new_words: Counter[str]) -> float:
    if _is_figure(old) and _is_figure(new) and old[0].get("src") == new[0].get("src"):
        return 1.0
    total = old_words.total() + new_words.total()
    if old.tag != new.tag or not total:
        return 0.0
    return 2 * (old_words & new_words).total() / total


def _mark(element: Element, mark: str) -> str:
    """Write ``element`` with all that it says inside ``mark``, which never stands between a list and its items."""
    if element.tag in {"img", "hr"}:
        return f"<{mark}>{_write(element)}</{mark}>"
    if _is_figure(element):
        told = _("image ajoutée") if mark == "ins" else _("image retirée")
        return _tagged(element, _note([told]) + "".join(_mark(child, mark) for child in element))
    if _is_holder(element):
        return _tagged(element, "".join(_mark(child, mark) for child in _open(element)))
    return _tagged(element, _wrap(_inside(element), mark))


def _wrap(inner: str, mark: str) -> str:
    return f"<{mark}>{inner}</{mark}>" if inner.strip() else inner


def _tagged(element: Element, inner: str) -> str:
    """Write ``element`` with ``inner`` for its contents."""
    shell = copy(element)
    del shell[:]
    shell.text, shell.tail = "", None
    opening, _void, closing = _write(shell).rpartition("</")
    return f"{opening}{inner}</{closing}"


def _read(text: str) -> Element:
    return _parse(sanitise(text))


def _parse(clean: str) -> Element:
    """Read cleaned markup; loose words between blocks become paragraphs."""
    body = lxml_html.fragment_fromstring(clean, create_parent="body")
    _tidy(body)
    loose = lxml_html.Element("p")
    loose.text, body.text = body.text, None
    for child in list(body):
        if child.tag in _BLOCKS:
            if _inside(loose).strip():
                child.addprevious(loose)
            loose = lxml_html.Element("p")
            loose.text, child.tail = child.tail, None
        else:
            loose.append(child)
    if _inside(loose).strip():
        body.append(loose)
    return body


def _tidy(body: Element) -> None:
    """Take out the blanks that no reader sees: an editor rewrites them as it likes, and nobody changed anything."""
    for element in body.iter():
        element.text = _BLANKS.sub(" ", element.text) if element.text else None
        element.tail = _BLANKS.sub(" ", element.tail) if element.tail else None
    for block in body.iter(*_BLOCKS):
        block.tail = block.tail.lstrip(" ") if block.tail else None
        block.text = block.text.lstrip(" ") if block.text else None
        before, parent = block.getprevious(), block.getparent()
        if before is not None:
            before.tail = before.tail.rstrip(" ") if before.tail else None
        elif parent is not None and parent.text:
            parent.text = parent.text.rstrip(" ")
        if len(block):
            block[-1].tail = block[-1].tail.rstrip(" ") if block[-1].tail else None
        elif block.text:
            block.text = block.text.rstrip(" ")


def _open(element: Element) -> Element:
    """Return ``element`` as the row of blocks that it holds."""
    return element if element.tag in _TABLE_PARTS else _parse(_inside(element))


def _is_holder(element: Element) -> bool:
    return element.tag in _TABLE_PARTS or any(child.tag in _BLOCKS for child in element)


def _write(element: Element) -> str:
    written: str = lxml_html.tostring(element, encoding="unicode", with_tail=False)
    return written


def _inside(element: Element) -> str:
    """Write what ``element`` holds."""
    children = (lxml_html.tostring(child, encoding="unicode") for child in element)
    return escape(element.text or "", quote=False) + "".join(children)
