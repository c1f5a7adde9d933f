"""Word documents for the tests: ordinary ones made with python-docx, and hostile ones made by hand."""

import io
import zipfile
from io import BytesIO

from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm
from PIL import Image

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="emf" ContentType="image/x-emf"/>'
    '<Default Extension="svg" ContentType="image/svg+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def saved(document):
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def a_png(size=(60, 40), colour=(30, 90, 140)):
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def a_bare_document(body, *, before="", files=None, relations=""):
    """Make a document of which ``body`` is the XML, with whatever other files."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>',
        )
        archive.writestr(
            "word/document.xml", f"{before}<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>"
        )
        for name, content in (files or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def paragraph(text):
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def drawing(relation, text=""):
    """Make a paragraph with the picture of ``relation``, described as ``text``."""
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{text}"/><a:graphic><a:graphicData>'
        f"<pic:pic><pic:blipFill><a:blip {relation}/></pic:blipFill></pic:pic></a:graphicData></a:graphic>"
        "</wp:inline></w:drawing></w:r></w:p>"
    )


def an_article():
    """Make what a partner writes: headings, lists, a table, a quotation, a note, a link and a picture."""
    document = Document()
    document.add_heading("La politique culturelle", 1)
    start = document.add_paragraph("Un texte ")
    start.add_run("important").bold = True
    start.add_run(" et ")
    start.add_run("nuancé").italic = True
    start.add_run(".")
    document.add_heading("Les lieux", 2)
    document.add_paragraph("Le musée", style="List Bullet")
    document.add_paragraph("La scène", style="List Bullet")
    document.add_paragraph("Réserver", style="List Number")
    document.add_heading("Les publics", 3)
    document.add_paragraph("La culture est un droit.", style="Quote")
    table = document.add_table(rows=3, cols=2)
    for row, words in zip(
        table.rows, [("Année", "Visites"), ("2024", "1 000"), ("2025", "1 200")], strict=True
    ):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    link = document.add_paragraph("Voir ")
    relation = document.part.relate_to(
        "https://exemple.fr/",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink",
        True,
    )
    link._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w", "r")} r:id="{relation}"><w:r><w:t>le site</w:t></w:r></w:hyperlink>'
        )
    )
    document.add_picture(BytesIO(a_png()), width=Cm(6))
    document.element.body.xpath(".//wp:docPr")[0].set("descr", "Le parvis du musée.")
    document.add_paragraph("Figure 1 : le parvis", style="Caption")
    return saved(document)


def an_outline(*parts):
    """Make a document of ``parts``: (title, text, [(title, text), …])."""
    document = Document()
    for title, text, sections in parts:
        document.add_heading(title, 1)
        if text:
            document.add_paragraph(text)
        for section_title, section_text in sections:
            document.add_heading(section_title, 2)
            if section_text:
                document.add_paragraph(section_text)
    return saved(document)


def an_illustrated_outline(*titles):
    """Make a document of one part whose sections ``titles`` show a picture each."""
    document = Document()
    document.add_heading("Vision", 1)
    for number, title in enumerate(titles):
        document.add_heading(title, 2)
        document.add_paragraph("Un texte.")
        document.add_picture(BytesIO(a_png(colour=(number, 90, 140))), width=Cm(5))
    return saved(document)


def nested_tables(depth):
    inside = paragraph("au fond")
    for _ in range(depth):
        inside = f"<w:tbl><w:tr><w:tc>{inside}<w:p/></w:tc></w:tr></w:tbl>"
    return a_bare_document(inside)


def many_entries(count):
    buffer = io.BytesIO(a_bare_document(paragraph("texte")))
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(count):
            archive.writestr(f"x/{number}", b"")
    return buffer.getvalue()


def bomb(megabytes):
    """Make a document whose text is a few kilobytes that unpack to ``megabytes``."""
    return a_bare_document(paragraph("a" * (megabytes * 1024 * 1024)))
