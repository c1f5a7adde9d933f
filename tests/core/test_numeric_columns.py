"""Columns of numbers stand by the right edge: on the page, in print and in Word."""

import pytest

from core.numeric_columns import align_numbers

HEAD = '<thead><tr><th scope="col">Ville</th><th scope="col">Part</th></tr></thead>'


def table(*values, head=HEAD):
    rows = "".join(f'<tr><th scope="row">Lens</th><td>{value}</td></tr>' for value in values)
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def numeric(html):
    return align_numbers(html).count('class="numeric"')


@pytest.mark.parametrize(
    "values",
    [
        ("12", "4"),
        ("1\u202f520\u00a0000", "1 520 000"),
        ("12,5\u00a0%", "\u22123,1 %"),
        ("450&nbsp;000 €", "1,2 M€"),
        ("<strong>12</strong>", "–"),
        ("<p>12</p>", ""),
        ("1.500", "3.25"),
    ],
)
def test_a_column_of_numbers_is_one_with_its_heading(values):
    assert numeric(table(*values)) == 3
    assert '<th class="numeric" scope="col">Part</th>' in align_numbers(table(*values))


@pytest.mark.parametrize(
    "values",
    [("12", "douze"), ("–", ""), ("12 communes", "4"), ("10 h 30", "4"), ("2028-2030", "4"), ("1, 2", "3")],
)
def test_a_column_that_says_anything_else_is_left_as_it_is(values):
    assert align_numbers(table(*values)) == table(*values)


@pytest.mark.parametrize(
    "html",
    [
        "<p>12</p>",
        '<table><tbody><tr><td colspan="2">1</td></tr><tr><td>1</td><td>2</td></tr></tbody></table>',
        "<table><tbody><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
        '<table><tbody><tr><th scope="row">2028</th></tr></tbody></table>',
        "<table></table>",
    ],
)
def test_what_has_no_plain_columns_of_numbers_is_left_as_it_is(html):
    assert align_numbers(html) == html


def test_the_rows_around_a_nested_table_are_not_taken_for_its_own():
    inner = "<table><tbody><tr><td>1</td></tr></tbody></table>"

    html = align_numbers(f"<table><tbody><tr><td>un{inner}</td><td>2</td></tr></tbody></table>")

    assert html.count('class="numeric"') == 1
