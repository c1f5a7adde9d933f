"""What texts name: figures of the register, sections, pictures; on the page and in print."""

from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from dossier.assembly import read_dossier
from dossier.mentions import FigureValue, fill_in
from dossier.rendering import build_dossier_pdf, compose
from dossier.services.live_figures import save_live_figure
from dossier.services.writing import save_text
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_live_figure,
    make_member,
    make_organisation,
    make_picture,
    make_section,
)


def figure_place(identifier):
    return f'<span data-live-figure="{identifier}"></span>'


def section_place(identifier):
    return f'<span data-section="{identifier}"></span>'


def page_of(client, section, *, user=None):
    client.force_login(user or make_member(candidacy=section.candidacy).user)
    return client.get(
        reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id])
    ).text


def parts_of(candidacy):
    content = read_dossier(candidacy)
    with translation.override("fr"):
        return "".join(part.html for part in compose(content).parts)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("62767", "habitants", "62\u202f767\u00a0habitants"),
        ("12.5", "%", "12,5\u00a0%"),
        ("-3.125", "", "\u22123,125"),
        ("1000", "€", "1\u202f000\u00a0€"),
    ],
)
def test_a_figure_is_written_as_french_readers_write_it(value, unit, text):
    assert FigureValue("x", Decimal(value), unit).text == text


def test_the_value_in_a_text_comes_from_whoever_shows_it():
    identifier = uuid4()

    html = fill_in(
        f"<p>{figure_place(identifier)}</p>", {identifier: FigureValue("x", Decimal(3), "")}, str, str, str
    )

    assert html == '<p><span class="live-figure">3</span></p>'


def test_a_figure_is_shown_live_on_the_page_and_in_print(client):
    figure = make_live_figure(value=Decimal("62767.000"), unit="habitants")
    section = make_section(
        candidacy=figure.candidacy, body=f"<p>Nous sommes {figure_place(figure.public_id)}.</p>"
    )

    assert "62\u202f767\u00a0habitants" in page_of(client, section)
    assert "62\u202f767\u00a0habitants" in parts_of(section.candidacy)

    save_live_figure(candidacy=figure.candidacy, row=figure, fields={"value": Decimal("62800.5")})

    assert "62\u202f800,5\u00a0habitants" in page_of(client, section)
    assert "62\u202f800,5\u00a0habitants" in parts_of(section.candidacy)


def test_a_change_of_a_figure_changes_the_date_of_the_document():
    figure = make_live_figure(value=Decimal(8))
    before = read_dossier(figure.candidacy).changed_at

    save_live_figure(candidacy=figure.candidacy, row=figure, fields={"value": Decimal(9)})

    assert read_dossier(figure.candidacy).changed_at > before


def test_an_unknown_figure_shows_a_notice_on_the_page_and_in_print(client):
    elsewhere = make_live_figure(value=Decimal(987654))
    section = make_section(body=f"<p>{figure_place(uuid4())} {figure_place(elsewhere.public_id)}</p>")

    for html in (page_of(client, section), parts_of(section.candidacy)):
        assert html.count("chiffre inconnu") == 2
        assert "987\u202f654" not in html


def test_the_unit_of_a_figure_is_text():
    figure = make_live_figure(unit="<script>alert(1)</script>"[:40])
    make_section(candidacy=figure.candidacy, body=f"<p>{figure_place(figure.public_id)}</p>")

    assert "<script" not in parts_of(figure.candidacy)


def test_a_reference_is_shown_as_the_number_and_the_title_with_a_link(client):
    candidacy = make_candidacy()
    part = make_section(candidacy=candidacy, position=1, title="Le projet")
    target = make_section(candidacy=candidacy, parent=part, position=1, title="Nos axes & <b>plus</b>")
    section = make_section(
        candidacy=candidacy, position=2, body=f"<p>Voir {section_place(target.public_id)}.</p>"
    )

    page = page_of(client, section)

    address = reverse("dossier:section-detail", args=[candidacy.slug, target.public_id])
    assert (
        f'<a class="reference" href="{address}">1.1\u00a0Nos axes &amp; &lt;b&gt;plus&lt;/b&gt;</a>' in page
    )


def test_a_reference_to_a_section_that_is_gone_shows_a_notice(client):
    target = make_section()
    section = make_section(candidacy=target.candidacy, body=f"<p>{section_place(target.public_id)}</p>")
    target.delete()

    for html in (page_of(client, section), parts_of(section.candidacy)):
        assert "renvoi à une section retirée" in html


def test_a_partner_reads_the_number_of_a_section_that_is_not_theirs_and_no_more(client):
    own = make_organisation()
    target = make_section(candidacy=own.candidacy, position=1, title="Le secret des autres")
    section = make_section(
        candidacy=own.candidacy,
        organisation=own,
        position=2,
        body=f"<p>{section_place(target.public_id)}</p>",
    )

    page = page_of(client, section, user=make_partner(organisation=own))

    assert "section\u00a01" in page
    assert "secret" not in page
    assert str(target.public_id) not in page


def test_a_reference_prints_the_page_of_its_section_with_a_link(settings, tmp_path):
    candidacy = make_candidacy(title="Remonter au jour")
    last = make_section(candidacy=candidacy, position=3, title="La fin", body="<p>Ici.</p>")
    make_section(
        candidacy=candidacy, position=1, title="Début", body=f"<p>Voir {section_place(last.public_id)}.</p>"
    )
    make_section(candidacy=candidacy, position=2, title="Milieu", body="<p>mot</p>" * 200)

    rendered = build_dossier_pdf(candidacy, on_progress=lambda stage, percent: None)

    reader = PdfReader(BytesIO(rendered.content))
    number = rendered.first_pages[f"part-{last.key}"]
    opening = rendered.first_pages[next(key for key in rendered.first_pages if key.startswith("part-"))]
    page = reader.pages[opening - 1]
    text = " ".join(page.extract_text().split())
    assert f"p. {number}" in text.replace("\u00a0", " ")
    assert number > 4
    names = reader.named_destinations
    links = [link.get_object() for link in page["/Annots"]]
    assert [reader.get_destination_page_number(names[link["/Dest"]]) + 1 for link in links] == [number]
    assert not rendered.notices


def test_a_caption_names_a_figure_and_prints_no_page_number_that_is_not_counted():
    figure = make_live_figure(value=Decimal(42))
    picture = make_picture(candidacy=figure.candidacy)
    section = make_section(candidacy=figure.candidacy, title="Cible")
    address = reverse("dossier:picture", args=[figure.candidacy.slug, picture.public_id])
    section.body = (
        f'<figure><img src="{address}" alt=""><figcaption>Les {figure_place(figure.public_id)} de '
        f"{section_place(section.public_id)}</figcaption></figure>"
    )
    section.save()

    html = parts_of(figure.candidacy)

    assert "Les 42 de 1 Cible" in html
    assert ", p." not in html


def test_the_alternative_text_is_that_of_the_picture_wherever_it_is_shown(client):
    picture = make_picture(alternative_text="Un terril, l’hiver")
    address = reverse("dossier:picture", args=[picture.candidacy.slug, picture.public_id])
    gone = f"/c/{picture.candidacy.slug}/dossier/images/{uuid4()}/"
    section = make_section(
        candidacy=picture.candidacy,
        body=f'<figure><img src="{address}" alt="Ancien"></figure><figure><img src="{gone}" alt="Perdue"></figure>',
    )

    page = page_of(client, section)

    assert 'alt="Un terril, l’hiver"' in page
    assert "Ancien" not in page
    assert "image retirée" in page
    picture.is_decorative = True
    picture.save()
    assert 'alt=""' in page_of(client, section)


@pytest.mark.parametrize("count", [3, 30])
def test_what_a_text_names_costs_the_same_for_any_number(client, count, django_assert_num_queries):
    lead = make_member()
    candidacy = lead.candidacy
    figures = [make_live_figure(candidacy=candidacy) for _ in range(count)]
    pictures = [make_picture(candidacy=candidacy) for _ in range(count)]
    targets = [make_section(candidacy=candidacy) for _ in range(count)]
    body = "".join(
        f"<p>{figure_place(figure.public_id)} {section_place(target.public_id)}</p>"
        f'<figure><img src="{reverse("dossier:picture", args=[candidacy.slug, picture.public_id])}" alt=""></figure>'
        for figure, target, picture in zip(figures, targets, pictures, strict=True)
    )
    section = make_section(candidacy=candidacy, body=body)
    client.force_login(lead.user)

    # As the page of any section (test_section_pages.py) without threads; figures, sections that the reader may open,
    # pictures.
    with django_assert_num_queries(17):
        response = client.get(reverse("dossier:section-detail", args=[candidacy.slug, section.public_id]))

    assert response.text.count('class="live-figure"') == count
    assert response.text.count('class="reference"') == count


def test_saving_notes_which_figures_a_text_shows():
    figure, other = make_live_figure(), make_live_figure()
    section = make_section(candidacy=figure.candidacy)
    lead = make_member(candidacy=figure.candidacy).user
    body = f"<p>{figure_place(figure.public_id)}{figure_place(other.public_id)}</p>"

    saved = save_text(section=section, body=body, expected_revision=0, by=lead)

    assert list(saved.live_figures.all()) == [figure]
    save_text(section=section, body="<p>x</p>", expected_revision=1, by=lead)
    assert not saved.live_figures.exists()
