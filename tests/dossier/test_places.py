"""Moving sections in the outline: by steps, by drag, by two people at once."""

import random

import pytest
from django.urls import reverse

from core.errors import DomainError
from dossier.models import Section
from dossier.outline import read_outline
from dossier.places import Place, Step, Tree
from dossier.services.outline import Contract, create_section
from dossier.services.places import move_section, place_section
from tests.factories import make_candidacy, make_member, make_section


def make_outline(candidacy):
    """Make A (a, b), B (c), C, and return the sections by title."""
    made = {
        title: make_section(candidacy=candidacy, title=title, position=rank)
        for rank, title in enumerate("ABC", start=1)
    }
    for title, part, rank in (("a", "A", 1), ("b", "A", 2), ("c", "B", 1)):
        made[title] = make_section(candidacy=candidacy, title=title, parent=made[part], position=rank)
    return made


def shape(candidacy):
    """Write the outline as « A(ab) B(c) C »."""
    told = ""
    for entry in read_outline(candidacy):
        told = f"{told}{entry.title}" if entry.parent_id else f"{told} {entry.title}:"
    return told.strip()


def address(name, section):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id])


@pytest.mark.parametrize(
    ("title", "step", "expected"),
    [
        ("A", Step.DOWN, "B:c A:ab C:"),
        ("C", Step.UP, "A:ab C: B:c"),
        ("A", Step.UP, "A:ab B:c C:"),
        ("C", Step.DOWN, "A:ab B:c C:"),
        ("b", Step.UP, "A:ba B:c C:"),
        ("a", Step.DOWN, "A:ba B:c C:"),
        # On into the next part, and back into the one before.
        ("b", Step.DOWN, "A:a B:bc C:"),
        ("c", Step.UP, "A:abc B: C:"),
        ("c", Step.DOWN, "A:ab B: C:c"),
        ("a", Step.UP, "A:ab B:c C:"),
        # From one level to the other.
        ("C", Step.ENTER, "A:ab B:cC"),
        ("B", Step.ENTER, "A:ab B:c C:"),
        ("A", Step.ENTER, "A:ab B:c C:"),
        ("a", Step.LEAVE, "A:b a: B:c C:"),
        ("A", Step.LEAVE, "A:ab B:c C:"),
    ],
)
def test_a_section_goes_one_step_and_stops_at_the_ends(title, step, expected):
    candidacy = make_candidacy()
    section = make_outline(candidacy)[title]

    is_moved = move_section(section=section, step=step)

    assert shape(candidacy) == expected
    assert is_moved == (expected != "A:ab B:c C:")


def test_the_buttons_offer_what_the_service_does():
    tree = Tree.of([(1, None), (2, 1), (3, 1), (4, None)])

    assert tree.steps(1) == {Step.DOWN}
    assert tree.steps(2) == {Step.DOWN, Step.LEAVE}
    assert tree.steps(3) == {Step.UP, Step.DOWN, Step.LEAVE}
    assert tree.steps(4) == {Step.UP, Step.ENTER}
    assert tree.destination(3, Step.DOWN) == Place(4)


def test_equal_ranks_move_in_the_order_that_is_seen():
    candidacy = make_candidacy()
    sections = {name: make_section(candidacy=candidacy, title=name, position=1) for name in "ABC"}

    move_section(section=sections["B"], step=Step.UP)

    assert shape(candidacy) == "B: A: C:"


@pytest.mark.parametrize(
    ("title", "part", "before", "expected"),
    [
        ("a", "B", "c", "A:b B:ac C:"),
        ("a", "B", None, "A:b B:ca C:"),
        ("c", "A", "b", "A:acb B: C:"),
        ("C", None, "A", "C: A:ab B:c"),
        ("A", None, None, "B:c C: A:ab"),
        ("a", None, "C", "A:b B:c a: C:"),
        ("C", "A", "a", "A:Cab B:c"),
        # What it was to stand before has gone elsewhere: the end of the part.
        ("a", "B", "b", "A:b B:ca C:"),
    ],
)
def test_a_section_is_dropped_in_any_place(title, part, before, expected):
    candidacy = make_candidacy()
    made = make_outline(candidacy)

    place_section(section=made[title], part=made.get(part), before=made.get(before))

    assert shape(candidacy) == expected


def test_the_outline_stays_two_levels_deep():
    candidacy = make_candidacy()
    made = make_outline(candidacy)

    for title, part in (("A", "B"), ("c", "a"), ("C", "C")):
        with pytest.raises(DomainError):
            place_section(section=made[title], part=made[part])

    assert shape(candidacy) == "A:ab B:c C:"


def test_whatever_many_people_do_the_outline_stays_whole():
    candidacy = make_candidacy()
    made = make_outline(candidacy)
    chance = random.Random(7)

    for _ in range(60):
        move_section(section=made[chance.choice("ABCabc")], step=chance.choice(Step.values))

    rows = list(candidacy.sections.select_related("parent"))
    assert {row.title for row in rows} == set("ABCabc")
    assert all(row.parent is None or row.parent.parent_id is None for row in rows)
    assert len({entry.number for entry in read_outline(candidacy)}) == 6


def test_a_section_in_another_part_keeps_a_trace_of_it():
    made = make_outline(make_candidacy())

    move_section(section=made["b"], step=Step.DOWN)

    assert made["b"].history.first().parent == made["B"]


def test_a_retired_section_moves_nowhere():
    candidacy = make_candidacy()
    made = make_outline(candidacy)
    Section.objects.filter(pk=made["C"].pk).update(retired_at="2026-01-01T00:00Z", retirement_reason="x")

    assert not move_section(section=made["C"], step=Step.UP)
    with pytest.raises(DomainError, match="retirée"):
        place_section(section=made["C"], part=None)
    with pytest.raises(DomainError, match="n’est plus dans le plan"):
        place_section(section=made["c"], part=made["C"])
    # The place it held is not counted any more.
    create_section(candidacy=candidacy, contract=Contract(title="D"))
    assert shape(candidacy) == "A:ab B:c D:"


# --- Pages ------------------------------------------------------------------------------------------


def test_moving_says_the_new_place_in_the_page_and_in_a_new_one(client):
    lead = make_member()
    made = make_outline(lead.candidacy)
    client.force_login(lead.user)

    plain = client.post(address("section-move", made["b"]), {"direction": "down"}, follow=True)
    part = client.post(
        address("section-move", made["a"]), {"direction": "leave"}, headers={"HX-Request": "true"}
    )

    assert "« b » porte maintenant le numéro 2.1, dans « B »." in plain.text
    assert plain.redirect_chain[0][0].endswith(f"#section-{made['b'].public_id}")
    assert "« a » porte maintenant le numéro 2, au premier niveau." in part.text
    assert 'hx-swap-oob="innerHTML:#outline-said"' in part.text
    assert "<html" not in part.text


def test_at_the_end_of_the_way_it_is_said_that_nothing_moved(client):
    lead = make_member()
    made = make_outline(lead.candidacy)
    client.force_login(lead.user)

    page = client.post(address("section-move", made["A"]), {"direction": "up"}, follow=True)

    assert "« A » reste à sa place." in page.text


def test_a_drop_is_placed_or_refused_with_the_outline_as_it_is(client):
    lead = make_member()
    made = make_outline(lead.candidacy)
    client.force_login(lead.user)

    def drop(title, part="", before=""):
        typed = {
            "part": made[part].public_id if part else "",
            "before": made[before].public_id if before else "",
        }
        return client.post(address("section-place", made[title]), typed, headers={"HX-Request": "true"})

    assert "numéro 2.1, dans « B »" in drop("a", "B", "c").text
    refused = drop("A", "B")
    assert refused.status_code == 200
    assert "elle reste au premier niveau" in refused.text
    assert "outline-said--refused" in refused.text
    assert shape(lead.candidacy) == "A:b B:ac C:"


def test_a_drop_beside_what_does_not_exist_moves_nothing(client):
    lead, foreign = make_member(), make_section()
    made = make_outline(lead.candidacy)
    client.force_login(lead.user)

    for part in (foreign.public_id, "n’importe quoi"):
        page = client.post(address("section-place", made["a"]), {"part": part}, follow=True)
        assert "Le plan a changé entre-temps" in page.text

    assert shape(lead.candidacy) == "A:ab B:c C:"
