"""A copy at somebody's name: the same document, with a line at the foot that is drawn and never read out."""

from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from core.pdf import PdfError
from core.pdf.marking import mark
from dossier.rendering import FONT_SOURCES
from tests.core.pdf_documents import make_part, render_parts
from tests.pdf_checks import pdf_failures

WORDS = "Exemplaire de lecture de Mathilde Łukasik-Éluard ❤"
BODY = (
    "<h2 id='a-1'>Premier point</h2><p>Texte avec <a href='https://site.example/x'>un lien</a>.</p>"
    "<table><caption>Moyens</caption><thead><tr><th>Poste</th></tr></thead><tbody><tr><td>Un</td></tr></tbody></table>"
    "<div class='wide'><h2 id='a-2'>En largeur</h2><p>Texte.</p></div>"
)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("pdf")


@pytest.fixture(scope="module")
def plain(directory):
    return render_parts(directory, make_part("a", BODY, number="1")).content


@pytest.fixture(scope="module")
def marked(directory, plain):
    return mark(plain, WORDS, font_sources=FONT_SOURCES, directory=directory)


def tags(content):
    """Write the structure out: the name of each element, inside its parent."""

    def told(element):
        kids = element.get("/K", [])
        kids = kids if isinstance(kids, pikepdf.Array) else [kids]
        inner = [told(kid) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
        return (str(element.S), inner)

    with pikepdf.open(BytesIO(content)) as pdf:
        return told(pdf.Root.StructTreeRoot.K[0])


def test_the_copy_is_as_accessible_as_the_document(plain, marked):
    assert not pdf_failures(marked)
    assert tags(marked) == tags(plain)
    with pikepdf.open(BytesIO(marked)) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_the_text_is_the_same_and_the_words_are_no_part_of_it(plain, marked):
    before, after = (
        [page.extract_text().strip() for page in PdfReader(BytesIO(content)).pages]
        for content in (plain, marked)
    )

    assert after == before
    assert PdfReader(BytesIO(marked)).metadata == PdfReader(BytesIO(plain)).metadata


def test_the_words_are_drawn_on_each_page_as_decoration_within_the_sheet(marked):
    with pikepdf.open(BytesIO(marked)) as pdf:
        sizes = {tuple(map(int, page.mediabox[2:])) for page in pdf.pages}
        for page in pdf.pages:
            operators = pikepdf.parse_content_stream(page)
            ((kind, properties), _do) = next(
                (operators[i].operands, operators[i + 3])
                for i in range(len(operators))
                if "/ReaderMark" in map(str, operators[min(i + 3, len(operators) - 1)].operands)
            )
            assert (str(kind), str(properties.Subtype)) == ("/Artifact", "/Watermark")
            assert len(page.Resources.XObject.ReaderMark.read_bytes()) > 5_000
    assert len(sizes) == 2  # upright and in width


def test_long_words_shrink_to_the_sheet(directory, plain):
    content = mark(
        plain, "Une personne au nom interminable " * 20, font_sources=FONT_SOURCES, directory=directory
    )

    with pikepdf.open(BytesIO(content)) as pdf:
        page = pdf.pages[0]
        matrix = next(
            [float(number) for number in operands]
            for operands, operator in reversed(list(pikepdf.parse_content_stream(page)))
            if str(operator) == "cm"
        )
        width = float(page.Resources.XObject.ReaderMark.BBox[2])
        assert matrix[4] > 20
        assert matrix[4] + width * matrix[0] < float(page.mediabox[2]) - 20


def test_the_same_words_give_the_same_bytes_and_are_drawn_once(tmp_path, plain, marked, monkeypatch):
    again = mark(plain, WORDS, font_sources=FONT_SOURCES, directory=tmp_path)
    monkeypatch.setattr("core.pdf.marking._run", None)  # kept: nothing is run

    assert again == marked
    assert mark(plain, WORDS, font_sources=FONT_SOURCES, directory=tmp_path) == marked


def test_what_is_no_pdf_gives_no_copy(tmp_path):
    with pytest.raises(PdfError):
        mark(b"%PDF-1.7 casse", WORDS, font_sources=FONT_SOURCES, directory=tmp_path)
