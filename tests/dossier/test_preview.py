"""One section as it will print."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from dossier import preview
from dossier.assembly import read_dossier
from dossier.preview import preview_section
from tests.dossier.people import make_partner
from tests.factories import (
    make_candidacy,
    make_expense_line,
    make_live_figure,
    make_member,
    make_organisation,
    make_picture,
    make_plan,
    make_section,
)
from tests.pdf_checks import pdf_failures


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(autouse=True)
def _keep_painted_pieces(settings, kept):
    settings.CACHE_DIR = kept


def figure(candidacy, picture):
    return f'<figure><img src="/c/{candidacy.slug}/dossier/images/{picture.public_id}/" alt=""></figure>'


@pytest.fixture
def candidacy():
    candidacy = make_candidacy()
    chapter = make_section(candidacy=candidacy, key="projet", title="Le projet", body="<p>Ouverture.</p>")
    for key in ("avant", "choisie", "apres"):
        picture = make_picture(candidacy=candidacy, caption=f"Image {key}")
        body = f"<p>Texte {key}.</p>{figure(candidacy, picture)}"
        make_section(candidacy=candidacy, parent=chapter, key=key, title=key.title(), body=body)
    return candidacy


def text_of(content):
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)


def test_one_section_is_printed_under_its_part_with_the_numbers_of_the_dossier(candidacy):
    rendered = preview_section(read_dossier(candidacy), "choisie", with_data=True)

    text = text_of(rendered.content)
    assert rendered.page_count == 1
    assert "Le projet" in text
    assert "1.2 Choisie" in text
    assert "Texte choisie." in text
    assert "Figure 2. Image choisie" in text
    for other in ("Ouverture.", "Texte avant", "Texte apres", "Sommaire"):
        assert other not in text
    assert not pdf_failures(rendered.content)


def test_what_was_laid_out_is_not_laid_out_again(candidacy):
    content = read_dossier(candidacy)
    first = preview_section(content, "choisie", with_data=True)

    again = preview_section(content, "choisie", with_data=True)

    assert again.measures.pieces_painted == 0
    assert again.sha256 == first.sha256


def test_the_page_opens_the_preview_in_a_new_tab(client, candidacy):
    section = candidacy.sections.get(key="choisie")
    client.force_login(make_member(candidacy=candidacy).user)
    url = reverse("dossier:section-preview", args=[candidacy.slug, section.public_id])

    page = client.get(reverse("dossier:section-detail", args=[candidacy.slug, section.public_id])).text
    response = client.get(url)

    assert f'target="_blank" href="{url}"' in page
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert "Texte choisie." in text_of(response.content)


def test_a_preview_beyond_its_limits_says_so_on_the_page_of_the_section(client, candidacy, monkeypatch):
    monkeypatch.setattr(preview, "LIMITS", preview.Limits(wall_seconds=0))
    section = candidacy.sections.get(key="choisie")
    make_section(candidacy=candidacy)
    candidacy.sections.filter(pk=section.pk).update(body="<p>Jamais mis en page.</p>")
    client.force_login(make_member(candidacy=candidacy).user)

    response = client.get(
        reverse("dossier:section-preview", args=[candidacy.slug, section.public_id]), follow=True
    )

    assert "L’aperçu de « Choisie » n’a pas pu être produit." in response.text
    assert "a dépassé la durée permise" in response.text


def test_what_the_text_names_is_in_words_and_titles_stay_with_those_who_may_read_them(client, candidacy):
    figure = make_live_figure(candidacy=candidacy, value=12, unit="communes")
    named = candidacy.sections.get(key="apres")
    candidacy.sections.filter(key="choisie").update(
        body=f'<p><span data-live-figure="{figure.public_id}"></span>, <span data-section="{named.public_id}"></span>.</p>'
    )
    content = read_dossier(candidacy)

    staff, partner = (preview_section(content, "choisie", with_data=with_data) for with_data in (True, False))

    assert "12 communes, 1.3 Apres." in text_of(staff.content).replace("\u00a0", " ")
    assert "12 communes, section 1.3." in text_of(partner.content).replace("\u00a0", " ")
    assert (staff.notices, partner.notices) == ((), ())


def test_a_partner_previews_their_text_without_the_data_that_follow_it(client, candidacy):
    partner = make_partner(candidacy=candidacy)
    organisation = partner.contacts.get().organisation
    section = make_section(
        candidacy=candidacy, organisation=organisation, kind="funding_plan", body="<p>Notre part.</p>"
    )
    make_expense_line(plan=make_plan(candidacy=candidacy), label="Charge réservée", amounts={2029: 4321})
    foreign = make_section(candidacy=candidacy, organisation=make_organisation(candidacy=candidacy))
    client.force_login(partner)

    mine = client.get(reverse("dossier:section-preview", args=[candidacy.slug, section.public_id]))
    other = client.get(reverse("dossier:section-preview", args=[candidacy.slug, foreign.public_id]))

    text = text_of(mine.content)
    assert "Notre part." in text
    assert "Charge réservée" not in text
    assert "321" not in text
    assert other.status_code == 404
