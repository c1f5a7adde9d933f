"""Titled tables: their identity, their number in print, in Word and on the page, and the references to them."""

from io import BytesIO
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from pypdf import PdfReader

from core.pasted import tidy_pasted
from core.richtext import sanitise
from core.word.reading import read_word
from dossier.assembly import read_dossier
from dossier.deposit import assess_deposit
from dossier.import_plan import Deed, plan_import
from dossier.models import Edition, TextTable
from dossier.preview import preview_section
from dossier.rendering import Imprint, build_dossier_pdf, compose
from dossier.services.retirement import merge_sections
from dossier.services.writing import save_text
from dossier.tables import identities, titled_tables, with_identities
from dossier.word_export import write_dossier, write_section
from dossier.wording import text_in_words
from tests.dossier.people import make_partner
from tests.dossier.test_figure_references import page_of, parts_of, printed_words, words_of
from tests.factories import (
    make_candidacy,
    make_edition,
    make_member,
    make_organisation,
    make_section,
    make_word_import,
)

A, B = UUID(int=10), UUID(int=11)


def to(identity):
    return f'<span data-table="{identity}"></span>'


def table(title="", identity=None, cell="1"):
    attribute = f' data-identity="{identity}"' if identity else ""
    caption = f"<caption>{title}</caption>" if title else ""
    return f"<table{attribute}>{caption}<tbody><tr><td>{cell}</td></tr></tbody></table>"


@pytest.fixture
def candidacy():
    return make_candidacy(title="Remonter au jour")


def write(candidacy, *bodies, **fields):
    """Save texts as their writers do: what pages know of tables is noted then."""
    sections = [
        make_section(candidacy=candidacy, position=rank, title=f"Texte {rank}", **fields)
        for rank, _body in enumerate(bodies, start=1)
    ]
    return [
        save_text(section=section, body=body, expected_revision=0, by=None)
        for section, body in zip(sections, bodies, strict=True)
    ]


# --- Identity -----------------------------------------------------------------------------------------------


def test_cleaning_keeps_the_identity_of_a_table_and_of_a_reference_and_nothing_else_in_their_place():
    assert sanitise(table("Publics", A)) == table("Publics", A)
    assert sanitise(f"<p>{to(A).replace('><', '>tableau 7<')}</p>") == f"<p>{to(A)}</p>"
    assert "data-" not in sanitise(table("Publics", "x onclick=1") + '<p><span data-table="x">a</span></p>')


def test_a_table_with_an_identity_gets_its_head_like_any_other():
    rows = '<tbody><tr><th scope="col">A</th></tr><tr><td>1</td></tr></tbody>'

    assert '<thead><tr><th scope="col">A</th></tr></thead>' in sanitise(
        f'<table data-identity="{A}"><caption>T</caption>{rows}</table>'
    )


def test_a_titled_table_gets_an_identity_when_it_is_saved_and_the_same_one_each_time(candidacy):
    (section,) = write(candidacy, table("Publics") + table())

    again = save_text(section=section, body=table("Publics") + table(), expected_revision=0, by=None)

    titled, _bare = again.body.split("</table>")[:2]
    assert 'data-identity="' in titled
    assert again.body.count("data-identity") == 1
    assert again.revision == 1, "the same text sent twice is one revision"


def test_a_copy_within_a_text_gets_an_identity_of_its_own(candidacy):
    (section,) = write(candidacy, table("Publics", A) + table("Publics", A))

    first, second = (found.identity for found in titled_tables(section.body))
    assert first == A
    assert second != A


def test_a_copy_of_a_table_of_another_section_gets_an_identity_of_its_own(candidacy):
    first, second = write(candidacy, table("Publics", A), table("Publics", A))

    assert identities(first.body) == {A}
    assert A not in identities(second.body)


def test_a_table_that_moves_to_another_section_keeps_its_identity(candidacy):
    first, second = write(candidacy, table("Publics", A), "<p>Vide</p>")
    save_text(section=first, body="<p>Parti</p>", expected_revision=1, by=None)

    second = save_text(section=second, body=table("Publics", A), expected_revision=1, by=None)

    assert identities(second.body) == {A}


def test_tables_keep_their_identities_when_sections_are_merged(candidacy):
    source, target = write(candidacy, table("Publics", A), table("Lieux", B))

    merged = merge_sections(source=source, target=target, by=make_member(candidacy=candidacy).user)

    assert [found.identity for found in titled_tables(merged.body)] == [B, A]


def test_a_table_without_identity_takes_that_of_the_table_with_its_title_in_the_text_it_replaces():
    former = table("Publics", A) + table("Lieux", B)

    brought = with_identities(
        table("Lieux", cell="2") + table("Autre"), former=former, space=uuid4(), taken=()
    )

    lieux, other = titled_tables(brought)
    assert lieux.identity == B
    assert other.identity not in {A, B, None}


def test_a_number_copied_from_a_page_is_not_taken_for_words_of_the_title():
    copied = '<table><caption><span class="number">Tableau 2 –</span> Publics</caption></table>'

    assert "<caption>Publics</caption>" in tidy_pasted(copied).replace("> Publics", ">Publics")


def test_what_is_noted_of_a_text_follows_it(candidacy):
    (section,) = write(candidacy, table("Publics", A) + table() + table("Lieux", B))
    assert list(section.tables.order_by("position").values_list("identity", "position", "title")) == [
        (A, 1, "Publics"),
        (B, 2, "Lieux"),
    ]

    save_text(section=section, body=table("Publics &amp; co", A), expected_revision=1, by=None)

    assert [row.title for row in TextTable.objects.all()] == ["Publics & co"]


# --- In print -----------------------------------------------------------------------------------------------


def test_a_reference_prints_the_number_and_the_page_of_a_table_that_comes_later(candidacy):
    write(
        candidacy,
        f"<p>Voir {to(B)} et {to(A)}.</p>",
        "<p>mot</p>" * 200,
        table("Lieux", A) + table() + table("Publics", B),
    )

    rendered = build_dossier_pdf(candidacy, on_progress=lambda stage, percent: None)

    reader = PdfReader(BytesIO(rendered.content))
    opening = next(page for page in reader.pages if "Voir" in page.extract_text())
    names = reader.named_destinations
    targets = [
        reader.get_destination_page_number(names[link.get_object()["/Dest"]]) + 1
        for link in opening["/Annots"]
    ]
    text = " ".join(opening.extract_text().split()).replace("\u00a0", " ")
    assert f"Voir tableau 2, p. {targets[0]} et tableau 1, p. {targets[1]}." in text
    assert targets[0] > 4
    printed = printed_words(rendered.content)
    assert "Tableau 1 – Lieux" in printed
    assert "Tableau 2 – Publics" in printed
    assert "Table des tableaux" in printed
    assert not rendered.notices


def test_the_title_with_its_number_is_the_caption_of_the_table_to_a_screen_reader(candidacy):
    write(candidacy, table("Lieux", A))

    rendered = build_dossier_pdf(candidacy, on_progress=lambda stage, percent: None)

    tables = [
        element
        for element in structure(PdfReader(BytesIO(rendered.content)).root_object["/StructTreeRoot"])
        if element.get("/S") == "/Table"
    ]
    assert len(tables) == 2
    for element in tables:
        assert [kid.get_object().get("/S") for kid in element["/K"]].count("/Caption") == 1


def structure(element):
    yield element
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object()
        if isinstance(found, dict) and "/S" in found:
            yield from structure(found)


def test_tables_are_listed_beside_the_figures_and_those_of_live_chapters_are_not_counted(candidacy):
    make_section(candidacy=candidacy, position=1, kind="calendar", body=table("Étapes &amp; jalons", A))

    html = parts_of(candidacy)

    assert '<table id="tableau-1"><caption><span class="number">Tableau\u00a01\u00a0–</span> Étapes' in html
    assert '<a href="#tableau-1">Étapes &amp; jalons</a>' in html
    assert "tableau-2" not in html


@pytest.mark.parametrize("kind", ["gone", "untitled"])
def test_a_reference_that_leads_nowhere_is_seen_in_print_and_told_before_the_deposit(candidacy, kind):
    make_section(candidacy=candidacy, position=1, body=f"<p>Voir {to(A)}.</p>")
    make_section(candidacy=candidacy, position=2, body=table(identity=A) if kind == "untitled" else "")

    edition = make_edition(candidacy=candidacy)

    findings = {finding.key: finding for finding in assess_deposit(Edition.objects.get(pk=edition.pk))}
    assert "renvoi à un tableau qui n’est plus là" in parts_of(candidacy)
    assert not findings["mentions"].is_met
    assert "renvoi à un tableau qui n’est plus là" in findings["mentions"].lines[0].text


def test_a_table_that_an_edition_holds_is_found_in_it(candidacy):
    make_section(candidacy=candidacy, position=1, body=f"<p>{to(A)}</p>" + table("Lieux", A))
    edition = Edition.objects.get(pk=make_edition(candidacy=candidacy).pk)
    candidacy.sections.update(body="")

    assert {finding.key: finding for finding in assess_deposit(edition)}["mentions"].is_met


def test_the_public_version_says_nothing_of_a_table_that_it_withholds(candidacy):
    make_section(candidacy=candidacy, position=1, body=f"<p>Voir {to(A)}.</p>")
    make_section(candidacy=candidacy, position=2, is_confidential=True, body=table("Secret", A))

    imprint = Imprint(uuid4(), 1, "x", "0" * 64, timezone.now(), is_public=True)
    with translation.override("fr"):
        html = "".join(part.html for part in compose(read_dossier(candidacy), imprint).parts)

    assert "Voir tableau de la version complète." in html
    assert "Secret" not in html


# --- One section, Word, comparisons -------------------------------------------------------------------------


def test_a_preview_shows_the_numbers_that_the_dossier_gives(candidacy):
    section, _after = write(
        candidacy, table("Avant") + f"<p>Voir {to(B)}.</p>", table("Lieux", A) + table("Publics", B)
    )

    rendered = preview_section(read_dossier(candidacy), section.key, with_data=True)

    assert "Voir tableau 3." in printed_words(rendered.content)
    assert rendered.notices == ()


def test_word_numbers_tables_and_reads_its_own_titles_back_without_the_numbers(candidacy, tmp_path):
    section, _after = write(candidacy, f"<p>Voir {to(B)}.</p>" + table("Lieux", A), table("Publics", B))

    whole = write_dossier(read_dossier(candidacy))
    alone = words_of(write_section(read_dossier(candidacy), section.key, with_titles=True))

    assert "Voir tableau 2." in words_of(whole)
    assert "Tableau 1 – Lieux" in words_of(whole)
    assert "Tableau 2 – Publics" in words_of(whole)
    assert "Voir un tableau du dossier." in alone
    source = tmp_path / "tout.docx"
    source.write_bytes(whole)
    read = read_word(source, outline=True)
    assert "<caption>Publics</caption>" in "".join(entry.html for entry in read.entries)


def test_a_table_that_comes_back_from_word_as_it_left_is_no_change(candidacy):
    body = f'<table data-identity="{A}"><caption>Publics</caption><tbody><tr><td>1</td></tr></tbody></table>'
    (section,) = write(candidacy, body)
    entry = {"title": "", "depth": 0, "html": table("Publics")}
    row = make_word_import(section=section, candidacy=candidacy, entries=[entry])

    (text,) = plan_import(row, max_characters=1000).texts
    row.entries = [{**entry, "html": table("Publics", cell="2")}]
    (changed,) = plan_import(row, max_characters=1000).texts

    assert (text.deed, changed.deed) == (Deed.SAME, Deed.REPLACE)


def test_a_comparison_names_tables_by_their_titles(candidacy):
    write(candidacy, f"<p>Voir {to(A)}.</p>" + table("Lieux", A))
    content = read_dossier(candidacy)

    assert "Voir tableau «\u00a0Lieux\u00a0»." in text_in_words(content, content.sections[0])


# --- On the page --------------------------------------------------------------------------------------------


def test_the_page_numbers_tables_and_leads_to_them_where_the_reader_may_go(client, candidacy):
    organisation = make_organisation(candidacy=candidacy)
    hidden, own = write(candidacy, table("Lieux", A), f"<p>Voir {to(A)}.</p>" + table("Publics", B))
    own.organisation = organisation
    own.save()
    address = reverse("dossier:section-detail", args=[candidacy.slug, hidden.public_id])

    by_lead = page_of(client, own, make_member(candidacy=candidacy).user)
    by_partner = page_of(client, own, make_partner(organisation=organisation))

    numbered = f'<table id="tableau-{B}" tabindex="0" data-identity="{B}"><caption><span class="number">Tableau\u00a02\u00a0–</span> Publics'
    assert numbered in by_lead
    assert numbered in by_partner
    assert f'<a class="reference" href="{address}#tableau-{A}">tableau\u00a01</a>' in by_lead
    assert '<span class="reference">tableau\u00a01</span>' in by_partner
    assert "Lieux" not in by_partner


def test_a_table_of_another_candidacy_is_not_there(client, candidacy):
    write(make_candidacy(), table("Ailleurs", A))
    (section,) = write(candidacy, f"<p>Voir {to(A)}.</p>")

    assert "renvoi à un tableau qui n’est plus là" in page_of(
        client, section, make_member(candidacy=candidacy).user
    )


@pytest.mark.parametrize("count", [3, 30])
def test_tables_cost_the_same_for_any_number(client, candidacy, count, django_assert_num_queries):
    bodies = "".join(table(f"T{n}", UUID(int=n)) + f"<p>{to(UUID(int=n))}</p>" for n in range(1, count))
    (section,) = write(candidacy, bodies)
    client.force_login(make_member(candidacy=candidacy).user)

    # As the page of a section without threads (test_section_pages.py), and the tables, with the sections one may see.
    with django_assert_num_queries(15):
        client.get(reverse("dossier:section-detail", args=[candidacy.slug, section.public_id]))


def test_the_editor_offers_the_tables_of_the_sections_that_the_writer_reads(client, candidacy):
    organisation = make_organisation(candidacy=candidacy)
    _hidden, own = write(candidacy, table("Lieux", A), table("Publics", B))
    own.organisation = organisation
    own.save()
    url = reverse("dossier:section-edit", args=[candidacy.slug, own.public_id])

    client.force_login(make_member(candidacy=candidacy).user)
    assert client.get(url).context["editor"]["tables"] == [{"id": str(A), "title": "Lieux"}]
    client.force_login(make_partner(organisation=organisation))
    assert client.get(url).context["editor"]["tables"] == [{"id": str(A), "title": ""}]


# --- Numbers ------------------------------------------------------------------------------------------------


def test_a_column_of_numbers_stands_by_the_right_edge_on_the_page_in_print_and_in_word(client, candidacy):
    (section,) = write(candidacy, table(cell="1 520 000"))

    assert '<td class="numeric">1 520 000</td>' in page_of(
        client, section, make_member(candidacy=candidacy).user
    )
    assert '<td class="numeric">1 520 000</td>' in parts_of(candidacy)
    (written,) = Document(BytesIO(write_dossier(read_dossier(candidacy)))).tables
    assert written.cell(0, 0).paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.RIGHT
