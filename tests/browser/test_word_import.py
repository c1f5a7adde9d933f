"""Taking the text of a Word document into a section, by hand, with a preview before anything is written."""

import pytest
from django.urls import reverse

from candidacy.models import Membership
from dossier.models import Picture, WordImport
from tests.factories import make_contact, make_member, make_organisation, make_section, make_user
from tests.word_documents import an_article, an_outline

PASSWORD = "une-phrase-assez-longue"
Role = Membership.Role


@pytest.fixture
def partner(live_server, settings):
    settings.BASE_URL = live_server.url
    user = make_user(password=PASSWORD)
    member = make_member(user=user, role=Role.PARTNER)
    make_contact(organisation=make_organisation(candidacy=member.candidacy), user=user)
    return user


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "Notre texte.docx"
    path.write_bytes(an_article())
    return path


@pytest.mark.parametrize("size", ["1280", "360"])
def test_a_partner_sees_what_will_change_before_their_section_does(visit, partner, document, size):
    organisation = partner.contacts.get().organisation
    section = make_section(
        candidacy=organisation.candidacy,
        organisation=organisation,
        title="Nos lieux",
        body="<p>Le texte d’avant.</p>",
    )
    visitor = visit(size=size)
    visitor.sign_in(partner, PASSWORD)
    page = visitor.open(reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id]))
    page.get_by_role("link", name="Importer un document Word").click()
    trouble = visitor.look("word-upload")

    page.get_by_label("Document Word").set_input_files(
        {"name": "faux.docx", "mimeType": "application/octet-stream", "buffer": b"%PDF-1.7"}
    )
    page.get_by_role("button", name="Voir l’aperçu").click()
    page.get_by_text("Ce fichier est un PDF").wait_for()
    trouble += visitor.look("word-upload-refused")

    page.get_by_label("Document Word").set_input_files(document)
    page.get_by_role("button", name="Voir l’aperçu").click()
    page.get_by_role("heading", name="Aperçu de l’import").wait_for()
    page.reload()
    assert page.get_by_text("sera remplacé par celui du document").is_visible()
    assert page.get_by_text("n’est pas repris : la section garde le sien").is_visible()
    trouble += visitor.look("word-preview")
    assert not visitor.scrolls_sideways()

    page.get_by_role("button", name="Reprendre dans le dossier").click()
    page.get_by_text("Dites à qui est l’image").wait_for()
    assert page.get_by_label("Texte alternatif").input_value() == "Le parvis du musée."
    trouble += visitor.look("word-preview-refused")
    page.get_by_label("Crédit").fill("Ville de Lens")
    page.get_by_role("button", name="Reprendre dans le dossier").click()

    page.get_by_text("Le texte du document Word est repris").wait_for()
    page.get_by_role("img", name="Le parvis du musée.").wait_for()
    assert page.locator("article").get_by_text("La culture est un droit.").is_visible()
    trouble += visitor.look("word-taken-up")
    assert trouble == []
    section.refresh_from_db()
    assert (section.revision, Picture.objects.get().credit) == (1, "Ville de Lens")
    assert not WordImport.objects.exists()


@pytest.mark.parametrize("size", ["1280", "360"])
def test_the_lead_sees_the_outline_that_a_document_makes_then_takes_it_up_or_drops_it(
    visit, live_server, tmp_path, settings, size
):
    settings.BASE_URL = live_server.url
    lead = make_user(password=PASSWORD)
    candidacy = make_member(user=lead, role=Role.LEAD).candidacy
    make_section(candidacy=candidacy, title="Vision", body="<p>Ancien.</p>")
    path = tmp_path / "plan.docx"
    path.write_bytes(
        an_outline(("Vision", "Neuf.", [("Le fil", "Un fil."), ("Les axes", "")]), ("Budget", "", []))
    )
    visitor = visit(size=size)
    visitor.sign_in(lead, PASSWORD)
    page = visitor.open(reverse("dossier:section-list", args=[candidacy.slug]))
    page.get_by_role("link", name="Importer un plan depuis Word").click()
    trouble = visitor.look("word-outline-upload")
    page.get_by_label("Document Word").set_input_files(path)
    page.get_by_role("button", name="Voir l’aperçu").click()
    page.get_by_text("3 parties et sections seront créées").wait_for()
    page.locator("summary", has_text="Le fil").click()
    assert page.get_by_text("Un fil.").is_visible()
    trouble += visitor.look("word-outline-preview")
    assert not visitor.scrolls_sideways()

    if size == "1280":
        page.get_by_role("button", name="Reprendre dans le dossier").click()
        page.get_by_text("Le document Word est repris").wait_for()
        assert page.get_by_role("link", name="Le fil").is_visible()
        trouble += visitor.look("word-outline-taken-up")
        written = [("Vision", "<p>Neuf.</p>"), ("Le fil", "<p>Un fil.</p>"), ("Les axes", ""), ("Budget", "")]
    else:
        page.locator("summary", has_text="Abandonner l’import").click()
        page.locator("details[open]").get_by_role("button", name="Abandonner l’import", exact=True).click()
        page.get_by_text("L’import est abandonné").wait_for()
        written = [("Vision", "<p>Ancien.</p>")]

    assert trouble == []
    assert not WordImport.objects.exists()
    assert sorted(candidacy.sections.values_list("title", "body")) == sorted(written)
