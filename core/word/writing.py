"""Writes rich text as a Word document with real styles: headings, lists, tables, notes and pictures that are named."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu
from lxml import etree
from lxml import html as markup

from core.whole_pictures import is_whole
from core.word import marks
from core.word.grid import Place, lay_out, plain, share_width, words_of
from core.word.package import (
    FOOTNOTE_MARK,
    FOOTNOTE_TEXT,
    TABLE,
    TABLE_CELL,
    TABLE_HEADER,
    name_document,
    new_document,
    write_package,
)

Element = Any  # lxml ships no types

_MAX_WIDTH, _MAX_HEIGHT = Cm(16.4), Cm(20)
_MARKS = {"strong": "w:b", "b": "w:b", "em": "w:i", "i": "w:i"}
_RAISED = {"sub": "subscript", "sup": "superscript"}
_BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "h5", "ul", "ol", "blockquote", "hr", "figure", "table", "div", "section"}
)
#: What an item or a cell holds beside its words, and is written after them.
_APART = frozenset({"ul", "ol", "figure"})
#: What is written on the line of what holds it, where Word has no place for it.
_SPACED = (_BLOCKS - _APART) | {"tr", "td", "th", "caption"}
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)


@dataclass(frozen=True)
class Illustration:
    content: bytes
    alternative: str
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class _Look:
    """How runs are written: inside bold, italics, a note or a link."""

    properties: tuple[str, ...] = ()
    raised: str = ""
    style: str = ""

    def with_(self, tag: str) -> "_Look":
        if tag in _MARKS:
            return _Look((*self.properties, _MARKS[tag]), self.raised, self.style)
        return _Look(self.properties, _RAISED.get(tag, self.raised), self.style)


class WordWriter:
    """One document, written from its first page to its last.

    ``illustrate`` turns the address of a picture into what it shows, or into None where it is gone; ``figure_label``
    has a place for the number of a figure, and ``table_label`` says what stands before the title of a table.
    """

    def __init__(
        self,
        *,
        language: str,
        accent: str,
        illustrate: Callable[[str], Illustration | None],
        missing: str,
        figure_label: str,
        table_label: Callable[[int], str],
    ) -> None:
        self.document = new_document(language=language, accent=accent)
        self.illustrate, self.missing = illustrate, missing
        self.figure_label, self.table_label = figure_label, table_label
        self._figures = self._tables = 0
        self._end: Element = self.document.element.body.sectPr
        self._ids = {style.name: style.style_id for style in self.document.styles}
        self._notes = parse_xml(f"<w:footnotes {nsdecls('w', 'r')}>{_SEPARATORS}</w:footnotes>")
        self._notes_part = Part(
            PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, b"", self.document.part.package
        )
        self._numbering: Element = self.document.part.numbering_part.element
        self._live = False

    # --- pages --------------------------------------------------------------------------------------------

    def frame(self, *, header: str, footer: str) -> None:
        """Write what every page but the first repeats, with the number of the page."""
        section = self.document.sections[0]
        section.header.paragraphs[0].text = plain(header)
        foot = section.footer.paragraphs[0]
        foot.text = f"{plain(footer)}\t\t"
        _field(foot._p, "PAGE", "1")  # noqa: SLF001 -- the library names no fields
        first = section.first_page_footer.paragraphs[0]
        first.text = plain(footer)

    def paragraph(self, text: str, style: str = "Normal") -> None:
        self._run(self._add("Normal" if style not in self._ids else style), text, _Look())

    def heading(self, text: str, level: int, *, new_page: bool = False) -> None:
        paragraph = self._add(f"Heading {level}")
        if new_page:
            _sub(paragraph.get_or_add_pPr(), "w:pageBreakBefore")
        self._run(paragraph, text, _Look())

    def contents(self, title: str, entries: Iterable[tuple[int, str]]) -> None:
        """Write the table of contents: a field that Word fills with pages, and meanwhile the titles."""
        heading = self._add("TOC Heading")
        _sub(heading.get_or_add_pPr(), "w:pageBreakBefore")
        self._run(heading, title, _Look())
        lines = [self._line(level, text) for level, text in entries]
        if lines:
            begin = _field_marks(lines[0], r'TOC \o "1-2" \h \z \u')
            for mark in reversed(begin):
                properties = lines[0].pPr
                properties.addnext(mark)
            run = _sub(lines[-1], "w:r")
            _sub(run, "w:fldChar", fldCharType="end")

    def _line(self, level: int, text: str) -> Element:
        paragraph = self._add(f"toc {level}")
        self._run(paragraph, text, _Look())
        return paragraph

    # --- texts --------------------------------------------------------------------------------------------

    def rich_text(self, html: str, *, shift: int = 0) -> None:
        """Write a text of ours, its headings ``shift`` levels deeper."""
        self._blocks(_parsed(html), shift=shift)

    def live_text(self, html: str) -> None:
        """Write what the application makes of its data, under styles that say so."""
        self._live = True
        self._blocks(_parsed(html), shift=0)
        self._live = False

    def content(self, *, title: str, author: str, subject: str, dated: datetime) -> bytes:
        self._notes_part._blob = _serialised(self._notes)  # noqa: SLF001 -- the library has no notes of its own
        self.document.part.relate_to(self._notes_part, RELATIONSHIP_TYPE.FOOTNOTES)
        name_document(self.document, title=title, author=author, subject=subject, dated=dated)
        return write_package(self.document)

    def _blocks(self, parent: Element, *, shift: int, style: str = "Normal") -> None:
        loose = _text_of(parent.text)
        for block in parent:
            if block.tag in _BLOCKS:
                self._loose(loose, style)
                self._block(block, shift=shift, style=style)
                loose = _text_of(block.tail)
            else:
                loose.append(deepcopy(block))
        self._loose(loose, style)

    def _loose(self, words: Element, style: str) -> None:
        """Write what stands between two blocks, if anything, as a paragraph."""
        if words_of(words) or len(words):
            self._inline(self._add(self._style(style)), words)

    def _block(self, block: Element, *, shift: int, style: str) -> None:
        tag = block.tag
        if tag in {"ul", "ol"}:
            self._list(block, 0)
        elif tag == "blockquote":
            self._blocks(block, shift=shift, style="Quote")
        elif tag == "figure":
            self._figure(block)
        elif tag == "table":
            self._table(block)
        elif tag == "hr":
            self._add(marks.RULE)
        elif tag in {"div", "section"}:
            self._blocks(block, shift=shift, style=style)
        elif tag == "p":
            self._inline(self._add(self._style(style)), block)
        else:
            level = min(int(tag[1]) + shift, 5)
            self._inline(self._add(marks.LIVE_HEADING if self._live else f"Heading {level}"), block)

    def _style(self, style: str) -> str:
        return marks.LIVE_TEXT if self._live and style == "Normal" else style

    def _inline(self, paragraph: Element, node: Element, look: _Look = _Look()) -> None:
        self._run(paragraph, node.text, look)
        for child in node:
            if child.tag == "br":
                _sub(_sub(paragraph, "w:r"), "w:br")
            elif child.tag == "span" and child.get("class") == "footnote":
                self._note(paragraph, child)
            elif child.tag == "a" and child.get("href"):
                self._link(paragraph, child, look)
            elif child.tag == "img":
                self._picture(paragraph, child)
            elif child.get("class") == "detail":
                _sub(_sub(paragraph, "w:r"), "w:br")
                self._inline(paragraph, child, look)
            elif child.tag not in _APART:
                self._run(paragraph, " " if child.tag in _SPACED else "", look)
                self._inline(paragraph, child, look.with_(child.tag))
            self._run(paragraph, child.tail, look)

    def _run(self, paragraph: Element, text: str | None, look: _Look) -> None:
        shown = plain(text)
        if not shown:
            return
        run = _sub(paragraph, "w:r")
        if look.properties or look.raised or look.style:
            properties = _sub(run, "w:rPr")
            if look.style:
                _sub(properties, "w:rStyle", val=self._ids[look.style])
            for name in dict.fromkeys(look.properties):
                _sub(properties, name)
            if look.raised:
                _sub(properties, "w:vertAlign", val=look.raised)
        written = _sub(run, "w:t")
        written.text = shown
        written.set(qn("xml:space"), "preserve")

    def _link(self, paragraph: Element, link: Element, look: _Look) -> None:
        part = (
            self._notes_part
            if paragraph.getparent() is not None and _is_note(paragraph)
            else self.document.part
        )
        identifier = part.relate_to(link.get("href"), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        wrapper = _sub(paragraph, "w:hyperlink")
        wrapper.set(qn("r:id"), identifier)
        self._inline(wrapper, link, look)

    def _note(self, paragraph: Element, note: Element) -> None:
        number = len(self._notes) - 1
        run = _sub(paragraph, "w:r")
        _sub(_sub(run, "w:rPr"), "w:rStyle", val=self._ids[FOOTNOTE_MARK])
        _sub(run, "w:footnoteReference", id=str(number))
        written = _sub(_sub(self._notes, "w:footnote", id=str(number)), "w:p")
        _sub(_sub(written, "w:pPr"), "w:pStyle", val=self._ids[FOOTNOTE_TEXT])
        mark = _sub(written, "w:r")
        _sub(_sub(mark, "w:rPr"), "w:rStyle", val=self._ids[FOOTNOTE_MARK])
        _sub(mark, "w:footnoteRef")
        self._run(written, " ", _Look())
        plain = deepcopy(note)
        plain.tail = None
        self._inline(written, plain)

    # --- lists ----------------------------------------------------------------------------------------------

    def _list(self, element: Element, depth: int) -> None:
        ordered = element.tag == "ol"
        number = self._new_list(ordered=ordered, start=int(element.get("start") or 1))
        kind = "List Number" if ordered else "List Bullet"
        style = kind if depth == 0 else f"{kind} {min(depth + 1, 3)}"
        for item in element:
            paragraphs = [child for child in item if child.tag in _BLOCKS - _APART]
            if paragraphs and (item.text or "").strip():
                paragraphs.insert(0, _text_of(item.text))
            for index, words in enumerate(paragraphs or [item]):
                paragraph = self._add(
                    self._style("Normal") if self._live else style if index == 0 else "List Continue"
                )
                if index == 0:
                    listed = _sub(paragraph.get_or_add_pPr(), "w:numPr")
                    _sub(listed, "w:ilvl", val=str(min(depth, 8)))
                    _sub(listed, "w:numId", val=number)
                self._inline(paragraph, words)
            for inner in item:
                if inner.tag in {"ul", "ol"}:
                    self._list(inner, depth + 1)
                elif inner.tag == "figure":
                    self._figure(inner)

    def _new_list(self, *, ordered: bool, start: int) -> str:
        """Declare a list of its own, so that its numbers begin anew; return its identifier."""
        numbers = [int(num.get(qn("w:numId"))) for num in self._numbering.findall(qn("w:num"))]
        identifier = str(max(numbers, default=0) + 1)
        abstract = OxmlElement("w:abstractNum")
        abstract.set(qn("w:abstractNumId"), str(1000 + int(identifier)))
        _sub(abstract, "w:multiLevelType", val="multilevel")
        for level in range(9):
            described = _sub(abstract, "w:lvl", ilvl=str(level))
            _sub(described, "w:start", val=str(start if level == 0 else 1))
            _sub(described, "w:numFmt", val="decimal" if ordered else "bullet")
            _sub(described, "w:lvlText", val=f"%{level + 1}." if ordered else "•–▪"[level % 3])
            _sub(described, "w:lvlJc", val="left")
            _sub(_sub(described, "w:pPr"), "w:ind", left=str(360 + 360 * level), hanging="300")
        first = self._numbering.find(qn("w:num"))
        if first is not None:
            first.addprevious(abstract)
        else:
            self._numbering.append(abstract)
        number = _sub(self._numbering, "w:num", numId=identifier)
        _sub(number, "w:abstractNumId", val=str(1000 + int(identifier)))
        return identifier

    # --- pictures -------------------------------------------------------------------------------------------

    def _figure(self, figure: Element) -> None:
        """Write a picture and below it its number, its caption and its credit; decoration has none of them."""
        image, caption = figure.find("img"), figure.find("figcaption")
        if image is None:
            return
        paragraph = self._add("Normal")
        shown = self._picture(paragraph, image)
        own = caption is not None and bool(words_of(caption))
        if not own and (shown is None or not shown.alternative):
            return
        self._figures += 1
        _sub(paragraph.get_or_add_pPr(), "w:keepNext")
        # A caption that is not of the text, but of the picture, is not read back as text.
        below = self._add("Caption" if own else marks.LIVE_CAPTION)
        self._run(below, f"{self.figure_label % self._figures} ", _Look(style=marks.LABEL))
        if own:
            self._inline(below, caption)
        elif shown is not None:
            self._run(below, shown.caption, _Look())
        if shown is not None and shown.credit and shown.credit not in (words_of(caption) if own else ""):
            self._run(below, f" {shown.credit}", _Look(style=marks.CREDIT))

    def _picture(self, paragraph: Element, image: Element) -> Illustration | None:
        shown = self.illustrate(image.get("src") or "")
        inline = self._inlined(shown.content) if shown is not None else None
        if inline is None or shown is None:
            self._run(paragraph, f"[{self.missing}]", _Look(("w:i",)))
            return None
        inline.docPr.set("descr", plain(shown.alternative))
        _sub(paragraph, "w:r").append(_drawing(inline))
        return shown

    def _inlined(self, content: bytes) -> Element | None:
        """Return the picture at its own size, or as large as the page allows; None if Word could not show it."""
        if not is_whole(content):
            return None
        try:
            inline = self.document.part.new_pic_inline(BytesIO(content), None, None)
        except Exception:  # noqa: BLE001 -- python-docx raises anything, a bare Exception too, at headers it cannot read
            return None
        width, height = inline.extent.cx, inline.extent.cy
        scale = min(1.0, _MAX_WIDTH / width, _MAX_HEIGHT / height)
        wide, high = Emu(int(width * scale)), Emu(int(height * scale))
        inline.extent.cx, inline.extent.cy = wide, high
        shape = inline.graphic.graphicData.pic.spPr
        shape.cx, shape.cy = wide, high
        return inline

    # --- tables ---------------------------------------------------------------------------------------------

    def _table(self, table: Element) -> None:
        caption = table.find("caption")
        if caption is not None and words_of(caption):
            paragraph = self._add(marks.LIVE_CAPTION if self._live else "Caption")
            _sub(paragraph.get_or_add_pPr(), "w:keepNext")
            if not self._live:
                self._tables += 1
                self._run(paragraph, f"{self.table_label(self._tables)} ", _Look(style=marks.LABEL))
            self._inline(paragraph, caption)
        rows = table.xpath("./tr | ./thead/tr | ./tbody/tr")
        grid = lay_out(rows)
        widths = share_width(grid)
        written = OxmlElement("w:tbl")
        properties = _sub(written, "w:tblPr")
        _sub(properties, "w:tblStyle", val=self._ids[marks.LIVE_TABLE if self._live else TABLE])
        _sub(properties, "w:tblW", w=str(sum(widths)), type="dxa")
        _sub(properties, "w:tblLayout", type="fixed")
        _sub(properties, "w:tblLook", val="0020")
        columns = _sub(written, "w:tblGrid")
        for width in widths:
            _sub(columns, "w:gridCol", w=str(width))
        for row, places in zip(rows, grid, strict=True):
            self._row(_sub(written, "w:tr"), row, places, widths)
        self._end.addprevious(written)
        self._add(marks.LIVE_TEXT if self._live else TABLE_CELL)  # Word joins two tables that touch

    def _row(self, written: Element, row: Element, places: list[Place], widths: list[int]) -> None:
        properties = _sub(written, "w:trPr")
        _sub(properties, "w:cantSplit")
        heads = row.getparent().tag == "thead"
        if heads:
            _sub(properties, "w:tblHeader")
        for place in places:
            cell = _sub(written, "w:tc")
            described = _sub(cell, "w:tcPr")
            _sub(described, "w:tcW", w=str(sum(widths[place.column : place.column + place.span])), type="dxa")
            if place.span > 1:
                _sub(described, "w:gridSpan", val=str(place.span))
            if place.merge:
                _sub(described, "w:vMerge", val=place.merge)
            self._cell(cell, place, heads=heads)

    def _cell(self, cell: Element, place: Place, *, heads: bool) -> None:
        source = place.source
        if source is None:
            self._paragraph_in(cell, TABLE_CELL)
            return
        style = _cell_style(source, heads=heads)
        blocks = [child for child in source if child.tag in _BLOCKS]
        if not blocks:
            paragraph = self._paragraph_in(cell, style)
            if _is(source, "amount") or _is(source, "numeric"):
                _sub(paragraph.get_or_add_pPr(), "w:jc", val="right")
            self._inline(paragraph, source)
            return
        if (source.text or "").strip():
            self._run(self._paragraph_in(cell, style), source.text, _Look())
        for block in blocks:
            self._lines(cell, style, block)

    def _lines(self, cell: Element, style: str, block: Element) -> None:
        """Write a block of a cell: its paragraph, or one for each item and picture."""
        for line in block.iter("li", "img") if block.tag in _APART else [block]:
            paragraph = self._paragraph_in(cell, style)
            if line.tag == "img":
                self._picture(paragraph, line)
            else:
                self._run(paragraph, "– " if line.tag == "li" else "", _Look())
                self._inline(paragraph, line)

    # --- elements -------------------------------------------------------------------------------------------

    def _add(self, style: str) -> Element:
        paragraph = self._styled(style)
        self._end.addprevious(paragraph)
        return paragraph

    def _paragraph_in(self, cell: Element, style: str) -> Element:
        paragraph = self._styled(style)
        cell.append(paragraph)
        return paragraph

    def _styled(self, style: str) -> Element:
        paragraph = OxmlElement("w:p")
        _sub(paragraph.get_or_add_pPr(), "w:pStyle", val=self._ids[style])
        return paragraph


def _parsed(html: str) -> Element:
    return markup.fragment_fromstring(html, create_parent="div")


def _text_of(text: str | None) -> Element:
    element = markup.Element("span")
    element.text = text
    return element


def _cell_style(cell: Element, *, heads: bool) -> str:
    if heads or _is(cell, "account") or _is(cell.getparent(), "total"):
        return TABLE_HEADER
    return marks.ROW_HEADER if cell.tag == "th" else TABLE_CELL


def _is(element: Element, name: str) -> bool:
    """Whether an element of ours carries the class ``name``."""
    return name in (element.get("class") or "").split()


def _is_note(element: Element) -> bool:
    return any(ancestor.tag == qn("w:footnote") for ancestor in element.iterancestors())


def _sub(parent: Element, tag: str, **attributes: str) -> Element:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    parent.append(element)
    return element


def _field(paragraph: Element, instruction: str, shown: str) -> None:
    field = _sub(paragraph, "w:fldSimple", instr=instruction)
    _sub(_sub(field, "w:r"), "w:t").text = shown


def _field_marks(paragraph: Element, instruction: str) -> list[Element]:
    found = []
    for tag, text, attributes in (
        ("w:fldChar", "", {"fldCharType": "begin", "dirty": "true"}),
        ("w:instrText", instruction, {}),
        ("w:fldChar", "", {"fldCharType": "separate"}),
    ):
        run = _sub(paragraph, "w:r")
        mark = _sub(run, tag, **attributes)
        mark.text = text or None
        found.append(run)
    return found


def _drawing(inline: Element) -> Element:
    drawing = OxmlElement("w:drawing")
    drawing.append(inline)
    return drawing


def _serialised(element: Element) -> bytes:
    content: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)
    return content
