import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dossier import import_forms
from dossier.models import Picture, Section, WordImport
from dossier.services.writing import save_text
from dossier.tasks import read_word_import
from tests.dossier.people import make_partner
from tests.factories import make_member, make_organisation, make_section, make_word_import
from tests.word_documents import a_bare_document, an_article, an_outline, paragraph


def upload(client, url, content, name="Notre texte.docx"):
    return client.post(url, {"file": SimpleUploadedFile(name, content)}, follow=True)


def page_of(row, name="import-detail", *more):
    return reverse(f"dossier:{name}", args=[row.candidacy.slug, row.public_id, *more])


@pytest.fixture
def read_all():
    """Have the worker read what waits."""

    def read():
        for row in WordImport.objects.unread():
            read_word_import(row.pk)

    return read


def make_own_section(**fields):
    organisation = make_organisation()
    section = make_section(candidacy=organisation.candidacy, organisation=organisation, **fields)
    return section, make_partner(organisation=organisation)


def test_a_partner_imports_into_their_section_from_the_page_of_it(client, read_all):
    section, partner = make_own_section(body="<p>Ancien texte.</p>")
    client.force_login(partner)
    assert page_of(section, "section-import") in client.get(page_of(section, "section-detail")).text

    waiting = upload(client, page_of(section, "section-import"), a_bare_document(paragraph("Nouveau texte.")))
    row = WordImport.objects.get()
    assert "En attente d’un ouvrier libre" in waiting.text
    read_all()

    preview = client.get(page_of(row)).text
    assert "Nouveau texte." in preview
    assert "Ancien texte." not in preview
    assert "sera remplacé par celui du document (2 mots)" in preview
    assert client.get(page_of(row)).text.count("Nouveau texte.") == 1  # a reload loses nothing
    answer = client.post(page_of(row, "import-confirm"), {"seen": _hidden(preview, "seen")}, follow=True)
    assert "c’est une nouvelle révision" in answer.text
    section.refresh_from_db()
    assert section.body == "<p>Nouveau texte.</p>"


def _hidden(page, name):
    start = page.index('value="', page.index(f'name="{name}"')) + 7
    return page[start : page.index('"', start)]


def test_who_left_the_page_finds_the_document_again_where_they_handed_it_in(client):
    section, partner = make_own_section()
    row = make_word_import(section=section, requested_by=partner)
    client.force_login(partner)

    page = client.get(page_of(section, "section-import")).text

    assert "Un document attend déjà votre décision" in page
    assert page_of(row) in page


def test_abandoning_changes_nothing(client):
    section, partner = make_own_section(body="<p>Ancien.</p>")
    row = make_word_import(section=section, requested_by=partner)
    client.force_login(partner)

    answer = client.post(page_of(row, "import-abandon"), follow=True)

    section.refresh_from_db()
    assert "L’import est abandonné" in answer.text
    assert (section.body, WordImport.objects.count()) == ("<p>Ancien.</p>", 0)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("texte.docx", b"%PDF-1.7", "Ce fichier est un PDF"),
        ("texte.docx", b"", "Ce fichier est vide."),
        ("texte.docm", an_article(), "ne finit pas par .docx"),
        ("a" * 197 + ".docx", an_article(), "trop long"),
    ],
)
def test_a_bad_file_is_refused_at_once_with_its_reason(client, name, content, message):
    section, partner = make_own_section()
    client.force_login(partner)

    answer = upload(client, page_of(section, "section-import"), content, name)

    assert answer.status_code == 422
    assert message in answer.text
    assert 'aria-describedby="id_file_helptext id_file_error"' in answer.text
    assert 'id="id_file_error"' in answer.text
    assert not WordImport.objects.exists()


def test_no_file_at_all_is_said(client):
    section, partner = make_own_section()
    client.force_login(partner)

    answer = client.post(page_of(section, "section-import"))

    assert (answer.status_code, "Choisissez un document Word." in answer.text) == (422, True)


def test_a_file_over_twenty_megabytes_is_refused_with_its_size(client, monkeypatch):
    section, partner = make_own_section()
    client.force_login(partner)
    assert import_forms.MAX_FILE_BYTES == 20 * 1024 * 1024

    answer = upload(
        client, page_of(section, "section-import"), an_article() + b"\0" * import_forms.MAX_FILE_BYTES
    )

    assert answer.status_code == 422
    assert "20,0\u00a0Mo\u00a0: 20\u00a0Mo au plus" in answer.text


def test_a_failure_is_told_where_the_preview_would_be(client):
    section, partner = make_own_section()
    row = make_word_import(
        section=section, requested_by=partner, status="failed", error="Ce document est abîmé."
    )
    client.force_login(partner)

    page = client.get(page_of(row)).text

    assert "Ce document est abîmé." in page
    assert "Déposer un autre document" in page


def test_the_progress_loads_the_preview_when_the_reading_has_ended(client):
    section, partner = make_own_section()
    row = make_word_import(section=section, requested_by=partner, status="running")
    client.force_login(partner)

    during = client.get(page_of(row, "import-progress"))
    WordImport.objects.update(status="ready")
    after = client.get(page_of(row, "import-progress"))

    assert ("Lecture du document" in during.text, "HX-Refresh" in during) == (True, False)
    assert after["HX-Refresh"] == "true"


def test_a_text_saved_meanwhile_is_shown_as_a_conflict_and_nothing_typed_is_lost(client):
    section, partner = make_own_section()
    row = make_word_import(section=section, requested_by=partner, with_picture=True)
    client.force_login(partner)
    seen = _hidden(client.get(page_of(row)).text, "seen")
    save_text(section=section, body="<p>Entre-temps.</p>", expected_revision=0, by=None)

    answer = client.post(
        page_of(row, "import-confirm"),
        {
            "seen": seen,
            "image-1-is_kept": "on",
            "image-1-alternative_text": "Un aplat bleu.",
            "image-1-credit": "Nous",
        },
    )

    assert answer.status_code == 409
    assert "Le dossier a changé depuis cet aperçu" in answer.text
    assert "Un aplat bleu." in answer.text
    section.refresh_from_db()
    assert section.body == "<p>Entre-temps.</p>"
    # What is shown now is a choice that can be made.
    assert _hidden(answer.text, "seen") != seen


def test_a_picture_is_described_and_credited_before_it_is_taken_up(client):
    section, partner = make_own_section()
    row = make_word_import(section=section, requested_by=partner, with_picture=True)
    path = f"/c/{section.candidacy.slug}/dossier/images/{row.pictures.get().public_id}/"
    WordImport.objects.update(
        entries=[{"title": "", "depth": 0, "html": f'<figure><img src="{path}" alt=""></figure>'}]
    )
    client.force_login(partner)
    preview = client.get(page_of(row)).text
    shown = page_of(row, "import-picture", 1)
    assert f'<img src="{shown}"' in preview
    served = client.get(shown)
    assert served["Content-Type"] == "image/png"
    assert b"".join(served.streaming_content).startswith(b"\x89PNG")
    typed = {"seen": _hidden(preview, "seen"), "image-1-is_kept": "on"}

    refused = client.post(page_of(row, "import-confirm"), typed)
    assert refused.status_code == 422
    assert "Décrivez l’image, ou déclarez-la décorative." in refused.text
    assert "Dites à qui est l’image" in refused.text
    assert not Picture.objects.exists()

    client.post(
        page_of(row, "import-confirm"),
        typed | {"image-1-is_decorative": "on", "image-1-credit": "Ville de Lens"},
    )
    picture = Picture.objects.get()
    assert (picture.is_decorative, picture.alternative_text, picture.credit) == (True, "", "Ville de Lens")
    section.refresh_from_db()
    assert str(picture.public_id) in section.body
    assert list(section.pictures.all()) == [picture]


def test_a_whole_outline_is_previewed_then_created(client, read_all):
    lead = make_member()
    make_section(candidacy=lead.candidacy, title="Vision", body="<p>Ancien.</p>")
    client.force_login(lead.user)
    url = reverse("dossier:outline-import", args=[lead.candidacy.slug])
    assert url in client.get(reverse("dossier:section-list", args=[lead.candidacy.slug])).text

    upload(client, url, an_outline(("Vision", "Neuf.", [("Le fil", "Un fil.")])))
    read_all()
    row = WordImport.objects.get()
    preview = client.get(page_of(row)).text
    for told in ("1 partie ou section sera créée", "1 texte sera remplacé", "sera créée", "texte remplacé"):
        assert told in preview

    answer = client.post(page_of(row, "import-confirm"), {"seen": _hidden(preview, "seen")}, follow=True)
    assert "1 section créée, 1 texte enregistré" in answer.text
    assert set(Section.objects.values_list("title", "body")) == {
        ("Vision", "<p>Neuf.</p>"),
        ("Le fil", "<p>Un fil.</p>"),
    }


@pytest.mark.parametrize("count", [3, 30])
def test_a_preview_costs_the_same_for_any_number_of_texts(client, count, django_assert_num_queries):
    lead = make_member()
    for number in range(count):
        make_section(candidacy=lead.candidacy, title=f"Partie {number}")
    entries = [{"title": f"Partie {number}", "depth": 1, "html": "<p>x</p>"} for number in range(count)]
    row = make_word_import(candidacy=lead.candidacy, requested_by=lead.user, entries=entries)
    client.force_login(lead.user)

    # Session, user, memberships; import, sections, pictures.
    with django_assert_num_queries(6):
        client.get(page_of(row))


def test_markup_of_a_document_never_runs(client):
    section, partner = make_own_section()
    row = make_word_import(
        section=section,
        requested_by=partner,
        filename="<script>alert(1)</script>.docx",
        entries=[{"title": "", "depth": 0, "html": "<p onclick=alert(1)>Lu<script>alert(2)</script></p>"}],
        notices=["<script>alert(3)</script>"],
    )
    client.force_login(partner)

    page = client.get(page_of(row)).text

    assert "<script>alert" not in page
    assert "onclick" not in page
