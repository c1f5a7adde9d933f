"""From the HTML that the library makes of a Word document to the tags of our rich text, and to its sections."""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

Element = Any  # lxml ships no types

#: The levels of heading that a text may have, below the title of its section.
_HIGHEST, _LOWEST = 2, 4
_NOTE = re.compile(r"\A#(?:foot|end)note-\d+\Z|\A#(?:foot|end)note-[^-]+\Z")
_LINK = re.compile(r"\A(?:https?://|mailto:)", re.IGNORECASE)
_CAPTION_LABEL = re.compile(
    r"\A\s*(?:figure|fig\.|illustration|photo(?:graphie)?|image|tableau|table|carte|graphique)\s*"
    r"\d+(?:[.\-]\d+)*\s*[.:–—-]?\s*",
    re.IGNORECASE,
)
_FIGURE_LABEL = re.compile(r"\A(?:figure|fig\.|illustration|photo|image|carte|graphique)\b", re.IGNORECASE)
_TABLE_LABEL = re.compile(r"\A(?:tableau|table)\b", re.IGNORECASE)
_TITLE_LENGTH = 200


@dataclass
class Entry:
    """A text under its title; depth 1 for a part, 2 for a section, 0 where there is only one text."""

    title: str
    depth: int
    blocks: list[Element] = field(default_factory=list)

    @property
    def html(self) -> str:
        return "".join(
            etree.tostring(block, encoding="unicode", method="html", with_tail=False) for block in self.blocks
        )


@dataclass
class Shaped:
    entries: list[Entry]
    facts: Counter[str]
    #: Words of the document that notices repeat, by code.
    quoted: dict[str, str]
    #: Whose each picture is, by the number of the picture, where its caption says so.
    credits: dict[str, str]


def shape(html: str, *, outline: bool) -> Shaped:
    """Return the one text of the document, or with ``outline`` its parts and sections."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
    root = etree.fromstring(f"<body>{html}</body>".encode(), parser)
    shaper = _Shaper(root)
    shaper.clean()
    entries = shaper.outline() if outline else [shaper.text()]
    return Shaped(entries, shaper.facts, shaper.quoted, shaper.credits)


class _Shaper:
    def __init__(self, root: Element) -> None:
        self.root = root
        self.facts: Counter[str] = Counter()
        self.quoted: dict[str, str] = {}
        self.credits: dict[str, str] = {}

    def clean(self) -> None:
        self._put_notes_in_place()
        self._leave_out("toc", "contents")
        self._leave_out("live", "live")
        self._mend_links()
        for name, code in (("s", "struck"), ("input", "boxes")):
            for element in list(self.root.iter(name)):
                self.facts[code] += 1
                _unwrap(element)
        self._flatten_tables()
        self._mend_cells()
        self._place_pictures()
        self._name_tables()
        for element in list(self.root.iter("span")):
            if element.get("class") != "footnote":
                _unwrap(element)

    # --- one text, or an outline -----------------------------------------------------------------------

    def text(self) -> Entry:
        """Return the whole document as one text. A first heading above all others is its title, which is told apart."""
        blocks = self._blocks()
        headings = [block for block in blocks if _level(block)]
        if (
            headings
            and headings[0] is blocks[0]
            and all(_level(other) > _level(headings[0]) for other in headings[1:])
        ):
            self.quoted["title"] = _words(blocks.pop(0))
            self.facts["title"] = 1
            headings.pop(0)
        top = min(map(_level, headings), default=_HIGHEST)
        self._set_levels(headings, shift=_HIGHEST - top)
        return Entry("", 0, blocks)

    def outline(self) -> list[Entry]:
        """Cut the document at its headings of the first two levels."""
        entries: list[Entry] = []
        before: list[Element] = []
        parts = sections = 0
        for block in self._blocks():
            level = 0 if block.get("class") == "title" else _level(block)
            if level == 1:
                parts, sections = parts + 1, 0
                entries.append(Entry(self._title(block, str(parts)), 1))
            elif level == 2 and entries:
                sections += 1
                entries.append(Entry(self._title(block, f"{parts}.{sections}"), 2))
            else:
                (entries[-1].blocks if entries else before).append(block)
        if before:
            self.facts["preamble"] = 1
            self.quoted["preamble"] = " ".join(filter(None, map(_words, before)))[:300]
        self._set_levels([block for entry in entries for block in entry.blocks if _level(block)], shift=-1)
        return entries

    def _blocks(self) -> list[Element]:
        """Return what stands at the top of the document; text between blocks does not occur."""
        blocks = list(self.root)
        return [block for block in blocks if not (_level(block) and not _words(block))]

    def _title(self, heading: Element, number: str) -> str:
        """Return the words of a heading, without the number that it would get here as well."""
        words = _words(heading)
        numbered = re.match(rf"{re.escape(number)}[.)]?[\s\u00a0]+(?=\S)", words)
        if numbered:
            words = words[numbered.end() :]
            self.facts["numbers"] += 1
        if len(words) > _TITLE_LENGTH:
            self.facts["long_titles"] += 1
            words = f"{words[: _TITLE_LENGTH - 1].rstrip()}…"
        return words

    def _set_levels(self, headings: list[Element], *, shift: int) -> None:
        for heading in headings:
            wanted = _level(heading) + shift
            level = min(max(wanted, _HIGHEST), _LOWEST)
            self.facts["levels"] += level != wanted
            heading.tag = f"h{level}"
            heading.attrib.clear()
            for strong in list(heading.iter("strong")):
                _unwrap(strong)  # a heading is bold by itself

    # --- what the parts of a text become --------------------------------------------------------------------

    def _put_notes_in_place(self) -> None:
        notes = {f"#{item.get('id')}": item for item in self.root.iter("li") if item.get("id")}
        for link in [link for link in self.root.iter("a") if _NOTE.match(link.get("href") or "")]:
            mark = link.getparent()
            note = notes.get(link.get("href"))
            if note is None or mark.tag != "sup":
                continue
            mark.tag = "span"
            mark.attrib.clear()
            mark.set("class", "footnote")
            mark.text = None
            mark.remove(link)
            _pour(note, mark)
            if not _words(mark):
                _remove(mark)
            self.facts["notes"] += 1
        for item in notes.values():
            parent = item.getparent()
            if parent is not None:
                parent.remove(item)
                if not len(parent):
                    _remove(parent)

    def _leave_out(self, mark: str, code: str) -> None:
        for element in [element for element in self.root.iter() if element.get("class") == mark]:
            self.facts[code] += 1
            _remove(element)

    def _mend_links(self) -> None:
        for link in list(self.root.iter("a")):
            href = link.get("href")
            link.attrib.clear()
            if href and _LINK.match(href) and (_words(link) or len(link)):
                link.set("href", href)
            else:
                self.facts["links"] += bool(href)
                _unwrap(link)

    def _flatten_tables(self) -> None:
        """A table in a cell of another becomes lines of text: nobody could read it aloud or on a telephone."""
        for table in [table for table in self.root.iter("table") if any(_ancestors(table, "table"))]:
            self.facts["nested_tables"] += 1
            for row in list(table.iter("tr")):
                line = etree.Element("p")
                line.text = " – ".join(filter(None, map(_words, row)))
                if line.text:
                    table.addprevious(line)
            _remove(table)
        for table in self.root.iter("table"):
            table.attrib.clear()
            rows = list(table.iter("tr"))
            if table.find("thead") is None and len(rows) > 1 and all(map(_words, rows[0])):
                self.facts["headless_tables"] += 1
                head = etree.Element("thead")
                table.insert(0, head)
                head.append(rows[0])
                for cell in rows[0]:
                    cell.tag = "th"

    def _mend_cells(self) -> None:
        for cell in [*self.root.iter("td"), *self.root.iter("th")]:
            children = list(cell)
            if children and children[0].get("class") == "row-header":
                cell.tag = "th"
            for child in children:
                if child.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
                    child.tag = "p"
                child.attrib.pop("class", None)
        for heading in [
            item for item in self.root.iter() if _level(item) and item.getparent() is not self.root
        ]:
            heading.tag = "p"
            heading.attrib.clear()

    def _place_pictures(self) -> None:
        """Make each picture a figure of its own, after the paragraph that it stood in, with the caption beside it."""
        for image in reversed(list(self.root.iter("img"))):
            source, alternative = image.get("src") or "", image.get("alt") or ""
            block = image
            while block.getparent() is not self.root and block.getparent().tag not in {
                "td",
                "th",
                "li",
                "blockquote",
            }:
                block = block.getparent()
            place = image if block is image else block
            figure = etree.Element("figure")
            if source:
                shown = etree.SubElement(figure, "img", src=source, alt=alternative)
                place.addnext(figure)
                figure.tail = None
                self._caption(figure, place, shown.get("src", ""))
            _remove(image)
            if block is not image and not _words(block) and not len(block):
                _remove(block)

    def _caption(self, figure: Element, place: Element, source: str) -> None:
        previous = place.getprevious() if not _words(place) else None
        for beside in (figure.getnext(), previous):
            if beside is not None and beside.get("class") == "caption" and not _names_a_table(beside):
                credit = "".join(
                    _words(part) for part in beside.iter("span") if part.get("class") == "credit"
                )
                if credit:
                    self.credits[source.removeprefix("picture:")] = credit
                written = self._without_label(beside, "figcaption")
                if _words(written):
                    figure.append(written)
                _remove(beside)
                return

    @staticmethod
    def _without_label(caption: Element, tag: str) -> Element:
        """Return a caption without its number, which is given anew, nor the credit, which belongs to the picture."""
        written = deepcopy(caption)
        written.tag, written.tail = tag, None
        written.attrib.clear()
        for part in [part for part in written.iter("span") if part.get("class") in {"credit", "label"}]:
            _remove(part)
        written.text = _CAPTION_LABEL.sub("", (written.text or "").lstrip(" "))
        last = written[-1] if len(written) else None
        if last is None:
            written.text = written.text.rstrip(" ")
        else:
            last.tail = (last.tail or "").rstrip(" ")
        return written

    def _name_tables(self) -> None:
        for table in list(self.root.iter("table")):
            for beside in (table.getprevious(), table.getnext()):
                if beside is not None and beside.get("class") == "caption":
                    table.insert(0, self._without_label(beside, "caption"))
                    _remove(beside)
                    break


def _names_a_table(caption: Element) -> bool:
    """Whether a caption that stands between a picture and a table is that of the table."""
    following = caption.getnext()
    if following is None or following.tag != "table":
        return False
    label = next((_words(part) for part in caption.iter() if part.get("class") == "label"), "")
    return bool(_TABLE_LABEL.match(label)) if label else not _FIGURE_LABEL.match(_words(caption))


def _level(element: Element) -> int:
    """Return the level of a heading, 0 for anything else."""
    tag = element.tag
    return int(tag[1]) if isinstance(tag, str) and re.fullmatch(r"h[1-6]", tag) else 0


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split(" ")).strip()


def _ancestors(element: Element, tag: str) -> Iterator[Element]:
    yield from element.iterancestors(tag)


def _remove(element: Element) -> None:
    """Take an element out; the text that follows it stays."""
    parent = element.getparent()
    tail = element.tail or ""
    previous = element.getprevious()
    if tail:
        if previous is not None:
            previous.tail = (previous.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)


def _unwrap(element: Element) -> None:
    """Put what an element holds in its place."""
    parent, previous = element.getparent(), element.getprevious()
    text = element.text or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + text
    else:
        parent.text = (parent.text or "") + text
    for child in list(element):
        element.addprevious(child)
    _remove(element)


def _pour(note: Element, mark: Element) -> None:
    """Write the paragraphs of a note into its mark, one after the other."""
    for back in [link for link in note.iter("a") if "-ref-" in (link.get("href") or "")]:
        _remove(back)
    for paragraph in [block for block in note if _words(block)]:
        copied = deepcopy(paragraph)
        lead = " " if len(mark) or mark.text else ""
        text = lead + (copied.text or "").lstrip()
        if len(mark):
            mark[-1].tail = (mark[-1].tail or "") + text
        else:
            mark.text = (mark.text or "") + text
        mark.extend(list(copied))
    if len(mark):
        mark[-1].tail = (mark[-1].tail or "").rstrip()
    elif mark.text:
        mark.text = mark.text.rstrip()
