"""The file itself: an empty Word document with our styles, and the same bytes for the same content."""

import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from core.word import marks

TABLE_HEADER = "Candidacy Table Header"
TABLE_CELL = "Candidacy Table Cell"
TABLE = "Candidacy Table"
FOOTNOTE_TEXT = "footnote text"
FOOTNOTE_MARK = "footnote reference"

_LOCALES = {"fr": "fr-FR", "en": "en-GB", "nl": "nl-BE"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
#: Parts of the library's template that say nothing of ours.
_UNUSED = ("/thumbnail", "/customXml", "/stylesWithEffects")
_BORDERS = ("top", "left", "bottom", "right", "insideH", "insideV")


def new_document(*, language: str, accent: str) -> WordDocument:
    """Return an empty A4 document in ``language``, its headings in the colour ``accent`` (#rrggbb)."""
    document = Document()
    for holder in (document.part.package, document.part):
        for identifier in [
            key for key, relation in holder.rels.items() if relation.reltype.endswith(_UNUSED)
        ]:
            del holder.rels[identifier]
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.3)
    section.top_margin = section.bottom_margin = Cm(2.3)
    section.different_first_page_header_footer = True
    _say_language(document, _LOCALES.get(language, language))
    _dress(document, RGBColor.from_string(accent.removeprefix("#").upper()))
    return document


def name_document(document: WordDocument, *, title: str, author: str, subject: str, dated: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.subject = title[:255], author[:255], subject[:255]
    properties.last_modified_by = author[:255]
    properties.comments = properties.keywords = properties.category = ""
    properties.created = properties.modified = dated.replace(tzinfo=None, microsecond=0)
    properties.revision = 1


def write_package(document: WordDocument) -> bytes:
    """Return the file, its entries dated alike: nothing in it depends on when it was written."""
    drawn, packed = BytesIO(), BytesIO()
    document.save(drawn)
    with zipfile.ZipFile(drawn) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            is_picture = name.startswith("word/media/")
            entry.compress_type = zipfile.ZIP_STORED if is_picture else zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()


def _say_language(document: WordDocument, locale: str) -> None:
    for mark in document.styles.element.iter(qn("w:lang")):
        mark.set(qn("w:val"), locale)
        mark.set(qn("w:eastAsia"), locale)
    document.core_properties.language = locale


def _dress(document: WordDocument, accent: RGBColor) -> None:
    styles = document.styles
    normal = styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.space_after = Pt(8)
    normal.paragraph_format.line_spacing = 1.15
    for level, points in ((1, 22), (2, 16), (3, 13), (4, 12), (5, 11)):
        heading = styles[f"Heading {level}"]
        heading.font.size = Pt(points)
        heading.font.color.rgb = accent
        heading.font.italic = False
        heading.paragraph_format.space_before = Pt(points * 0.9)
        heading.paragraph_format.space_after = Pt(points * 0.4)
        heading.paragraph_format.keep_with_next = True
    styles["Title"].font.color.rgb = styles["Subtitle"].font.color.rgb = accent
    caption = styles["Caption"]
    caption.font.color.rgb = RGBColor(0x44, 0x44, 0x44)
    caption.font.bold = False
    caption.font.size = Pt(9.5)
    styles["Quote"].paragraph_format.left_indent = Cm(1)
    _add_paragraph_styles(styles)
    for name in (marks.LABEL, marks.CREDIT):
        styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
    styles[marks.LABEL].font.bold = True
    styles[marks.CREDIT].font.italic = True
    reference = styles.add_style(FOOTNOTE_MARK, WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    for name in (TABLE, marks.LIVE_TABLE):
        _add_table_style(styles, name)


def _add_paragraph_styles(styles: Any) -> None:
    small = Pt(9)
    for name, base, size, bold in (
        (TABLE_CELL, "Normal", Pt(10), False),
        (TABLE_HEADER, TABLE_CELL, Pt(10), True),
        (marks.ROW_HEADER, TABLE_CELL, Pt(10), True),
        (marks.LIVE_TEXT, "Normal", None, False),
        (marks.LIVE_CAPTION, "Caption", None, False),
        (marks.RULE, "Normal", None, False),
        (FOOTNOTE_TEXT, "Normal", small, False),
        ("toc 1", "Normal", None, True),
        ("toc 2", "Normal", None, False),
    ):
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles[base]
        style.font.size = size
        style.font.bold = bold or None
        if base == TABLE_CELL or name in {TABLE_CELL, FOOTNOTE_TEXT, "toc 1", "toc 2"}:
            style.paragraph_format.space_after = Pt(2)
            style.paragraph_format.line_spacing = 1.0
    styles["toc 2"].paragraph_format.left_indent = Cm(0.8)
    for name in ("Caption", marks.LIVE_CAPTION):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    live = styles.add_style(marks.LIVE_HEADING, WD_STYLE_TYPE.PARAGRAPH)
    live.base_style = styles["Heading 3"]
    rule = styles[marks.RULE].element.get_or_add_pPr()
    edges = OxmlElement("w:pBdr")
    rule.append(edges)
    edges.append(_border("w:bottom"))


def _add_table_style(styles: Any, name: str) -> None:
    element = styles.add_style(name, WD_STYLE_TYPE.TABLE).element
    properties = OxmlElement("w:tblPr")
    element.append(properties)
    borders = OxmlElement("w:tblBorders")
    properties.append(borders)
    for side in _BORDERS:
        borders.append(_border(f"w:{side}"))
    margins = OxmlElement("w:tblCellMar")
    properties.append(margins)
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "85")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)


def _border(tag: str) -> Any:
    border = OxmlElement(tag)
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "9A9A9A")):
        border.set(qn(f"w:{name}"), value)
    return border
