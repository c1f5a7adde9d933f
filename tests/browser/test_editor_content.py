"""What the editor brings into a text: pictures, figures, references, pasted text; by mouse and by keyboard alone."""

import re
from base64 import b64encode
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from dossier.services.writing import save_text
from tests.browser.test_editor import PASSWORD, open_editor, save, select_last_line
from tests.browser.waiting import comes_true
from tests.factories import (
    make_candidacy,
    make_live_figure,
    make_member,
    make_picture,
    make_section,
    make_user,
)

IN_THE_TEXT = "document.activeElement.classList.contains('ProseMirror')"
CLIPBOARD = Path(__file__).parents[1] / "core" / "clipboard"


def photograph():
    out = BytesIO()
    Image.new("RGB", (60, 40), (120, 40, 40)).save(out, "JPEG")
    return {"name": "Terril du 11-19.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@pytest.fixture
def section():
    candidacy = make_candidacy()
    make_section(candidacy=candidacy, title="Le territoire", position=1)
    return make_section(candidacy=candidacy, title="La vision", position=2, body="<p>Avant.</p>")


@pytest.fixture
def writer(section):
    person = make_user(email="camille@exemple.example", password=PASSWORD)
    make_member(candidacy=section.candidacy, user=person)
    return person


def box_of(page):
    return page.get_by_role("textbox", name="Texte de la section")


def type_at_the_end(page, text):
    # By its own command: the editor hears of a selection a moment after the browser makes it.
    page.evaluate("document.querySelector('.ProseMirror').editor.commands.focus('end')")
    # The focus comes with the next frame: a key pressed before it would be lost.
    assert comes_true(page, IN_THE_TEXT)
    page.keyboard.type(text)


def walk_to(page, name):
    """Go from the text to a button of the toolbar by keyboard, and press it."""
    page.keyboard.press("Shift+Tab")
    for _ in range(40):
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")


def table(title, identity=""):
    attribute = f' data-identity="{identity}"' if identity else ""
    return f"<table{attribute}><caption>{title}</caption><tbody><tr><td>1</td></tr></tbody></table>"


def describe(dialog, alternative="Un terril sous la neige"):
    dialog.get_by_label("Texte alternatif").fill(alternative)
    dialog.get_by_label("Légende").fill("Le terril")
    dialog.get_by_label("Crédit").fill("Photo : C. Dupuis")


def hand_over(page, kind, data):
    """Dispatch a paste or a drop on the text with ``data``: strings by type, or one file."""
    page.evaluate(
        """([kind, data]) => {
          const carried = new DataTransfer();
          for (const [type, text] of Object.entries(data.texts ?? {})) carried.setData(type, text);
          if (data.file) {
            const bytes = Uint8Array.from(atob(data.file.content), (char) => char.charCodeAt(0));
            carried.items.add(new File([bytes], data.file.name, {type: data.file.type}));
          }
          const box = document.querySelector(".ProseMirror");
          const end = box.lastElementChild.getBoundingClientRect();
          const options = {bubbles: true, cancelable: true, clientX: end.right - 5, clientY: end.top + 5};
          box.dispatchEvent(kind === "paste"
            ? new ClipboardEvent("paste", {...options, clipboardData: carried})
            : new DragEvent("drop", {...options, dataTransfer: carried}));
        }""",
        [kind, data],
    )


def as_data(picture):
    content = b64encode(picture["buffer"]).decode()
    return {"file": {"name": picture["name"], "type": picture["mimeType"], "content": content}}


def test_a_picture_is_uploaded_and_described_by_keyboard(visit, section, writer):
    visitor = visit()
    page = open_editor(visitor, section, writer)
    type_at_the_end(page, " Ajout")

    walk_to(page, "Déposer une image")
    dialog = page.get_by_role("dialog", name="Déposer une image")
    assert visitor.look("picture-upload-dialog") == []
    for _ in range(25):  # the focus never leaves the dialog but for the browser itself
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    dialog.get_by_label("Fichier").set_input_files(photograph())
    describe(dialog)
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.className").startswith("ProseMirror") or page.evaluate(
        "Boolean(document.activeElement.closest('.ProseMirror'))"
    )
    save(page)

    section.refresh_from_db()
    picture = section.pictures.get()
    assert (picture.alternative_text, picture.caption, picture.uploaded_for) == (
        "Un terril sous la neige",
        "Le terril",
        section,
    )
    address = reverse("dossier:picture", args=[section.candidacy.slug, picture.public_id])
    assert section.body == (
        f'<p>Avant. Ajout</p><figure><img src="{address}" alt="Un terril sous la neige">'
        "<figcaption>Le terril</figcaption></figure>"
    )


def test_a_picture_refused_or_cut_off_says_so_and_loses_neither_text_nor_form(visit, section, writer):
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, " Ajout")
    page.get_by_role("button", name="Déposer une image", exact=True).click()
    dialog = page.get_by_role("dialog", name="Déposer une image")
    send = dialog.get_by_role("button", name="Déposer et insérer")

    dialog.get_by_label("Fichier").set_input_files(
        {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": b"<html><script>alert(1)</script></html>"}
    )
    send.click()
    dialog.get_by_text("Décrivez l’image, ou déclarez-la décorative.").wait_for()
    assert dialog.get_by_label("Texte alternatif").get_attribute("aria-invalid") == "true"
    describe(dialog)
    send.click()
    dialog.get_by_text("Ce fichier n’est pas une image JPEG, PNG ou WebP, ou il est abîmé.").wait_for()

    page.route("**/images/", lambda route: route.abort())
    dialog.get_by_label("Fichier").set_input_files(photograph())
    send.click()
    dialog.get_by_text("La connexion est coupée").wait_for()
    page.unroute("**/images/")
    assert dialog.get_by_label("Texte alternatif").input_value() == "Un terril sous la neige"
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    save(page)

    section.refresh_from_db()
    assert section.body == "<p>Avant. Ajout</p>"
    assert not section.candidacy.pictures.exists()


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_that_is_pasted_or_dropped_is_described_and_inserted(visit, section, writer, kind):
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, "")

    hand_over(page, kind, as_data(photograph()))
    dialog = page.get_by_role("dialog", name="Déposer une image")
    describe(dialog)
    dialog.get_by_label("Image décorative").check()
    dialog.get_by_role("button", name="Déposer et insérer").click()
    dialog.wait_for(state="hidden")
    save(page)

    section.refresh_from_db()
    picture = section.pictures.get()
    assert picture.is_decorative
    assert 'alt=""' in section.body


def test_a_file_that_is_no_picture_is_not_opened_in_place_of_the_text(visit, section, writer):
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, " Ajout")

    hand_over(page, "drop", as_data({"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}))

    page.get_by_role("status").get_by_text("Seules des images").wait_for()
    expect(box_of(page)).to_have_text("Avant. Ajout")


@pytest.mark.parametrize(
    ("name", "typed", "made"),
    [
        ("Titre de niveau 2", "", "<h2>Ajout</h2>"),
        ("Titre de niveau 3", "", "<h3>Ajout</h3>"),
        ("Titre de niveau 4", "", "<h4>Ajout</h4>"),
        ("Liste à puces", "", "<ul><li>Ajout</li></ul>"),
        ("Liste numérotée", "", "<ol><li>Ajout</li></ol>"),
        ("Citation", "", "<blockquote><p>Ajout</p></blockquote>"),
        (
            "Lien",
            "https://exemple.example/",
            '<p><a href="https://exemple.example/" title="" rel="noopener noreferrer">Ajout</a></p>',
        ),
        ("Insérer un tableau", "Publics", "<table><caption>Publics</caption>"),
    ],
)
def test_what_the_toolbar_makes_is_reached_by_keyboard(visit, section, writer, name, typed, made):
    """Those that ask for something ask in a dialog whose first field has the focus."""
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, "\nAjout")
    select_last_line(page, box_of(page))

    walk_to(page, name)
    if typed:
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        dialog.wait_for(state="detached")
    else:
        button = page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_contain_class("active")
    save(page)

    section.refresh_from_db()
    assert re.sub(r' data-identity="[^"]*"', "", section.body).startswith(f"<p>Avant.</p>{made}")


def test_a_figure_and_a_reference_are_inserted_by_keyboard(visit, section, writer):
    figure = make_live_figure(
        candidacy=section.candidacy, label="Habitant·e·s", value=Decimal(62767), unit="habitants"
    )
    target = section.candidacy.sections.get(title="Le territoire")
    visitor = visit()
    page = open_editor(visitor, section, writer)
    type_at_the_end(page, " Nous sommes ")

    walk_to(page, "Insérer un chiffre")
    page.get_by_role("dialog", name="Insérer un chiffre").wait_for()
    page.keyboard.press("Escape")
    assert comes_true(page, IN_THE_TEXT), "the focus comes back"
    walk_to(page, "Insérer un chiffre")
    dialog = page.get_by_role("dialog", name="Insérer un chiffre")
    assert visitor.look("figure-dialog") == []
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    assert comes_true(page, IN_THE_TEXT)
    page.keyboard.type(", voir ")
    walk_to(page, "Insérer un renvoi")
    dialog = page.get_by_role("dialog", name="Insérer un renvoi")
    dialog.get_by_label("Section visée").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    assert comes_true(page, IN_THE_TEXT)
    page.keyboard.type(".")
    expect(box_of(page)).to_have_text(
        "Avant. Nous sommes 62\u202f767\u00a0habitants, voir 1\u00a0Le territoire."
    )
    save(page)

    section.refresh_from_db()
    assert section.body == (
        f'<p>Avant. Nous sommes <span data-live-figure="{figure.public_id}"></span>, voir '
        f'<span data-section="{target.public_id}"></span>.</p>'
    )
    assert list(section.live_figures.all()) == [figure]


def test_a_reference_to_a_figure_is_inserted_by_keyboard_and_names_its_caption(visit, section, writer):
    for _ in range(2):
        picture = make_picture(candidacy=section.candidacy, caption="Le terril")
    make_picture(candidacy=section.candidacy, is_decorative=True, alternative_text="")
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, " Voir ")

    walk_to(page, "Renvoyer à une figure")
    dialog = page.get_by_role("dialog", name="Renvoyer à une figure")
    choice = dialog.get_by_label("Image visée")
    assert choice.get_by_role("option").all_text_contents() == ["Le terril", "Le terril (2)"]
    choice.select_option("Le terril (2)")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    assert comes_true(page, IN_THE_TEXT)
    page.keyboard.type(".")
    expect(box_of(page)).to_have_text("Avant. Voir figure «\u00a0Le terril\u00a0».")
    save(page)

    section.refresh_from_db()
    assert section.body == f'<p>Avant. Voir <span data-picture="{picture.public_id}"></span>.</p>'


def test_a_reference_to_a_table_is_inserted_by_keyboard_and_follows_its_title(visit, section, writer):
    other = section.candidacy.sections.get(title="Le territoire")
    save_text(section=other, body=table("Lieux"), expected_revision=0, by=None)
    section = save_text(
        section=section, body=f"<p>Avant.</p>{table('Publics')}", expected_revision=0, by=None
    )
    own, elsewhere = section.tables.get().identity, other.tables.get().identity
    visitor = visit()
    page = open_editor(visitor, section, writer)
    assert page.evaluate("document.querySelector('.ProseMirror table caption').textContent") == "Publics"
    page.evaluate("document.querySelector('.ProseMirror').editor.commands.focus(7)")
    assert comes_true(page, IN_THE_TEXT)

    for title in ("Publics", "Lieux"):
        page.keyboard.type(" Voir ")
        walk_to(page, "Renvoyer à un tableau")
        dialog = page.get_by_role("dialog", name="Renvoyer à un tableau")
        choice = dialog.get_by_label("Tableau visé")
        assert choice.get_by_role("option").all_text_contents() == ["Publics", "Lieux"]
        assert visitor.look("table-reference-dialog") == []
        choice.select_option(title)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        dialog.wait_for(state="detached")
        assert comes_true(page, IN_THE_TEXT)
    expect(box_of(page).locator("p").first).to_have_text(
        "Avant. Voir tableau «\u00a0Publics\u00a0» Voir tableau «\u00a0Lieux\u00a0»"
    )
    box_of(page).get_by_role("cell").click()
    page.get_by_role("button", name="Titre du tableau").click()
    page.get_by_role("dialog").get_by_label("Titre du tableau").fill("Visiteurs")
    page.keyboard.press("Enter")
    expect(box_of(page).locator(".mention").first).to_have_text("tableau «\u00a0Visiteurs\u00a0»")
    save(page)

    section.refresh_from_db()
    assert section.body == (
        f'<p>Avant. Voir <span data-table="{own}"></span> Voir <span data-table="{elsewhere}"></span></p>'
        f"{table('Visiteurs', own)}"
    )
    page.get_by_role("link", name="tableau\u00a02").click()
    assert (
        page.evaluate("document.querySelector(':target').caption.textContent")
        == "Tableau\u00a02\u00a0– Visiteurs"
    )
    page.get_by_role("link", name="Modifier le texte").first.click()
    expect(box_of(page).locator(".mention")).to_have_text(
        ["tableau «\u00a0Visiteurs\u00a0»", "tableau «\u00a0Lieux\u00a0»"]
    )


def test_a_table_that_is_copied_leaves_its_identity_to_the_first(visit, section, writer):
    section = save_text(
        section=section, body=f"<p>Avant.</p>{table('Publics')}", expected_revision=0, by=None
    )
    own = section.tables.get().identity
    page = open_editor(visit(), section, writer)

    # Above the first, where counting alone would take the copy for it.
    page.evaluate(
        """() => {
          const {editor} = document.querySelector(".ProseMirror");
          const copy = editor.getJSON().content.find(({type}) => type === "table");
          editor.commands.insertContentAt(0, copy);
        }"""
    )
    save(page)

    section.refresh_from_db()
    copied, first = section.tables.order_by("position")
    assert (copied.title, first.title) == ("Publics", "Publics")
    assert first.identity == own != copied.identity


def test_a_table_copied_from_a_page_brings_its_title_without_the_number(visit, section, writer):
    page = open_editor(visit(), section, writer)
    copied = '<table id="tableau-1" tabindex="0"><caption><span class="number">Tableau 1 –</span> Lieux</caption><tbody><tr><td>1</td></tr></tbody></table>'

    type_at_the_end(page, "\n")
    hand_over(page, "paste", {"texts": {"text/html": copied}})
    save(page)

    section.refresh_from_db()
    assert [row.title for row in section.tables.all()] == ["Lieux"]


def test_what_word_copies_comes_out_clean(visit, section, writer):
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, "\n")

    hand_over(page, "paste", {"texts": {"text/html": (CLIPBOARD / "word.html").read_text(encoding="utf-8")}})
    page.get_by_role("status").get_by_text("sans ses images").wait_for()
    save(page)

    section.refresh_from_db()
    body = section.body.replace("&nbsp;", "\u00a0")
    assert "<h2>Le projet</h2>" in body
    assert "<h3>Nos axes</h3>" in body
    assert (
        "«\u00a0partagée\u00a0»\u00a0: <strong>62\u00a0767</strong> personnes, à Lens et <em>autour</em>."
        in body
    )
    assert "<ul><li>Habiter<ul><li>en ville</li></ul></li><li>Transmettre</li></ul>" in body
    assert '<ol start="3"><li>Ouvrir</li><li>Fermer</li></ol>' in body
    assert '<p>Un fait<span class="footnote">Sa source, chez nous.</span>.</p>' in body
    assert body.count('<th scope="col">') == 2
    for trace in ("mso", "Mso", "style", "<img", "<p></p>", "st1"):
        assert trace not in body


@pytest.mark.parametrize(
    "outer", ["<font>{}</font>", "<h6>{}</h6>", '<p style="mso-list:l0 level1 lfo1">{}</p>']
)
def test_more_nodes_than_a_call_takes_are_pasted_all_the_same(visit, section, writer, outer):
    page = open_editor(visit(), section, writer)

    kept = page.evaluate(
        """async ([before, after]) => {
          const {js_modules: modules} = JSON.parse(
            document.querySelector("textarea[data-django-prose-editor-configurable]").dataset.djangoProseEditorConfigurable
          );
          const {cleanPasted} = await import(modules.find((each) => each.includes("editor-paste")));
          return cleanPasted(before + "a<br>".repeat(200000) + after).html.match(/<br>/g).length;
        }""",
        outer.split("{}"),
    )

    assert kept == 200_000


def test_what_libreoffice_copies_comes_out_clean(visit, section, writer):
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, "\n")

    html = (CLIPBOARD / "libreoffice.html").read_text(encoding="utf-8")
    hand_over(page, "paste", {"texts": {"text/html": html}})
    page.get_by_role("status").get_by_text("sans ses images").wait_for()
    save(page)

    section.refresh_from_db()
    body = section.body.replace("&nbsp;", "\u00a0")
    assert "<h2>Le projet</h2>" in body
    assert "<h4>Un détail</h4>" in body
    assert '<p>Un fait<span class="footnote">Sa source, chez nous.</span>.</p>' in body
    assert "<ul><li>Habiter</li><li>Transmettre</li></ul>" in body
    assert body.count('<th scope="col">') == 2
    for trace in ("font", "style", "western", "<img", "<p></p>"):
        assert trace not in body


@pytest.mark.parametrize("mark", ["<!--", "<style", "<![", "<?xml", "<a ", "<a style"])
def test_a_mark_that_nothing_ends_is_read_once_however_often_it_comes(visit, section, writer, mark):
    """Read anew from each place, so many marks would take hours."""
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, " Ajout")

    hand_over(page, "paste", {"texts": {"text/html": f"<p>collé</p>{mark * (3_000_000 // len(mark))}"}})

    expect(box_of(page)).to_contain_text("Avant. Ajoutcollé")
    save(page)
    section.refresh_from_db()
    assert section.body.startswith("<p>Avant. Ajoutcollé")


@pytest.mark.parametrize("kind", ["paste", "drop"])
@pytest.mark.parametrize("form", ["text/html", "text/plain"])
def test_what_is_too_long_to_be_pasted_is_refused_and_the_text_stays(visit, section, writer, kind, form):
    page = open_editor(visit(), section, writer)
    type_at_the_end(page, " Ajout")

    hand_over(page, kind, {"texts": {form: "<p>collé</p>\n" * 1_600_000}})

    page.get_by_role("status").get_by_text("Rien n’est collé\u00a0: c’est trop long").wait_for()
    expect(box_of(page)).to_have_text("Avant. Ajout")
    page.keyboard.type(" encore")
    save(page)
    section.refresh_from_db()
    assert section.body == "<p>Avant. Ajout encore</p>"


@pytest.mark.parametrize("size", ["360"])
def test_the_dialogs_fit_a_small_screen(visit, section, writer, size):
    visitor = visit(size=size)
    page = open_editor(visitor, section, writer)

    page.get_by_role("button", name="Déposer une image", exact=True).click()
    page.get_by_role("dialog", name="Déposer une image").wait_for()

    assert visitor.look("picture-upload-dialog") == []
    assert not visitor.scrolls_sideways()


def test_a_picture_whose_file_is_broken_says_so_on_the_page(visit, section, writer):
    picture = make_picture(candidacy=section.candidacy, alternative_text="Le beffroi")
    Path(picture.file.path).write_bytes(b"no picture at all")
    address = reverse("dossier:picture", args=[section.candidacy.slug, picture.public_id])
    section.body = f'<figure><img src="{address}" alt="Le beffroi"></figure>'
    section.save()
    visitor = visit()
    visitor.sign_in(writer, PASSWORD)

    page = visitor.open(reverse("dossier:section-detail", args=[section.candidacy.slug, section.public_id]))

    page.get_by_text("Image absente – Le beffroi").wait_for()
