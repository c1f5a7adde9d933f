"""The outline moved with the mouse and by keyboard, wide and narrow."""

import pytest
from django.urls import reverse

from candidacy.models import Membership
from dossier.outline import read_outline
from dossier.services.retirement import retire_section
from tests.factories import (
    make_contact,
    make_member,
    make_organisation,
    make_reviewer,
    make_section,
    make_user,
)

PASSWORD = "une-phrase-assez-longue"


@pytest.fixture
def candidacy(live_server, settings):
    settings.BASE_URL = live_server.url
    user = make_user(password=PASSWORD, first_name="Camille", last_name="Lefèvre")
    return make_member(user=user, role=Membership.Role.LEAD).candidacy


@pytest.fixture
def desk(visit, candidacy):
    """Open the outline « A(ab) B(c) » as its lead."""
    for rank, title in enumerate("AB", start=1):
        make_section(candidacy=candidacy, title=title, position=rank)
    for title, part, rank in (("a", "A", 1), ("b", "A", 2), ("c", "B", 1)):
        parent = candidacy.sections.get(title=part)
        make_section(candidacy=candidacy, title=title, parent=parent, position=rank)

    def arrive(size="1280"):
        visitor = visit(size=size)
        visitor.sign_in(candidacy.memberships.get().user, PASSWORD)
        visitor.open(reverse("dossier:section-list", args=[candidacy.slug]))
        return visitor

    return arrive


def shape(candidacy):
    told = ""
    for entry in read_outline(candidacy):
        told = f"{told}{entry.title}" if entry.parent_id else f"{told} {entry.title}:"
    return told.strip()


def row(page, title):
    return page.locator("tr", has=page.get_by_role("link", name=title, exact=True))


def drag(page, title, onto, *, below=True):
    """Take hold of the grip of one row and let it go over another."""
    grip = row(page, title).locator("[data-grip]")
    for found in (row(page, onto), grip):  # the mouse goes nowhere below the window
        found.scroll_into_view_if_needed()
    box, goal = grip.bounding_box(), row(page, onto).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    x, y = box["x"] + box["width"] / 2, goal["y"] + goal["height"] * (0.75 if below else 0.25)
    page.mouse.move(x, (box["y"] + y) / 2, steps=6)
    page.mouse.move(x, y, steps=6)
    page.wait_for_timeout(300)
    page.mouse.move(x, y + (2 if below else -2), steps=2)
    page.mouse.up()


def test_a_section_is_dragged_into_another_part_and_a_part_before_another(desk, candidacy):
    visitor = desk()
    page = visitor.page

    drag(page, "b", "c")
    page.get_by_text("« b » porte maintenant le numéro 2.2, dans « B ».").wait_for()
    assert shape(candidacy) == "A:a B:cb"
    assert row(page, "b").get_by_text("2.2").is_visible()

    drag(page, "B", "A", below=False)
    page.get_by_text("« B » porte maintenant le numéro 1, au premier niveau.").wait_for()
    assert shape(candidacy) == "B:cb A:a"


#: The new outline answers keys once htmx has taken hold of it and the focus is back in a row.
SETTLED = "#outline:not(.htmx-settling) [data-keeps-focus] button:focus"


def test_the_outline_is_ordered_by_keyboard_alone_and_says_each_new_place(desk, candidacy):
    visitor = desk()
    page = visitor.page
    said = page.get_by_role("status").filter(has_text="porte maintenant")

    page.get_by_role("button", name="Descendre « a »", exact=True).focus()
    page.keyboard.press("Enter")
    said.filter(has_text="« a » porte maintenant le numéro 1.2, dans « A ».").wait_for()
    # The focus stays where one works: pressing again goes on into the next part.
    page.locator(SETTLED).wait_for()
    page.keyboard.press("Enter")
    said.filter(has_text="numéro 2.1, dans « B ».").wait_for()
    assert shape(candidacy) == "A:b B:ac"

    page.locator(SETTLED).wait_for()
    page.get_by_role("button", name="Sortir « a » de sa partie", exact=True).focus()
    page.keyboard.press("Enter")
    said.filter(has_text="numéro 3, au premier niveau").wait_for()
    # That button is gone: another of the same row has the focus.
    page.locator(SETTLED).wait_for()
    assert page.evaluate("document.activeElement.closest('tr')?.querySelector('a').textContent") == "a"
    page.get_by_role("button", name="Faire entrer « a » dans la partie précédente", exact=True).focus()
    page.keyboard.press("Enter")
    said.filter(has_text="numéro 2.2, dans « B ».").wait_for()
    assert shape(candidacy) == "A:b B:ca"


@pytest.mark.parametrize("size", ["1280", "360"])
def test_the_pages_of_the_outline_and_of_a_rich_contract_are_clean(desk, candidacy, size):
    lead = candidacy.memberships.get()
    section = candidacy.sections.get(title="c")
    section.questions = ["Q1. Pourquoi ici ?"]
    section.due_on = "2026-01-10"
    section.body = "<p>Un texte</p>"
    section.save()
    section.expected_proofs.create(position=1, text="Délibération du conseil")
    section.expected_proofs.create(
        position=2, text="Lettre", provided_at=lead.created_at, provided_by=lead.user
    )
    section.due_changes.create(former_on="2025-12-01", new_on="2026-01-10", reason="Vote plus tard")
    section.state_changes.create(source="ordered", target="writing", moved_by=lead.user)
    contact = make_contact(organisation=make_organisation(candidacy=candidacy))
    make_reviewer(section=section, contact=contact)
    retire_section(section=candidacy.sections.get(title="b"), reason="Doublon", by=lead.user)
    visitor = desk(size=size)
    trouble = visitor.look("outline")
    for name in ("section-detail", "section-edit", "section-contract", "section-merge", "section-retire"):
        visitor.open(reverse(f"dossier:{name}", args=[candidacy.slug, section.public_id]))
        trouble += visitor.look(f"outline-{name}")
        assert not visitor.scrolls_sideways(), name
    visitor.open(reverse("dossier:retired-section-list", args=[candidacy.slug]))
    trouble += visitor.look("outline-retired")

    assert trouble == []
