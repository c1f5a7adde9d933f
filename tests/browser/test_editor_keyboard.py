"""Changing what a text has already, a table or a link, with the keyboard alone."""

import re

import pytest

from tests.browser.test_editor import PASSWORD, open_editor, save
from tests.browser.test_editor_content import IN_THE_TEXT, box_of, type_at_the_end
from tests.browser.waiting import comes_true
from tests.factories import make_member, make_section, make_user

TABLE = (
    "<table><caption>Publics</caption><tbody><tr><td>un</td></tr>"
    "<tr><td>deux</td></tr></tbody></table><p>La fin.</p>"
)


@pytest.fixture
def writer():
    return make_user(email="camille@exemple.example", password=PASSWORD)


@pytest.fixture
def edit(visit, writer):
    """Call it with a text to open the editor on it."""

    def begin(body):
        section = make_section(body=body)
        make_member(candidacy=section.candidacy, user=writer)
        return section, open_editor(visit(), section, writer)

    return begin


def press(page, name):
    """Go from the text to a button of the toolbar, which Tab does not reach from within a table, and back."""
    page.keyboard.press("Alt+F10")
    assert comes_true(page, "Boolean(document.activeElement.closest('[role=toolbar]'))")
    for _ in range(40):
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            break
        page.keyboard.press("ArrowRight")
    else:
        raise AssertionError(f"no way to {name}")
    page.keyboard.press("Enter")


def move(page, key, words):
    """Press an arrow once, and wait until the editor has heard that the caret is in the block of ``words``."""
    page.keyboard.press(key)
    place = "document.querySelector('.ProseMirror').editor.state.selection.$from.parent"
    assert comes_true(page, f"{place}.textContent === {words!r}", seconds=5), page.evaluate(
        f"{place}.textContent"
    )


def step_into_the_link(page):
    type_at_the_end(page, "")
    page.keyboard.press("ArrowLeft")
    assert comes_true(page, "document.querySelector('.ProseMirror').editor.isActive('link')")


def cells(section):
    section.refresh_from_db()
    return re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", section.body)


def test_a_row_is_added_to_a_table_and_another_removed(edit):
    section, page = edit(TABLE)
    type_at_the_end(page, " Voilà.")
    move(page, "ArrowUp", "deux")
    move(page, "ArrowUp", "un")

    press(page, "Ajouter une ligne dessous")
    assert comes_true(page, IN_THE_TEXT)
    move(page, "ArrowDown", "")
    page.keyboard.type("entre")
    move(page, "ArrowDown", "deux")
    press(page, "Supprimer la ligne")
    assert comes_true(page, IN_THE_TEXT)
    save(page)

    assert cells(section) == ["un", "entre"]
    assert section.body.endswith("<p>La fin. Voilà.</p>")


def test_a_link_is_changed_and_then_removed(edit):
    section, page = edit('<p>Voyez <a href="https://exemple.example/ancien">le site</a></p>')
    step_into_the_link(page)

    press(page, "Lien")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert page.evaluate("document.activeElement.value") == "https://exemple.example/ancien"
    page.keyboard.press("Control+a")
    page.keyboard.type("https://exemple.example/nouveau")
    page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
    save(page)

    section.refresh_from_db()
    assert re.findall(r'href="([^"]*)"', section.body) == ["https://exemple.example/nouveau"]
    assert "le site</a>" in section.body

    page.go_back()
    box_of(page).wait_for()
    step_into_the_link(page)
    press(page, "Retirer le lien")
    assert comes_true(page, IN_THE_TEXT)
    save(page)

    section.refresh_from_db()
    assert section.body == "<p>Voyez le site</p>"
