from time import monotonic

import pytest

from core.nesting import MAX_DEPTH, is_too_deep
from core.richtext import sanitise

#: Each of them took minutes, or made hundreds of times its size.
BOMBS = [
    "<blockquote>",
    "<ul><li>",
    "<div title='</div>'>",
    "<div><!--</div>-->",
    "<p><b id={}>",
    "<table><tr><td>",
    "<div></b>",
    '<a "',
    "<p title='",
    "<!--",
    "<script>",
]


#: Side by side, each of them was glued to all the text before it.
FLAT = {
    "<span lang=fr>mot </span>": "mot ",
    "<font>mot </font>": "mot ",
    "<u>a</u><em></em>": "a",
    "a<img src=x>": "a",
    '<u></u><a name="{}">a</a>': "a",
}


@pytest.mark.parametrize("piece", BOMBS)
def test_a_text_made_to_stall_the_server_is_cleaned_in_a_moment(piece):
    start = monotonic()

    clean = sanitise("".join(piece.format(n) for n in range(50_000)) + "mot")

    assert monotonic() - start < 5
    assert len(clean) < 100


@pytest.mark.parametrize(("piece", "kept"), FLAT.items())
def test_a_hundred_thousand_foreign_marks_side_by_side_are_cleaned_in_a_moment(piece, kept):
    html = f"<p>{''.join(piece.format(n) for n in range(100_000))}</p>"
    start = monotonic()

    clean = sanitise(html)

    assert monotonic() - start < 15
    assert clean == f"<p>{kept * 100_000}</p>"


def test_the_words_of_tables_nested_a_hundred_deep_are_kept():
    html = "<table><tbody><tr><td>niveau " * 100 + "fond &lt;b&gt;" + "</td></tr></tbody></table>" * 100

    clean = sanitise(html)

    assert clean.count("niveau") == 100
    assert "fond &lt;b&gt;" in clean
    assert "<table" not in clean
    assert clean.startswith("<p>niveau</p>")


def test_a_text_nested_as_people_do_keeps_its_tags():
    html = "<ul><li>un" * 15 + "</li></ul>" * 15

    assert sanitise(html) == html


def test_many_tags_side_by_side_are_not_deep():
    assert not is_too_deep("<p><strong>a</strong></p><ul><li>b</li></ul>" * 1000)
    assert not is_too_deep("<p>a<p>b<li>c" * 1000)
    assert is_too_deep("<em>" * (MAX_DEPTH + 1))


def test_what_would_run_is_not_among_the_words_that_are_kept():
    clean = sanitise("<div>" * 100 + "<script>alert(1)</script>&lt;script&gt;x")

    assert clean == "<p>&lt;script&gt;x</p>"
