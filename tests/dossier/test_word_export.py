"""The dossier as a Word document: real styles, named pictures, the same content as the PDF, and back again."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from core.richtext import sanitise
from core.word.reading import read_word
from dossier import importing
from dossier.assembly import read_dossier
from dossier.import_plan import Deed
from dossier.models import Section, WordImport
from dossier.services.imports import preview_import
from dossier.word_export import write_dossier, write_section
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_committee,
    make_expense_line,
    make_income_line,
    make_live_figure,
    make_member,
    make_organisation,
    make_phase,
    make_picture,
    make_plan,
    make_section,
    make_word_import,
)

DEMONSTRATION = Path(settings.BASE_DIR) / "dossier" / "demonstration" / "lens_lievin" / "sections"

BODY = (
    "<p>Un texte <strong>important</strong>, <em>nuancé</em>, CO<sub>2</sub>, le 1<sup>er</sup>"
    '<span class="footnote">Voir <a href="https://exemple.fr/note">la note</a>.</span>.<br>Une ligne.</p>'
    "<h2>Les lieux</h2><ul><li>Le musée<ul><li>la galerie</li></ul></li><li>La scène</li></ul>"
    "<h3>Dans l’ordre</h3><ol><li>Réserver</li><li>Venir</li></ol><h4>Détail</h4>"
    "<blockquote><p>La culture est un droit.</p></blockquote><hr>"
    "<table><caption>Les visites</caption><thead><tr><th>Année</th><th>Visites</th></tr></thead>"
    '<tbody><tr><th>2024</th><td rowspan="2">1 000</td></tr><tr><th>2025</th></tr>'
    '<tr><td colspan="2">Source : le musée</td></tr></tbody></table>'
    '<p>Voir <a href="https://exemple.fr/">le site</a>.</p>'
)


def figure(picture, caption="Le parvis"):
    address = f"/c/{picture.candidacy.slug}/dossier/images/{picture.public_id}/"
    return f'<figure><img src="{address}" alt="{picture.alternative_text}"><figcaption>{caption}</figcaption></figure>'


@pytest.fixture
def dossier():
    """A part with a section that holds one of everything, and the four chapters of live data."""
    candidacy = make_candidacy(title="Remonter au jour", tagline="Une candidature", is_fictitious=True)
    picture = make_picture(candidacy=candidacy, alternative_text="Le parvis au soir.", credit="Ville de Lens")
    part = make_section(candidacy=candidacy, title="Vision", body="<p>Ouverture.</p>", position=1)
    make_section(
        candidacy=candidacy, parent=part, title="Le fil", key="fil", body=sanitise(BODY + figure(picture))
    )
    make_section(candidacy=candidacy, parent=part, title="À écrire")
    live = make_section(candidacy=candidacy, title="Moyens", position=2)
    for kind in ("funding_plan", "partners", "governance", "calendar"):
        make_section(candidacy=candidacy, parent=live, title=kind, kind=kind)
    plan = make_plan(candidacy=candidacy)
    make_expense_line(plan=plan)
    make_income_line(plan=plan)
    make_organisation(candidacy=candidacy, name="Le Musée", stage="committed")
    make_committee(candidacy=candidacy, name="Comité de pilotage")
    make_phase(candidacy=candidacy, name="Dépôt du dossier")
    return candidacy


@pytest.fixture
def book(dossier):
    return Document(BytesIO(write_dossier(read_dossier(dossier))))


def styled(document, style):
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def part_of(document, name):
    return next(part.blob for part in document.part.package.iter_parts() if part.partname == name).decode()


def test_parts_and_sections_are_numbered_headings(book):
    assert styled(book, "Heading 1") == ["1 Vision", "2 Moyens"]
    assert styled(book, "Heading 2") == [
        "1.1 Le fil",
        "1.2 À écrire",
        "2.1 funding_plan",
        "2.2 partners",
        "2.3 governance",
        "2.4 calendar",
    ]
    assert [styled(book, f"Heading {level}") for level in (3, 4, 5)] == [
        ["Les lieux"],
        ["Dans l’ordre"],
        ["Détail"],
    ]


def test_lists_quotations_and_captions_have_their_styles(book):
    assert styled(book, "List Bullet") == ["Le musée", "La scène"]
    assert styled(book, "List Bullet 2") == ["la galerie"]
    assert styled(book, "List Number") == ["Réserver", "Venir"]
    assert styled(book, "Quote") == ["La culture est un droit."]
    assert styled(book, "Caption") == [
        "Tableau\u00a01\u00a0– Les visites",
        "Figure 1. Le parvis Ville de Lens",
    ]


def test_two_numbered_lists_both_begin_at_one(dossier):
    Section.objects.filter(key="fil").update(body="<ol><li>a</li></ol><p>b</p><ol><li>c</li></ol>")

    document = Document(BytesIO(write_dossier(read_dossier(dossier))))

    listed = [p._p.pPr.numPr.numId.val for p in document.paragraphs if p.style.name == "List Number"]
    assert len(set(listed)) == 2


def test_a_footnote_is_a_footnote(book):
    notes = part_of(book, "/word/footnotes.xml")

    assert re.sub("<[^>]+>", "", notes).strip() == "Voir la note."
    assert book.element.body.xpath(".//w:footnoteReference")[0].get(qn("w:id")) == "1"


def test_a_table_repeats_its_header_row_and_merges_what_spans(book):
    table = book.tables[0]

    assert [bool(row._tr.xpath("./w:trPr/w:tblHeader")) for row in table.rows] == [True, False, False, False]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Année", "Visites"],
        ["2024", "1 000"],
        ["2025", "1 000"],
        ["Source : le musée", "Source : le musée"],
    ]


def test_a_picture_carries_its_alternative_text(book):
    assert [shape.get("descr") for shape in book.element.body.xpath(".//wp:docPr")] == ["Le parvis au soir."]


def test_a_picture_whose_file_is_gone_leaves_a_word(dossier):
    default_storage.delete(dossier.pictures.get().file.name)

    document = Document(BytesIO(write_dossier(read_dossier(dossier))))

    assert "[image absente]" in [paragraph.text for paragraph in document.paragraphs]


def a_drawing(form):
    buffer = BytesIO()
    Image.effect_noise((80, 60), 80).save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        a_drawing("PNG")[:1500],
        a_drawing("PNG")[:30],
        a_drawing("JPEG")[:200],
        a_drawing("JPEG")[:-500],
        b"\xff\xd8\xff\xda\xff\xd9",
        b"",
    ],
    ids=["png", "png-header", "jpeg-header", "jpeg", "jpeg-hollow", "empty"],
)
def test_a_picture_that_was_cut_leaves_a_word(dossier, content):
    Path(dossier.pictures.get().file.path).write_bytes(content)

    document = Document(BytesIO(write_dossier(read_dossier(dossier))))

    assert "[image absente]" in [paragraph.text for paragraph in document.paragraphs]
    assert not document.inline_shapes


def test_the_live_chapters_are_tables(book):
    texts = ["\n".join(cell.text for row in table.rows for cell in row.cells) for table in book.tables]

    for told in ("Total des charges", "Le Musée", "Dépôt du dossier"):
        assert any(told in text for text in texts), told
    assert "Comité de pilotage" in " ".join(styled(book, "Candidacy Live Heading"))
    for table in book.tables[1:]:
        assert table._tbl.xpath("./w:tr[1]/w:trPr/w:tblHeader")


def test_the_file_says_its_title_its_author_and_its_language(dossier, book):
    properties = book.core_properties

    assert (properties.title, properties.author) == ("Remonter au jour", dossier.bearer_name)
    assert properties.language == "fr-FR"
    assert {mark.get(qn("w:val")) for mark in book.styles.element.iter(qn("w:lang"))} == {"fr-FR"}


def test_every_page_names_the_candidacy_and_a_fictitious_one_says_so(book):
    section = book.sections[0]

    assert section.header.paragraphs[0].text == "Remonter au jour"
    assert section.footer.paragraphs[0].text.startswith("Candidature fictive de démonstration")
    assert "Candidature fictive, écrite pour une démonstration" in [p.text for p in book.paragraphs[:8]]


def test_the_contents_are_a_field_that_shows_the_titles_meanwhile(book):
    assert [text.text for text in book.element.body.iter(qn("w:instrText"))] == [r'TOC \o "1-2" \h \z \u']
    assert styled(book, "toc 1") == ["1 Vision", "2 Moyens"]
    kinds = [mark.get(qn("w:fldCharType")) for mark in book.element.body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]


def test_writing_asks_the_database_nothing_and_gives_the_same_bytes(dossier, django_assert_num_queries):
    content = read_dossier(dossier)

    with django_assert_num_queries(0):
        first, second = write_dossier(content), write_dossier(content)

    assert first == second


def test_a_text_with_what_xml_cannot_hold_is_still_written(dossier):
    Section.objects.filter(key="fil").update(body="<p>Avant\x0baprès\ufffe</p>")

    document = Document(BytesIO(write_dossier(read_dossier(dossier))))

    assert "Avantaprès" in [paragraph.text for paragraph in document.paragraphs]


def test_no_word_is_lost_where_word_has_no_place_for_what_holds_it(dossier):
    body = (
        "un<p>deux</p>trois<ul><li>quatre<blockquote><p>cinq</p></blockquote></li><li><p>six</p><h2>sept</h2></li></ul>"
        "<blockquote><ul><li>huit</li></ul><table><tr><td>neuf</td></tr></table></blockquote>"
        "<table><tr><td>dix<table><tr><td>onze</td><td>douze</td></tr></table></td>"
        "<td><h3>treize</h3><ul><li>quatorze<ol><li>quinze</li></ol></li></ul></td></tr></table>"
    )
    Section.objects.filter(key="fil").update(body=body)

    document = Document(BytesIO(write_dossier(read_dossier(dossier))))

    written = " ".join(text.text for text in document.element.body.iter(qn("w:t"))).split()
    numbers = [
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
        "six",
        "sept",
        "huit",
        "neuf",
        "dix",
        "onze",
        "douze",
        "treize",
        "quatorze",
        "quinze",
    ]
    assert [word for word in written if word in numbers] == numbers


# --- and back again ----------------------------------------------------------------------------------


def read_back(content, tmp_path, *, outline):
    path = tmp_path / "retour.docx"
    path.write_bytes(content)
    return read_word(path, outline=outline)


def test_what_goes_out_comes_back_the_same(dossier, tmp_path):
    """A dossier taken up again changes nothing: texts, titles and pictures are recognised."""
    lead = make_member(candidacy=dossier)
    row = make_word_import(candidacy=dossier, requested_by=lead.user, status=WordImport.Status.QUEUED)
    row.file.save("retour.docx", BytesIO(write_dossier(read_dossier(dossier))))

    assert importing.read_import(row.pk)

    row.refresh_from_db()
    plan = preview_import(row)
    assert [(text.title, text.deed) for text in plan.texts if text.deed not in {Deed.SAME, Deed.EMPTY}] == []
    assert len(plan.texts) == Section.objects.count()
    assert [picture.known for picture in row.pictures.all()] == [dossier.pictures.get()]


def _named_in_words(html):
    return re.sub(r'<span data-[a-z-]+="[^"]*"></span>', "Nommé", html)


def test_what_a_text_names_is_written_in_words(tmp_path):
    candidacy = make_candidacy()
    figure_named = make_live_figure(candidacy=candidacy, value=12, unit="communes")
    section = make_section(
        candidacy=candidacy,
        title="Ancrage",
        body=f'<p>Avec <span data-live-figure="{figure_named.public_id}"></span>.</p>',
    )
    section.body += f'<p>Voir <span data-section="{section.public_id}"></span>.</p>'
    section.save()

    entry = read_back(
        write_section(read_dossier(candidacy), section.key, with_titles=True), tmp_path, outline=False
    ).entries[0]

    assert entry.html.replace("\u00a0", " ") == "<p>Avec 12 communes.</p><p>Voir 1 Ancrage.</p>"


def test_every_text_of_the_demonstration_comes_back_the_same(tmp_path):
    """But for spaces between blocks, and the two things that Word has no place for: see docs/decisions/0012."""
    part = make_section(title="Partie")
    candidacy = part.candidacy
    address = figure(make_picture(candidacy=candidacy)).split('"')[1]
    sections = [
        make_section(
            candidacy=candidacy,
            parent=part,
            title=path.stem,
            body=sanitise(
                _named_in_words(re.sub(r'src="picture:[^"]*"', f'src="{address}"', path.read_text()))
            ),
        )
        for path in sorted(DEMONSTRATION.glob("*.html"))
    ]

    back = read_back(write_dossier(read_dossier(candidacy)), tmp_path, outline=True)

    def bare(html):
        html = re.sub(r'<img src="[^"]*" alt="[^"]*">', "<img>", html).replace(
            "<figcaption></figcaption>", ""
        )
        return re.sub(r'\s+(?=<|\Z)| data-identity="[^"]*"', "", html)

    came = {
        entry.title: bare(sanitise(re.sub(r"picture:\d+", address, entry.html))) for entry in back.entries[1:]
    }
    assert came == {section.title: bare(section.body) for section in sections}


def test_one_section_goes_out_under_its_title_without_live_data_and_comes_back_the_same(dossier, tmp_path):
    live = Section.objects.get(kind="funding_plan")
    Section.objects.filter(pk=live.pk).update(body="<p>Le plan.</p>")
    content = read_dossier(dossier)

    texts = {
        key: read_back(write_section(content, key, with_titles=True), tmp_path, outline=False)
        for key in ("fil", live.key)
    }

    assert texts[live.key].entries[0].html == "<p>Le plan.</p>"
    assert texts["fil"].notices[0].startswith("Le titre du document, «\u00a01.1 Le fil\u00a0»")
    body = Section.objects.get(key="fil").body
    address = body.split('<img src="')[1].split('"')[0]
    assert sanitise(texts["fil"].entries[0].html.replace("picture:1", address)) == body


# --- who downloads what ------------------------------------------------------------------------------


def test_the_dossier_is_downloaded_under_its_name(client, dossier):
    client.force_login(make_member(candidacy=dossier, role="team").user)
    page = client.get(reverse("dossier:section-list", args=[dossier.slug])).text
    url = reverse("dossier:dossier-word", args=[dossier.slug])
    assert url in page

    response = client.get(url)

    assert "Remonter%20au%20jour" in response["Content-Disposition"]
    assert zipfile.ZipFile(BytesIO(response.content)).testzip() is None


def test_a_partner_downloads_the_text_of_their_section_and_nothing_else(client):
    organisation = make_organisation()
    own = make_section(
        candidacy=organisation.candidacy, organisation=organisation, title="La nôtre", body="<p>À nous.</p>"
    )
    make_section(candidacy=organisation.candidacy, title="La leur", body="<p>À eux.</p>")
    client.force_login(make_partner(organisation=organisation))
    url = reverse("dossier:section-word", args=[own.candidacy.slug, own.public_id])
    assert url in client.get(reverse("dossier:section-detail", args=[own.candidacy.slug, own.public_id])).text

    document = Document(BytesIO(client.get(url).content))

    assert [paragraph.text for paragraph in document.paragraphs] == ["1 La nôtre", "À nous."]


@pytest.mark.parametrize("count", [3, 30])
def test_a_download_costs_the_same_for_any_number_of_sections(client, count, django_assert_num_queries):
    lead = make_member()
    for _ in range(count):
        picture = make_picture(candidacy=lead.candidacy)
        live_figure = make_live_figure(candidacy=lead.candidacy)
        make_section(
            candidacy=lead.candidacy,
            organisation=make_organisation(candidacy=lead.candidacy),
            body=f'<p><span data-live-figure="{live_figure.public_id}"></span></p>{figure(picture)}',
        )
    client.force_login(lead.user)

    # Session, user, memberships; call, phases, sections, organisations, meetings, committees, plan, pictures, figures.
    with django_assert_num_queries(12):
        client.get(reverse("dossier:dossier-word", args=[lead.candidacy.slug]))
