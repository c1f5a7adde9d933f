"""The rich text editor in a real browser: what a person opens, changes and saves loses nothing."""

import re

import pytest
from django.urls import reverse

from tests.browser.waiting import comes_true
from tests.factories import make_candidacy, make_member, make_picture, make_section, make_user

PASSWORD = "une-phrase-assez-longue"

BODY = """<h2>Un titre</h2><h3>Un autre</h3><h4>Un dernier</h4>
<p>Du <strong>gras</strong>, de l’<em>italique</em>, CO<sub>2</sub>, m<sup>2</sup>, un
<a href="https://exemple.example/" title="Le site">lien</a>\u00a0; 62\u202f767\u00a0habitants.<br>Une ligne.</p>
<p>Un fait.<span class="footnote">Sa source, <em>en italique</em>, et <a href="https://exemple.example/">sa
page</a>.</span> La suite.</p>
<ul><li>un</li><li>deux<ul><li>dedans</li></ul></li></ul><ol start="3"><li><strong>Trois.</strong> Puis.</li></ol>
<blockquote><p>On l’a dit.</p><p>Deux fois.</p></blockquote><hr>
<figure><img src="{picture}" alt="Un terril, vu du canal"><figcaption>Le terril, <em>photographie</em></figcaption></figure>
<figure><img src="{picture}" alt=""><figcaption></figcaption></figure>
<table data-identity="0d8f6a52-3c1e-4f7b-9a60-5b2c7d1e8f34"><caption>Effectifs par année</caption><thead><tr><td></td><th scope="col">Année N</th><th scope="col">Année</th></tr>
</thead><tbody><tr><th scope="row">Postes</th><td>4</td><td>7,5</td></tr>
<tr><th scope="row">Total</th><td colspan="2">11,5</td></tr></tbody></table>
<table><tbody><tr><td rowspan="2">sans</td><td>titre</td></tr><tr><td>ni en-tête</td></tr></tbody></table>
<p>La fin.</p>"""


@pytest.fixture
def section():
    candidacy = make_candidacy()
    picture = make_picture(candidacy=candidacy)
    address = reverse("dossier:picture", args=[candidacy.slug, picture.public_id])
    return make_section(candidacy=candidacy, body=BODY.replace("{picture}", address).replace("\n", " "))


@pytest.fixture
def writer(section):
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    make_member(candidacy=section.candidacy, user=person)
    return person


def open_editor(visitor, section, writer):
    visitor.sign_in(writer, PASSWORD)
    page = visitor.open(reverse("dossier:section-edit", args=[section.candidacy.slug, section.public_id]))
    page.get_by_role("toolbar", name="Mise en forme").wait_for()
    return page


def save(page):
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/texte/"))


def squeezed(html):
    """Leave out the blanks between tags, which no reader sees."""
    return html.replace("> <", "><")


def test_saving_without_typing_changes_nothing(visit, section, writer):
    page = open_editor(visit(), section, writer)
    before = section.body

    save(page)

    section.refresh_from_db()
    assert section.body == before
    assert section.revision == 0


def test_a_word_more_loses_nothing_of_the_rest(visit, section, writer):
    page = open_editor(visit(), section, writer)
    before = section.body
    box = page.get_by_role("textbox", name="Texte de la section")

    box.get_by_text("La fin.").click()
    page.keyboard.press("End")
    page.keyboard.type(" Ajout")
    save(page)

    section.refresh_from_db()
    assert squeezed(section.body) == squeezed(before).replace("La fin.", "La fin. Ajout")


def select_last_line(page, box):
    """The editor hears of a selection a moment after the browser makes it, and of keys once it has the focus."""
    for _ in range(10):
        box.focus()
        page.keyboard.press("Control+End")
        page.keyboard.press("Shift+Home")
        if comes_true(
            page, "!document.querySelector('.ProseMirror').editor.state.selection.empty", seconds=1
        ):
            return
    raise AssertionError("nothing is selected")


def test_a_footnote_is_made_with_the_keyboard_alone(visit, section, writer):
    section.body = "<p>Un fait.</p><p>Sa source</p>"
    section.save()
    page = open_editor(visit(), section, writer)
    box = page.get_by_role("textbox", name="Texte de la section")

    select_last_line(page, box)
    page.keyboard.press("Shift+Tab")
    bar = page.get_by_role("toolbar")
    for _ in range(40):
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == "Note de bas de page":
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert bar.get_by_role("button", name="Note de bas de page").get_attribute("aria-pressed") == "true"
    save(page)

    section.refresh_from_db()
    assert section.body == '<p>Un fait.</p><p><span class="footnote">Sa source</span></p>'


def test_a_new_table_has_a_title_and_headers(visit, section, writer):
    section.body = "<p>Avant.</p>"
    section.save()
    page = open_editor(visit(), section, writer)
    page.get_by_role("textbox", name="Texte de la section").click()

    page.get_by_role("button", name="Insérer un tableau").click()
    dialog = page.get_by_role("dialog", name="Insérer un tableau")
    dialog.get_by_label("Titre du tableau").fill("Publics")
    dialog.get_by_label("Lignes").fill("2")
    dialog.get_by_label("Colonnes").fill("2")
    dialog.get_by_role("button", name="Insérer").click()
    page.keyboard.type("Public")
    save(page)

    section.refresh_from_db()
    assert re.search(r'<table data-identity="[-0-9a-f]{36}"><caption>Publics</caption><thead>', section.body)
    assert '<th scope="col">Public</th>' in section.body


@pytest.mark.parametrize("size", ["1280", "360"])
def test_the_editor_can_be_used_by_everybody(visit, section, writer, size):
    visitor = visit(size=size)
    page = open_editor(visitor, section, writer)

    assert visitor.look("section-edit") == []
    assert not visitor.scrolls_sideways()
    for button in page.get_by_role("toolbar").get_by_role("button").all():
        assert button.get_attribute("aria-label")
        assert button.get_attribute("aria-label") == button.get_attribute("title")
    assert page.get_by_role("toolbar").locator('button[tabindex="0"]').count() == 1


def test_a_refused_text_is_still_there_and_marked(visit, section, writer):
    page = open_editor(visit(), section, writer)
    type(section).objects.filter(pk=section.pk).update(revision=5, body="<p>Plus récent.</p>")

    page.get_by_role("textbox", name="Texte de la section").get_by_text("La fin.").click()
    page.keyboard.type("Ajout ")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("Plus récent.").first.wait_for()

    assert "Ajout" in page.locator("textarea").first.input_value()


def test_a_picture_of_the_candidacy_is_put_into_the_text_and_described(visit, section, writer):
    make_picture(candidacy=section.candidacy, caption="Le chevalement", alternative_text="Une tour de fer")
    section.body = "<p>Avant.</p>"
    section.save()
    page = open_editor(visit(), section, writer)
    page.get_by_role("textbox", name="Texte de la section").click()

    page.get_by_role("button", name="Image", exact=True).click()
    dialog = page.get_by_role("dialog", name="Insérer une image")
    chosen = dialog.get_by_label("Image de la candidature")
    chosen.select_option(label=chosen.locator("option", has_text="Le chevalement").text_content())
    dialog.get_by_role("button", name="Insérer").click()
    page.get_by_role("textbox").locator("figure img").click()
    page.get_by_role("button", name="Image", exact=True).click()
    described = page.get_by_role("dialog", name="Décrire l’image").get_by_label("Texte alternatif")
    assert described.input_value() == "Une tour de fer"
    described.fill("Une tour de fer au-dessus d’un puits")
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    save(page)

    section.refresh_from_db()
    picture = section.candidacy.pictures.get(caption="Le chevalement")
    assert picture.alternative_text == "Une tour de fer au-dessus d’un puits"
    address = reverse("dossier:picture", args=[section.candidacy.slug, picture.public_id])
    assert (
        f'<figure><img src="{address}" alt="Une tour de fer au-dessus d’un puits">'
        "<figcaption>Le chevalement</figcaption></figure>"
    ) in section.body
