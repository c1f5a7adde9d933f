"""Texts that no section can hold: a clear answer, nothing written over, the text still there."""

from time import monotonic

import pytest
from django.urls import reverse

from dossier.models import SectionDraft
from dossier.services import measure
from tests.factories import make_member, make_section

MEGABYTE = 1024 * 1024
NESTED = "<table><tbody><tr><td>niveau" * 100 + "</td></tr></tbody></table>" * 100
BOTH = ("section-edit", "section-draft-save")


@pytest.fixture
def section():
    return make_section(body="<p>Départ</p>")


@pytest.fixture
def post(client, section):
    client.force_login(make_member(candidacy=section.candidacy).user)

    def send(name, body, **fields):
        address = reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id])
        return client.post(address, {"body": body, "revision": 0} | fields)

    return send


def unchanged(section):
    section.refresh_from_db()
    return (section.body, section.revision) == ("<p>Départ</p>", 0) and not SectionDraft.objects.exists()


@pytest.mark.parametrize("name", BOTH)
def test_twenty_megabytes_are_refused_in_words(post, section, name, settings):
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False

    response = post(name, "a" * (20 * MEGABYTE))

    assert response.status_code == 413
    assert "votre texte y est encore" in response.text
    assert unchanged(section)


def test_two_million_characters_stay_in_the_form(post, section):
    body = f"<p>{'mot ' * 500_000}</p>"

    response = post("section-edit", body)

    assert response.status_code == 422
    assert "trop long" in response.text
    assert "400\u202f000" in response.text
    assert response.text.count("mot ") >= 500_000
    assert unchanged(section)


def test_two_million_characters_are_no_draft_and_the_script_is_told_why(post, section):
    response = post("section-draft-save", f"<p>{'mot ' * 500_000}</p>")

    assert response.status_code == 422
    assert "trop long" in response.json()["message"]
    assert unchanged(section)


@pytest.mark.parametrize("name", BOTH)
def test_a_text_far_too_long_is_refused_before_it_is_cleaned(post, section, name, monkeypatch):
    monkeypatch.setattr(measure, "sanitise", lambda body: pytest.fail("cleaned"))

    response = post(name, f"<p>{'<span lang=fr>mot </span>' * 200_000}</p>")

    assert response.status_code == 422
    assert "trop long" in (response.text if name == "section-edit" else response.json()["message"])
    assert unchanged(section)


@pytest.mark.parametrize("name", BOTH)
def test_a_long_paragraph_in_foreign_marks_is_answered_in_a_moment(post, section, name):
    start = monotonic()

    response = post(name, f"<p>{'<span lang=fr>mot </span>' * 90_000}</p>")

    assert monotonic() - start < 30
    assert response.status_code in {200, 302}


@pytest.mark.parametrize("name", BOTH)
def test_tables_nested_a_hundred_deep_keep_their_words(post, section, name):
    response = post(name, NESTED)

    assert response.status_code in {200, 302}
    section.refresh_from_db()
    kept = section.body if name == "section-edit" else section.drafts.get().body
    assert kept == "<p>niveau</p>" * 100


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "body", ["<p>a\x00b</p>", "\ud83d", "<p>" + "\u0300" * 5000, "\x0b\x1f", "<" * 10_000]
)
def test_odd_signs_never_stop_the_server(post, name, body):
    response = post(name, body.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))

    assert response.status_code < 500


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "fields",
    [
        {"revision": "x"},
        {"revision": "-1"},
        {"revision": "9" * 30},
        {"draft": "x"},
        {"window": "x"},
        {"writer": "x"},
    ],
)
def test_a_form_that_was_tampered_with_keeps_the_text(post, section, name, fields):
    response = post(name, "<p>Tapé</p>", **fields)

    assert response.status_code in {409, 422}
    assert name == "section-draft-save" or "&lt;p&gt;Tapé&lt;/p&gt;" in response.text
    section.refresh_from_db()
    assert section.body == "<p>Départ</p>"
