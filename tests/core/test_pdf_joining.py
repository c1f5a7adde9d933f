"""The joined file: one structure, links that lead somewhere, the same bytes again."""

import re
import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from pypdf import PdfReader

from tests.core.pdf_documents import ROOT, make_part, render_parts
from tests.pdf_checks import pdf_failures

LONG = "<p>La candidature s’appuie sur un territoire de mémoire et de création partagées.</p>" * 60
TABLE = (
    "<table><caption>Moyens</caption><thead><tr><th>Poste</th><th>Montant</th></tr></thead>"
    "<tbody><tr><th scope='row'>Achats</th><td>12&#8239;000&nbsp;€</td></tr></tbody></table>"
)
BODY_A = (
    f"<h2 id='a-1'>Premier point</h2><p>Voir <a href='#b-1'>la suite</a>, p.&nbsp;"
    f"<span data-page-of='b-1'>?</span>, <a href='#a'>le début</a> et <a href='https://site.example/x'>un site</a>."
    f"<span class='footnote'>Une note.</span></p>{TABLE}{LONG}"
)
BODY_B = (
    f"<p>Texte.</p><h2 id='b-1'>Second point</h2>{TABLE}<ul><li>un</li><li>deux</li></ul>"
    "<svg viewBox='0 0 10 10' role='img' aria-label='Un carré'><title>Un carré</title><rect width='9' height='9'/></svg>"
    f"<p><a href='#a-1'>Retour</a></p>{LONG}<div class='wide'><h2 id='b-2'>En largeur</h2>{TABLE}</div>"
)


def _parts():
    return make_part("a", BODY_A, number="1"), make_part("b", BODY_B, number="2")


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    return tmp_path_factory.mktemp("pdf")


@pytest.fixture(scope="module")
def rendered(directory):
    return render_parts(directory, *_parts())


@pytest.fixture
def pdf(rendered):
    with pikepdf.open(BytesIO(rendered.content)) as opened:
        yield opened


def _elements(element):
    yield element
    kids = element.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == pikepdf.Name.StructElem:
            yield from _elements(kid)


def _numbers(pdf):
    flat = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    return {int(flat[i]): flat[i + 1] for i in range(0, len(flat), 2)}


def _destinations(pdf):
    flat = list(pdf.Root.Names.Dests.Names)
    return {str(flat[i]): flat[i + 1] for i in range(0, len(flat), 2)}


def test_the_joined_file_meets_pdf_ua(rendered):
    assert not pdf_failures(rendered.content)


def test_the_joined_file_is_sound_for_another_program(pdf):
    assert pdf.check_pdf_syntax() == []


def test_the_file_says_its_language_title_author_and_date(pdf):
    assert str(pdf.Root.Lang) == "fr"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle is True
    assert pdf.Root.MarkInfo.Marked is True
    assert str(pdf.docinfo.Title) == "Un dossier"
    assert str(pdf.docinfo.CreationDate) == "D:20260314093000+00'00'"
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:identifier"] == "urn:uuid:6f6e1f0c-52a5-4a0e-9d0e-2f0a3c1c2b11"


def test_there_is_one_structure_tree_with_a_part_for_each_piece(pdf):
    [document] = pdf.Root.StructTreeRoot.K

    assert document.S == "/Document"
    assert [str(part.S) for part in document.K] == ["/Part"] * 4  # cover, contents, and the two parts


def test_every_mark_on_every_page_belongs_to_an_element_of_that_page(pdf):
    numbers = _numbers(pdf)
    seen = 0
    for page in pdf.pages:
        elements = numbers[int(page.obj.StructParents)]
        for instruction in pikepdf.parse_content_stream(page):
            if str(instruction.operator) == "BDC" and "/MCID" in instruction.operands[1]:
                element = elements[int(instruction.operands[1].MCID)]
                assert element.Pg.objgen == page.obj.objgen
                seen += 1
    assert seen > 100


def test_a_line_of_text_is_no_element_of_its_own(pdf):
    elements = list(_elements(pdf.Root.StructTreeRoot.K[0]))
    texts = [element for element in elements if element.S in {"/P", "/TD", "/TH", "/H1", "/H2", "/Caption"}]
    lines = [
        kid
        for text in texts
        for kid in text.K
        if isinstance(kid, pikepdf.Dictionary) and kid.keys() <= {"/Type", "/S", "/K", "/P", "/Pg"}
    ]

    assert any(all(isinstance(kid, int) for kid in text.K) for text in texts)
    assert not [line for line in lines if line.S == "/Span"]


def test_every_element_is_the_child_of_its_parent(pdf):
    for element in _elements(pdf.Root.StructTreeRoot.K[0]):
        for kid in element.get("/K", []):
            if isinstance(kid, pikepdf.Dictionary) and kid.get("/Type") == pikepdf.Name.StructElem:
                assert kid.P.objgen == element.objgen


def test_every_annotation_points_back_to_a_link_element(pdf):
    numbers = _numbers(pdf)
    annotations = [annotation for page in pdf.pages for annotation in page.get("/Annots", [])]

    assert len(annotations) > 8
    assert {str(numbers[int(annotation.StructParent)].S) for annotation in annotations} == {"/Link"}
    assert all(str(annotation.Contents).strip() for annotation in annotations)


def test_table_headers_have_identifiers_of_their_own_across_parts(pdf):
    elements = list(_elements(pdf.Root.StructTreeRoot.K[0]))
    identifiers = [str(element.ID) for element in elements if "/ID" in element]
    named = {
        str(name) for element in elements if element.S == "/TD" for name in element.A.get("/Headers", [])
    }
    listed = [str(item) for item in list(pdf.Root.StructTreeRoot.IDTree.Names)[::2]]

    assert len(identifiers) == len(set(identifiers)) == 9
    assert named <= set(identifiers)
    assert sorted(listed) == sorted(identifiers)


def test_links_between_parts_reach_the_page_of_their_target(rendered, pdf):
    places = _destinations(pdf)
    pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    by_text = {
        str(annotation.Contents): annotation for page in pdf.pages for annotation in page.get("/Annots", [])
    }

    forward = places[str(by_text["la suite"].Dest)]
    backward = places[str(by_text["Retour"].Dest)]

    assert pages[forward[0].objgen] == rendered.first_pages["b"]
    assert pages[backward[0].objgen] == rendered.first_pages["a"]
    assert str(by_text["un site"].A.URI) == "https://site.example/x"
    assert b"dossier.invalid" not in rendered.content


def test_the_contents_print_the_page_where_each_heading_is(rendered):
    reader = PdfReader(BytesIO(rendered.content))
    contents = reader.pages[1].extract_text()
    pages = [page.extract_text() for page in reader.pages]

    second = next(
        number for number, text in enumerate(pages, start=1) if number > 2 and "Second point" in text
    )
    assert f"Second point {second}" in " ".join(contents.split()).replace(" .", "")
    assert f"p. {second}" in pages[rendered.first_pages["a"] - 1].replace("\xa0", " ")


def test_each_page_but_the_cover_prints_its_number_as_decoration(rendered, pdf):
    texts = [page.extract_text() for page in PdfReader(BytesIO(rendered.content)).pages]

    assert "Ville d’essai" not in texts[0]
    for number, text in enumerate(texts[1:], start=2):
        assert str(number) in text.split()
        assert "Ville d’essai" in text
    first = pikepdf.parse_content_stream(pdf.pages[1])[0]
    assert str(first.operands[0]) == "/Artifact"


def test_bookmarks_follow_the_headings(rendered, pdf):
    with pdf.open_outline() as outline:
        titles = [(item.title, [child.title for child in item.children]) for item in outline.root]

    assert titles == [
        ("Sommaire", []),
        ("1 Partie a", ["Premier point"]),
        ("2 Partie b", ["Second point", "En largeur"]),
    ]


def test_page_labels_agree_with_the_printed_numbers(rendered):
    labels = PdfReader(BytesIO(rendered.content)).page_labels

    assert labels == ["Couverture", *(str(number) for number in range(2, rendered.page_count + 1))]


def test_a_wide_block_stands_on_a_landscape_page(pdf):
    width, height = pdf.pages[-1].mediabox[2:]

    assert width > height


def test_the_contents_are_tagged_as_contents(pdf):
    kinds = {str(element.S) for element in _elements(pdf.Root.StructTreeRoot.K[0].K[1])}

    assert {"/TOC", "/TOCI", "/Reference", "/Link"} <= kinds


def test_fonts_are_those_of_the_project(rendered):
    names = {
        str(font["/BaseFont"]).partition("+")[2]
        for page in PdfReader(BytesIO(rendered.content)).pages
        for font in (item.get_object() for item in page["/Resources"]["/Font"].values())
    }

    assert names
    assert all(name.startswith(("Source-Serif-4", "Source-Sans-3")) for name in names)


def test_the_same_document_gives_the_same_bytes_from_the_store_afresh_and_in_another_process(
    rendered, directory, tmp_path
):
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.core.test_pdf_joining import _parts\n"
        "from tests.core.pdf_documents import render_parts\n"
        "print(render_parts(Path(sys.argv[1]), *_parts()).sha256)"
    )

    kept = render_parts(directory, *_parts())
    fresh = render_parts(tmp_path / "fresh", *_parts())
    other = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "other")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert kept.measures.pieces_painted == 0
    assert fresh.measures.pieces_painted > 0
    assert kept.sha256 == fresh.sha256 == other.stdout.strip() == rendered.sha256


def test_a_changed_paragraph_paints_its_part_alone(directory, rendered):
    first, _second = _parts()
    changed = make_part("b", BODY_B.replace("Texte.", "Texte relu."), number="2")

    again = render_parts(directory, first, changed)

    assert again.sha256 != rendered.sha256
    assert again.measures.pieces_painted == 1


QUOTING = "<p>Voir p. <span data-page-of='b'>?</span>.</p>"


def _quoted(result):
    text = PdfReader(BytesIO(result.content)).pages[result.first_pages["a"] - 1].extract_text()
    return int(re.search(r"Voir p\.\s(\d+)", text)[1])


def test_a_changed_part_that_quotes_pages_is_painted_once(tmp_path):
    other = make_part("b", "<p>Autre.</p>", number="2")
    render_parts(tmp_path, make_part("a", QUOTING), other)

    again = render_parts(tmp_path, make_part("a", f"{QUOTING}<p>Relu.</p>"), other)

    assert again.measures.pieces_painted == 1
    assert _quoted(again) == again.first_pages["b"] == 4


@pytest.mark.parametrize("is_kept_whole", [True, False])
def test_pages_that_have_moved_are_quoted_where_they_are_now(tmp_path, is_kept_whole):
    other = make_part("b", "<p>Autre.</p>", number="2")
    before = render_parts(tmp_path, make_part("a", QUOTING), other)
    for path in (tmp_path / "pieces").glob("??/*"):
        if path.read_bytes().startswith(b'{"b": '):
            path.write_bytes(b'{"b": 4}' if is_kept_whole else b'{"b')
            break
    else:
        pytest.fail("nothing was remembered")
    longer = make_part("a", QUOTING + "<p>Suite.</p>" * 50)

    moved = render_parts(tmp_path, longer, other)
    fresh = render_parts(tmp_path / "fresh", longer, other)

    assert (_quoted(before), _quoted(moved)) == (4, 5)
    assert moved.sha256 == fresh.sha256


@pytest.mark.parametrize("length", [1, 40])
def test_contents_that_are_painted_before_the_last_parts_are_counted_tell_true_numbers(tmp_path, length):
    lists = make_part("b", QUOTING + "<p>Suite.</p>" * length, number="2")
    imprint = make_part("c", QUOTING, number="3")

    result = render_parts(tmp_path, make_part("a"), lists, imprint)

    contents = " ".join(PdfReader(BytesIO(result.content)).pages[1].extract_text().split())
    last = result.first_pages["c"]
    assert last == (5 if length == 1 else 6)
    assert f"Partie c {last}" in contents
    painted = ["cover", "a", "b", "c", "contents", "frame", "digits"] + ["contents"] * (length > 1)
    assert result.measures.pieces_painted == len(painted)


def test_two_parts_may_use_the_same_identifier(tmp_path):
    parts = [
        make_part(
            key, f"<h2 id='point'>Point {key}</h2><p><a href='#point'>Lien {key}</a></p>", number=number
        )
        for key, number in (("a", "1"), ("b", "2"))
    ]

    result = render_parts(tmp_path, *parts)

    with pikepdf.open(BytesIO(result.content)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        places = _destinations(pdf)
        targets = {
            str(annotation.Contents): pages[places[str(annotation.Dest)][0].objgen]
            for page in pdf.pages[2:]
            for annotation in page.get("/Annots", [])
        }
    assert targets == {"Lien a": result.first_pages["a"], "Lien b": result.first_pages["b"]}


def test_a_link_to_nowhere_loses_its_link_and_keeps_its_words(tmp_path):
    result = render_parts(tmp_path, make_part("a", "<p>Voir <a href='#disparu'>ce passage</a>.</p>"))

    with pikepdf.open(BytesIO(result.content)) as pdf:
        assert "/Annots" not in pdf.pages[2] or len(pdf.pages[2].Annots) == 0
    assert "ce passage" in PdfReader(BytesIO(result.content)).pages[2].extract_text()
    assert [notice.code for notice in result.notices] == ["missing_target"]
    assert str(result.notices[0]).startswith("Partie a\u00a0: ")
    assert not pdf_failures(result.content)


def test_contents_longer_than_a_page_still_print_true_numbers(tmp_path):
    body = "".join(f"<h2 id='a-{n}'>Point {n}</h2>" for n in range(1, 91))

    result = render_parts(tmp_path, make_part("a", body))

    pages = [page.extract_text() for page in PdfReader(BytesIO(result.content)).pages]
    first = result.first_pages["a"]
    contents = " ".join(pages[1 : first - 1]).split()
    at = next(number for number, text in enumerate(pages, start=1) if number >= first and "Point 87" in text)
    assert first > 3
    assert contents[contents.index("87") + 1] == str(at)


def test_the_pages_of_long_contents_are_known_before_they_are_painted(tmp_path):
    body = "".join(f"<h2 id='a-{n}'>Point {n}</h2>" for n in range(1, 261))

    result = render_parts(tmp_path, make_part("a", body))

    assert result.first_pages["a"] == 9
    assert result.measures.pieces_painted == len(["cover", "a", "contents", "frame", "digits"])
