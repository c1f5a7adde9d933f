"""Reading Word documents: what becomes of the text, and what a bad file is told."""

import struct
import time
import zipfile
import zlib
from io import BytesIO

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE

from core.errors import DomainError
from core.richtext import sanitise
from core.word import reading
from core.word.reading import check_is_word, read_word
from tests.word_documents import (
    a_bare_document,
    a_png,
    an_article,
    an_outline,
    bomb,
    drawing,
    many_entries,
    nested_tables,
    paragraph,
    saved,
)

#: Where a picture of the dossier stands.
PLACE = "/c/lens/dossier/images/00000000-0000-4000-8000-000000000000/"
IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


@pytest.fixture
def read(tmp_path):
    def reading_of(content, *, outline=False):
        path = tmp_path / "document.docx"
        path.write_bytes(content)
        return read_word(path, outline=outline)

    return reading_of


def test_an_article_keeps_what_a_section_may_hold(read):
    text = read(an_article())

    assert sanitise(text.entries[0].html.replace("picture:1", PLACE)) == (
        "<p>Un texte <strong>important</strong> et <em>nuancé</em>.</p>"
        "<h2>Les lieux</h2><ul><li>Le musée</li><li>La scène</li></ul><ol><li>Réserver</li></ol>"
        "<h3>Les publics</h3><blockquote><p>La culture est un droit.</p></blockquote>"
        '<table><thead><tr><th scope="col">Année</th><th scope="col">Visites</th></tr></thead>'
        "<tbody><tr><td>2024</td><td>1 000</td></tr><tr><td>2025</td><td>1 200</td></tr></tbody></table>"
        '<p>Voir <a href="https://exemple.fr/" rel="noopener noreferrer">le site</a></p>'
        f'<figure><img src="{PLACE}" alt="Le parvis du musée."><figcaption>le parvis</figcaption></figure>'
    )
    assert [picture.alternative for picture in text.pictures] == ["Le parvis du musée."]
    assert text.notices == (
        "Le titre du document, «\u00a0La politique culturelle\u00a0», n’est pas repris\u00a0: la section garde le sien.",
    )


def test_a_footnote_stands_where_it_is_called(read):
    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="2"><w:p><w:r><w:t>Source\u00a0: Insee.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    relation = (
        '<Relationship Id="n" Target="footnotes.xml" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"/>'
    )
    body = '<w:p><w:r><w:t>Un chiffre</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>.</w:t></w:r></w:p>'

    text = read(a_bare_document(body, relations=relation, files={"word/footnotes.xml": notes}))

    assert text.entries[0].html == '<p>Un chiffre<span class="footnote">Source\u00a0: Insee.</span>.</p>'


def test_the_headings_of_a_text_start_at_its_first_level_and_stop_at_its_last(read):
    document = Document()
    for level in (1, 2, 3, 4, 1):
        document.add_heading(f"Niveau {level}", level)

    text = read(saved(document))

    assert text.entries[0].html == (
        "<h2>Niveau 1</h2><h3>Niveau 2</h3><h4>Niveau 3</h4><h4>Niveau 4</h4><h2>Niveau 1</h2>"
    )
    assert text.notices == ("1 titre change de niveau\u00a0: un texte a trois niveaux de titre.",)


def test_an_outline_is_cut_at_its_first_two_levels_and_loses_its_own_numbers(read):
    content = an_outline(
        ("1 La vision", "Ouverture", [("1.1 Le fil", "Texte"), ("40 structures", "")]), ("Suite", "", [])
    )

    text = read(content, outline=True)

    assert [(entry.depth, entry.title, entry.html) for entry in text.entries] == [
        (1, "La vision", "<p>Ouverture</p>"),
        (2, "Le fil", "<p>Texte</p>"),
        (2, "40 structures", ""),
        (1, "Suite", ""),
    ]
    assert text.notices == (
        "Les numéros écrits dans 2 titres sont retirés\u00a0: le plan numérote lui-même.",
    )


def test_what_stands_before_the_first_title_of_an_outline_is_said_not_to_be_taken(read):
    document = Document()
    document.add_paragraph("Page de garde")
    document.add_heading("Partie", 1)

    text = read(saved(document), outline=True)

    assert text.notices == (
        "Le texte placé avant le premier titre n’est pas repris\u00a0: «\u00a0Page de garde\u00a0»",
    )


def test_tracked_changes_are_read_as_accepted_and_comments_left(read):
    body = (
        '<w:p><w:r><w:t xml:space="preserve">Le texte </w:t></w:r><w:ins w:id="1" w:author="A"><w:r><w:t>ajouté</w:t></w:r></w:ins>'
        '<w:del w:id="2" w:author="A"><w:r><w:delText>retiré</w:delText></w:r></w:del></w:p>'
    )
    comments = '<w:comments xmlns:w="x"><w:comment w:id="1"/><w:comment w:id="2"/></w:comments>'

    text = read(a_bare_document(body, files={"word/comments.xml": comments}))

    assert text.entries[0].html == "<p>Le texte ajouté</p>"
    assert text.notices == (
        "Le document contient des modifications suivies\u00a0: le texte est repris comme si elles étaient toutes acceptées.",
        "2 commentaires ne sont pas repris.",
    )


def test_a_table_without_a_heading_row_takes_its_first_one_and_a_nested_one_becomes_lines(read):
    document = Document()
    table = document.add_table(rows=2, cols=2)
    for cell, word in zip(table._cells, ["Lieu", "Date", "Lens", "2028"], strict=True):
        cell.text = word
    inner = table.cell(1, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "juin", "juillet"

    text = read(saved(document))

    assert sanitise(text.entries[0].html) == (
        '<table><thead><tr><th scope="col">Lieu</th><th scope="col">Date</th></tr></thead>'
        "<tbody><tr><td>Lens</td><td><p>2028</p><p>juin – juillet</p></td></tr></tbody></table>"
    )
    assert len(text.notices) == 2


def test_metafiles_svg_and_pictures_from_elsewhere_are_dropped_and_said(read, monkeypatch):
    relations = (
        f'<Relationship Id="i1" Type="{IMAGE}" Target="media/a.emf"/>'
        f'<Relationship Id="i2" Type="{IMAGE}" Target="media/b.svg"/>'
        f'<Relationship Id="i3" Type="{IMAGE}" Target="http://127.0.0.1:9/c.png" TargetMode="External"/>'
        f'<Relationship Id="i4" Type="{IMAGE}" Target="file:///etc/hostname" TargetMode="External"/>'
    )
    body = paragraph("avant") + "".join(
        (drawing('r:embed="i1"'), drawing('r:embed="i2"'), drawing('r:link="i3"'), drawing('r:link="i4"'))
    )

    text = read(
        a_bare_document(
            body, relations=relations, files={"word/media/a.emf": b"x", "word/media/b.svg": "<svg/>"}
        )
    )

    assert text.entries[0].html == "<p>avant</p>"
    assert text.pictures == ()
    assert [notice.split(":")[0].rstrip() for notice in text.notices] == [
        "1 dessin au format EMF ou WMF n’est pas repris",
        "1 dessin SVG n’est pas repris",
        "2 images liées à une autre adresse ne sont pas reprises",
    ]


def test_macros_are_ignored_and_said(read):
    text = read(a_bare_document(paragraph("texte"), files={"word/vbaProject.bin": b"x"}))

    assert text.entries[0].html == "<p>texte</p>"
    assert text.notices == ("Les macros du document sont ignorées.",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "vide"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"<!DOCTYPE html><html></html>", "page web"),
        (b"{\\rtf1 texte}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
            "mot de passe",
        ),
        (b"\x89PNG\r\n", "pas un document Word"),
    ],
)
def test_something_else_under_the_name_of_a_word_document_is_recognised(content, message):
    with pytest.raises(DomainError, match=message):
        check_is_word(BytesIO(content))


def an_archive_that_is_no_word_document():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def a_locked_archive():
    content = bytearray(a_bare_document(paragraph("texte")))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 20}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: an_article()[:-400], "abîmé ou incomplet"),
        (lambda: b"PK\x03\x04" + b"\0" * 200, "abîmé ou incomplet"),
        (lambda: a_bare_document("<w:p><w:r>"), "abîmé ou incomplet"),
        (an_archive_that_is_no_word_document, "pas un document Word"),
        (a_locked_archive, "mot de passe"),
        (lambda: many_entries(5_001), "trop de fichiers"),
        (lambda: bomb(60), "trop volumineux"),
        (lambda: a_bare_document(paragraph("&i;"), before=LAUGHS), "définitions"),
        (
            lambda: a_bare_document(paragraph("x"), before='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
            "définitions",
        ),
        (lambda: nested_tables(2_000), "imbrique trop"),
    ],
    ids=[
        "truncated",
        "no archive",
        "broken xml",
        "xlsx",
        "locked",
        "entries",
        "bomb",
        "laughs",
        "system",
        "nested",
    ],
)
def test_a_bad_document_is_refused_in_a_sentence(read, make, message):
    with pytest.raises(DomainError, match=message):
        read(make())


def test_an_archive_that_lies_about_its_size_ends_where_it_said(read):
    """The text says 10 bytes and unpacks to 200 MB."""
    content = bytearray(a_bare_document(paragraph("a" * 1000)))
    data = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join([*(data.compress(b"a" * 1024 * 1024) for _ in range(200)), data.flush()])
    name = b"word/document.xml"
    header = (
        b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, 0, len(packed), 10, len(name), 0) + name
    )
    start = content.find(b"PK\x01\x02")
    central = content[start : content.rfind(b"PK\x05\x06")]
    place = central.find(name) - 46
    moved = len(header) + len(packed)
    entry = struct.pack("<HHHHHHIII", 20, 20, 0, 8, 0, 0, 0, len(packed), 10)
    central[place + 4 : place + 4 + len(entry)] = entry
    central[place + 42 : place + 46] = struct.pack("<I", start)
    end = bytearray(content[content.rfind(b"PK\x05\x06") :])
    end[16:20] = struct.pack("<I", start + moved)

    with pytest.raises(DomainError, match="abîmé ou incomplet"):
        read(bytes(content[:start]) + header + packed + bytes(central) + bytes(end))


def test_a_document_that_takes_too_long_is_given_up(read, monkeypatch):
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.05)
    began = time.monotonic()

    with pytest.raises(DomainError, match="trop de temps"):
        read(an_article())

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("limit", "value", "message"),
    [("MEMORY_BYTES", 160 * 1024 * 1024, "trop volumineux"), ("CPU_SECONDS", 1, "trop de temps")],
)
def test_a_document_that_needs_too_much_ends_its_own_process_alone(read, monkeypatch, limit, value, message):
    monkeypatch.setattr(reading, limit, value)
    content = a_bare_document(paragraph("mot") * 100_000)

    with pytest.raises(DomainError, match=message):
        read(content)


def test_a_picture_keeps_the_credit_of_its_caption(read):
    document = Document()
    document.styles.add_style("Candidacy Credit", WD_STYLE_TYPE.CHARACTER)
    document.add_picture(BytesIO(a_png()))
    caption = document.add_paragraph("Le musée ", style="Caption")
    caption.add_run("Ville de Lens", style="Candidacy Credit")

    text = read(saved(document))

    assert (text.pictures[0].credit, text.entries[0].html) == (
        "Ville de Lens",
        '<figure><img src="picture:1" alt=""><figcaption>Le musée</figcaption></figure>',
    )
