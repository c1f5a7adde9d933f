"""References to figures: their number and page in print, their number in Word, their caption on the page."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from docx import Document
from pypdf import PdfReader

from core.richtext import sanitise
from dossier.assembly import read_dossier
from dossier.deposit import assess_deposit
from dossier.models import Edition
from dossier.preview import preview_section
from dossier.rendering import Imprint, build_dossier_pdf, compose
from dossier.snapshots import read_snapshot
from dossier.word_export import write_dossier, write_section
from dossier.wording import text_in_words
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_edition,
    make_expense_line,
    make_income_line,
    make_member,
    make_organisation,
    make_picture,
    make_plan,
    make_section,
)


def to(picture):
    return f'<span data-picture="{getattr(picture, "public_id", picture)}"></span>'


def showing(picture, caption=""):
    address = reverse("dossier:picture", args=[picture.candidacy.slug, picture.public_id])
    written = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{address}" alt="">{written}</figure>'


@pytest.fixture
def candidacy():
    return make_candidacy(title="Remonter au jour")


@pytest.fixture
def pictures(candidacy):
    return [
        make_picture(candidacy=candidacy, caption=f"Légende {name}", alternative_text=f"Vue {name}")
        for name in ("A", "B")
    ]


def write(candidacy, *bodies, **fields):
    return [
        make_section(candidacy=candidacy, position=rank, title=f"Texte {rank}", body=body, **fields)
        for rank, body in enumerate(bodies, start=1)
    ]


def parts_of(candidacy):
    with translation.override("fr"):
        return "".join(part.html for part in compose(read_dossier(candidacy)).parts)


def words_of(content):
    return "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs).replace(
        "\u00a0", " "
    )


def printed_words(content):
    pages = PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split()).replace("\u00a0", " ")


# --- What is kept -----------------------------------------------------------------------------------------


def test_a_text_keeps_the_identifier_and_nothing_that_stood_there():
    identifier = uuid4()

    assert (
        sanitise(f"<p>Voir {to(identifier).replace('><', '>figure 7<')}.</p>")
        == f"<p>Voir {to(identifier)}.</p>"
    )
    assert "data-picture" not in sanitise('<p><span data-picture="x onclick=1">a</span></p>')


# --- In print ---------------------------------------------------------------------------------------------


def test_a_reference_prints_the_number_and_the_page_of_a_figure_that_comes_later(candidacy, pictures):
    first, second = pictures
    write(
        candidacy,
        f"<p>Voir {to(second)} et {to(first)}.</p>",
        "<p>mot</p>" * 200,
        showing(first) + showing(second),
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
    assert f"Voir figure 2, p. {targets[0]} et figure 1, p. {targets[1]}." in text
    assert targets[0] > 4
    assert not rendered.notices


def test_a_picture_shown_twice_is_referred_to_where_it_comes_first(candidacy, pictures):
    first, second = pictures
    write(candidacy, showing(first) + showing(second) + showing(first) + f"<p>{to(first)}</p>")

    html = parts_of(candidacy)

    assert '<a class="reference" href="#figure-1">figure\u00a01</a>' in html
    assert 'href="#figure-3"' not in html.split("table-des-figures")[0]


def test_charts_are_counted_among_the_figures(candidacy, pictures):
    plan = make_plan(candidacy=candidacy)
    make_expense_line(plan=plan, amounts={2029: 10})
    make_income_line(plan=plan, amounts={2029: 10})
    make_section(candidacy=candidacy, position=1, kind="funding_plan", body=f"<p>{to(pictures[0])}</p>")
    make_section(candidacy=candidacy, position=2, body=showing(pictures[0]))

    assert "figure\u00a03</a>" in parts_of(candidacy)


def test_a_caption_refers_to_a_figure_by_its_number_and_so_does_the_table_of_figures(candidacy, pictures):
    first, second = pictures
    write(candidacy, showing(first, f"Comparer à {to(second)}") + showing(second))

    html = parts_of(candidacy)

    assert html.count("Comparer à figure\u00a02") == 2
    assert "\ue000" not in html


@pytest.mark.parametrize("kind", ["gone", "shown nowhere", "decorative"])
def test_a_reference_that_leads_nowhere_is_seen_in_print_and_told_before_the_deposit(candidacy, kind):
    picture = make_picture(
        candidacy=candidacy,
        is_decorative=kind == "decorative",
        alternative_text="" if kind == "decorative" else "x",
    )
    body = f"<p>Voir {to(uuid4() if kind == 'gone' else picture)}.</p>"
    write(candidacy, body + (showing(picture) if kind == "decorative" else ""))

    edition = make_edition(candidacy=candidacy)

    findings = {finding.key: finding for finding in assess_deposit(Edition.objects.get(pk=edition.pk))}
    assert "renvoi à une image qui n’est plus là" in parts_of(candidacy)
    assert not findings["mentions"].is_met
    assert "renvoi à une image qu’aucun texte ne montre" in findings["mentions"].lines[0].text


def test_a_figure_that_an_edition_holds_is_found_in_it(candidacy, pictures):
    write(candidacy, f"<p>{to(pictures[0])}</p>", showing(pictures[0]))
    edition = Edition.objects.get(pk=make_edition(candidacy=candidacy).pk)
    candidacy.sections.update(body="")

    findings = {finding.key: finding for finding in assess_deposit(edition)}

    assert findings["mentions"].is_met
    with translation.override("fr"):
        assert "figure\u00a01</a>" in compose(read_snapshot(edition)).parts[0].html


def test_the_public_version_says_nothing_of_a_figure_that_it_withholds(candidacy, pictures):
    write(candidacy, f"<p>Voir {to(pictures[0])}.</p>")
    make_section(candidacy=candidacy, position=2, is_confidential=True, body=showing(pictures[0]))

    imprint = Imprint(uuid4(), 1, "x", "0" * 64, timezone.now(), is_public=True)
    with translation.override("fr"):
        html = "".join(part.html for part in compose(read_dossier(candidacy), imprint).parts)

    assert "Voir figure de la version complète." in html
    assert "Légende" not in html


# --- One section, Word, comparisons -----------------------------------------------------------------------


def test_a_preview_shows_the_number_that_the_dossier_gives(candidacy, pictures):
    first, second = pictures
    section, _after = write(candidacy, f"<p>Voir {to(second)}.</p>", showing(first) + showing(second))

    rendered = preview_section(read_dossier(candidacy), section.key, with_data=True)

    assert "Voir figure 2." in printed_words(rendered.content)
    assert rendered.notices == ()


def test_word_names_figures_by_the_number_that_they_have_there(candidacy, pictures):
    first, second = pictures
    section, _after = write(candidacy, f"<p>Voir {to(second)}.</p>", showing(first) + showing(second))

    whole = words_of(write_dossier(read_dossier(candidacy)))
    alone = words_of(write_section(read_dossier(candidacy), section.key, with_titles=True))

    assert "Voir figure 2." in whole
    assert "Figure 2. Légende B" in whole
    assert "Voir une figure du dossier." in alone


def test_word_names_the_sections_of_others_to_a_partner_by_their_number_alone(client, candidacy):
    organisation = make_organisation(candidacy=candidacy)
    hidden = make_section(candidacy=candidacy, position=1, title="Le secret des autres")
    section = make_section(
        candidacy=candidacy,
        position=2,
        organisation=organisation,
        body=f'<p>Voir <span data-section="{hidden.public_id}"></span>.</p>',
    )
    url = reverse("dossier:section-word", args=[candidacy.slug, section.public_id])

    client.force_login(make_partner(organisation=organisation))
    by_partner = words_of(client.get(url).content)
    client.force_login(make_member(candidacy=candidacy).user)
    by_lead = words_of(client.get(url).content)

    assert "Voir section 1." in by_partner
    assert "secret" not in by_partner
    assert "Voir 1 Le secret des autres." in by_lead


def test_a_comparison_names_figures_by_their_caption(candidacy, pictures):
    write(candidacy, f"<p>Voir {to(pictures[0])}.</p>", showing(pictures[0]))
    content = read_dossier(candidacy)

    assert "Voir figure «\u00a0Légende A\u00a0»." in text_in_words(content, content.sections[0])


# --- On the page ------------------------------------------------------------------------------------------


def page_of(client, section, user):
    client.force_login(user)
    return client.get(
        reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id])
    ).text


def test_the_page_names_a_figure_by_its_caption_to_those_who_may_see_it(client, candidacy, pictures):
    organisation = make_organisation(candidacy=candidacy)
    (section,) = write(candidacy, f"<p>Voir {to(pictures[0])}.</p>", organisation=organisation)

    by_lead = page_of(client, section, make_member(candidacy=candidacy).user)
    by_partner = page_of(client, section, make_partner(organisation=organisation))

    assert "figure «\u00a0Légende A\u00a0»" in by_lead
    assert "une figure du dossier" in by_partner
    assert "Légende A" not in by_partner


def test_a_picture_of_another_candidacy_is_not_there(client, candidacy):
    foreign = make_picture(caption="Ailleurs")
    (section,) = write(candidacy, f"<p>Voir {to(foreign)}.</p>")

    page = page_of(client, section, make_member(candidacy=candidacy).user)

    assert "renvoi à une image qui n’est plus là" in page
    assert "Ailleurs" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_references_cost_the_same_for_any_number(client, candidacy, count, django_assert_num_queries):
    (section,) = write(
        candidacy, "".join(f"<p>{to(make_picture(candidacy=candidacy))}</p>" for _ in range(count))
    )
    client.force_login(make_member(candidacy=candidacy).user)

    # As the page of a section without threads (test_section_pages.py), and the pictures, with those one may see.
    with django_assert_num_queries(15):
        client.get(reverse("dossier:section-detail", args=[candidacy.slug, section.public_id]))
