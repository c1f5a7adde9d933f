from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dossier.models import Section
from dossier.outline import length_of, neighbours, numbers, outline_rows, read_outline
from tests.factories import make_candidacy, make_section


def make_outline(candidacy):
    """Make 1, 1.1, 1.2, 2, 2.1, in an order of primary keys that is not that of the outline."""
    second = make_section(candidacy=candidacy, title="Deux", position=2)
    first = make_section(candidacy=candidacy, title="Un", position=1)
    make_section(candidacy=candidacy, title="Un-deux", parent=first, position=2)
    make_section(candidacy=candidacy, title="Un-un", parent=first, position=1)
    make_section(candidacy=candidacy, title="Deux-un", parent=second, position=1)


def test_sections_are_numbered_in_the_order_of_the_outline(django_assert_num_queries):
    candidacy = make_candidacy()
    make_outline(candidacy)
    make_section(title="Ailleurs", position=1)

    with django_assert_num_queries(1):
        entries = read_outline(candidacy)

    assert [(entry.number, entry.title) for entry in entries] == [
        ("1", "Un"),
        ("1.1", "Un-un"),
        ("1.2", "Un-deux"),
        ("2", "Deux"),
        ("2.1", "Deux-un"),
    ]


def test_parts_of_the_same_rank_keep_their_own_sections():
    candidacy = make_candidacy()
    left = make_section(candidacy=candidacy, title="Gauche", position=1)
    right = make_section(candidacy=candidacy, title="Droite", position=1)
    make_section(candidacy=candidacy, title="Dans droite", parent=right, position=1)
    make_section(candidacy=candidacy, title="Dans gauche", parent=left, position=1)

    titles = [entry.title for entry in read_outline(candidacy)]

    assert titles == ["Gauche", "Dans gauche", "Droite", "Dans droite"]


def test_numbers_start_again_in_each_part():
    assert numbers([(7, None), (3, 7), (5, 7), (1, None), (2, 1)]) == {
        7: "1",
        3: "1.1",
        5: "1.2",
        1: "2",
        2: "2.1",
    }


def test_a_section_keeps_its_number_among_fewer():
    candidacy = make_candidacy()
    make_outline(candidacy)
    shown = candidacy.sections.filter(title="Un-deux").with_proofs()

    rows = outline_rows(read_outline(candidacy), shown, today=timezone.localdate(), open_comments={})

    assert [(row.number, row.steps) for row in rows] == [("1.2", {"up", "down", "leave"})]


@pytest.mark.parametrize(
    ("unit", "limit", "used", "is_over", "percent"),
    [
        (Section.LimitUnit.WORDS, 3, 4, True, 134),
        (Section.LimitUnit.WORDS, 8, 4, False, 50),
        (Section.LimitUnit.CHARACTERS, 22, 22, False, 100),
        (Section.LimitUnit.PAGES, 1, 1, False, 100),
    ],
)
def test_a_text_is_measured_in_the_unit_of_its_limit(unit, limit, used, is_over, percent):
    section = make_section(body="<p>Quatre mots, pas plus.</p>", limit_value=limit, limit_unit=unit)

    length = length_of(section)

    assert (length.used, length.is_over, length.percent) == (used, is_over, percent)
    assert length.is_estimate == (unit == Section.LimitUnit.PAGES)


@pytest.mark.parametrize(
    ("unit", "used"),
    [(Section.LimitUnit.WORDS, 875), (Section.LimitUnit.CHARACTERS, 3496), (Section.LimitUnit.PAGES, 2)],
)
def test_the_limit_of_a_part_counts_its_sections_in_no_more_queries(unit, used):
    part = make_section(title="Partie", body=f"<p>{'mot ' * 500}</p>", limit_value=1, limit_unit=unit)
    candidacy = part.candidacy

    def lengths():
        with CaptureQueriesContext(connection) as queries:
            rows = outline_rows(
                read_outline(candidacy),
                candidacy.sections.in_outline_order().with_proofs(),
                today=timezone.localdate(),
                open_comments={},
            )
        return rows, len(queries)

    for _ in range(3):
        make_section(candidacy=candidacy, parent=part, body=f"<p>{'mot ' * 125}</p>", limit_value=1)
    make_section(candidacy=candidacy, body="<p>Ailleurs</p>")
    rows, few = lengths()
    for _ in range(27):
        make_section(candidacy=candidacy, parent=part)
    again, many = lengths()

    assert rows[0].length.used == again[0].length.used == used
    assert rows[1].length.used == 125
    assert many == few


def test_a_text_without_limit_is_counted_in_words():
    section = make_section(body="<p>Deux mots</p>", limit_unit=Section.LimitUnit.PAGES)

    length = length_of(section)

    assert (length.used, length.limit, length.percent, length.is_over) == (2, None, None, False)


def test_the_count_does_not_glue_words_of_two_blocks():
    section = make_section(body="<h2>Titre</h2><p>Texte<br>suite</p><ul><li>un</li><li>deux</li></ul>")

    assert length_of(section).used == 5


def test_punctuation_between_its_spaces_is_no_word_and_an_entity_is_one_sign():
    section = make_section(body="<p>Il dit&nbsp;: «&nbsp;Lens &amp; Liévin&nbsp;»</p>")

    assert section.word_count == 4
    assert section.character_count == len("Il dit : « Lens & Liévin »")


def test_neighbours_skip_what_the_person_may_not_see():
    candidacy = make_candidacy()
    make_outline(candidacy)
    entries = read_outline(candidacy)
    middle = candidacy.sections.get(title="Un-deux")
    shown = [entry for entry in entries if entry.title in {"Un", "Un-deux"}]

    before, after = neighbours(shown, middle)

    assert (before.title, after) == ("Un", None)


@pytest.mark.parametrize(
    ("due_on", "status", "is_late"),
    [
        (date(2026, 3, 1), Section.Status.WRITING, True),
        (date(2026, 3, 2), Section.Status.WRITING, False),
        (date(2026, 3, 1), Section.Status.VALIDATED, False),
        (None, Section.Status.ORDERED, False),
    ],
)
def test_a_section_is_late_after_its_due_day_until_it_is_validated(due_on, status, is_late):
    section = make_section(due_on=due_on, status=status)
    today = date(2026, 3, 2)

    assert section.is_late(today) == is_late
    assert Section.objects.late(today).filter(pk=section.pk).exists() == is_late
