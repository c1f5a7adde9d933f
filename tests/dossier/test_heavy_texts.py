"""Texts and pictures that go too far: a message when they are saved, a notice where they are already there."""

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from dossier.models import Section, TextTable
from dossier.rendering import build_dossier_pdf
from dossier.services.measure import MAX_BODY_CHARACTERS
from tests.factories import make_live_figure, make_member, make_picture, make_section

NESTED = "<table><tbody><tr><td>" * 100 + "Au fond" + "</td></tr></tbody></table>" * 100
LONG = "<p>" + "</p><p>".join(["mot " * 95] * (MAX_BODY_CHARACTERS // 390)) + "</p>"


def address(name, section):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id])


def text_of(rendered):
    return " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(BytesIO(rendered.content)).pages
    )


def printed(section):
    return build_dossier_pdf(section.candidacy, on_progress=lambda stage, percent: None)


def test_tables_nested_a_hundred_deep_that_are_there_are_read_and_printed_flat(client):
    section = make_section(title="La vision")
    Section.objects.filter(pk=section.pk).update(body=NESTED)
    client.force_login(make_member(candidacy=section.candidacy).user)

    assert "Au fond" in client.get(address("section-detail", section)).text
    rendered = printed(section)
    assert "Au fond" in text_of(rendered)
    assert not rendered.notices


def test_the_longest_text_is_saved_and_read_and_one_longer_is_refused_and_kept(client):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)

    client.post(address("section-edit", section), {"body": LONG, "revision": 0})
    longer = client.post(address("section-edit", section), {"body": f"{LONG}{LONG}", "revision": 1})

    section.refresh_from_db()
    assert section.character_count > 380_000
    assert client.get(address("section-detail", section)).status_code == 200
    assert longer.status_code == 422
    assert "trop long pour une section" in longer.text
    assert longer.text.count("mot") > 2 * section.word_count - 10


def test_a_broken_picture_and_an_unknown_figure_print_notices(client):
    picture = make_picture(alternative_text="Le beffroi")
    figure = make_live_figure(candidacy=picture.candidacy)
    source = reverse("dossier:picture", args=[picture.candidacy.slug, picture.public_id])
    section = make_section(
        candidacy=picture.candidacy,
        body=f'<p><span data-live-figure="{figure.public_id}"></span></p><figure><img src="{source}" alt="x"></figure>',
    )
    figure.delete()
    Path(picture.file.path).write_bytes(b"\xff\xd8\xff" + b"0" * 50)
    client.force_login(make_member(candidacy=picture.candidacy).user)

    page = client.get(address("section-detail", section))
    text = text_of(printed(section))

    assert page.status_code == 200
    assert "chiffre inconnu" in page.text
    assert "chiffre inconnu" in text
    assert "Image absente – Le beffroi" in text


def test_pictures_of_the_disk_that_reach_the_server_are_told(client):
    section = make_section()
    client.force_login(make_member(candidacy=section.candidacy).user)
    body = '<p>Texte.</p><p><img src="file:///C:/photo.png"></p>'

    response = client.post(address("section-edit", section), {"body": body, "revision": 0}, follow=True)

    section.refresh_from_db()
    assert section.body == "<p>Texte.</p>"
    assert "n’ont pas pu être reprises" in response.text


@pytest.mark.parametrize("count", [3, 30])
def test_the_editor_costs_the_same_for_any_number_of_things_to_insert(
    client, count, django_assert_num_queries
):
    lead = make_member()
    for _ in range(count):
        make_picture(candidacy=lead.candidacy)
        make_live_figure(candidacy=lead.candidacy)
        section = make_section(candidacy=lead.candidacy)
        TextTable.objects.create(
            section=make_section(candidacy=lead.candidacy), identity=uuid4(), position=1, title="Publics"
        )
    client.force_login(lead.user)

    # Session, user, memberships; section, criteria, draft, outline, visible ones; pictures, figures, sections that may
    # be named, outline, tables, who else writes.
    with django_assert_num_queries(13):
        response = client.get(address("section-edit", section))

    assert len(response.context["editor"]["pictures"]) == count
    assert len(response.context["editor"]["tables"]) == count
