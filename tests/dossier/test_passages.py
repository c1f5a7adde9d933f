from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.richtext import render_for_reading, to_plain_text
from dossier.models.comments import CONTEXT
from dossier.passages import Anchor, ReadText, fold

TEXT = (
    "<p>Le chevalement de la fosse <strong>veille</strong> sur la ville&nbsp;; chaque été, R&amp;D et cantines "
    "s’y retrouvent.</p><p>La ville s’y prépare. Puis la ville dort, et la fosse aussi.</p>"
)

words = st.text(alphabet="abcdeé ’;&", min_size=1, max_size=12).filter(lambda text: text.strip())
paragraphs = st.lists(st.lists(words, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=6)


def html_of(texts):
    return render_for_reading("".join(f"<p>{text.replace('&', '&amp;')}</p>" for text in texts))


def quoted(text, anchor):
    place = text.find(anchor)
    return place and text.anchor(place).quote


def pick(text, part, *, after=""):
    """Quote ``part`` as the page would, where it follows ``after``."""
    start = text.text.index(part, text.text.index(after))
    place = ReadText(text.html).find(
        Anchor(part, text.text[:start][-CONTEXT:], text.text[start + len(part) :][:CONTEXT])
    )
    return text.anchor(place)


# --- Finding ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "fosse veille sur",
        "fosse  veille\nsur",
        "FOSSE veille sur",
        "ville\u00a0; chaque",
        "ville; chaque",
        "s'y retrouvent.",
        "R&D et cantines",
        "retrouvent.\n\nLa ville",
        "retrouvent.La ville",
    ],
)
def test_a_passage_is_found_however_it_was_copied(typed):
    assert fold(quoted(ReadText(TEXT), Anchor(typed))) == fold(typed)


def test_words_that_are_not_there_are_not_found():
    assert ReadText(TEXT).find(Anchor("une autre ville")) is None
    assert ReadText(TEXT).find(Anchor("   ")) is None
    assert ReadText("").find(Anchor("ville")) is None


def test_the_neighbours_tell_the_same_words_apart():
    text = ReadText(TEXT)

    places = [text.find(pick(text, "ville", after=after)).start for after in ("veille", "retrouvent", "Puis")]

    assert places == sorted(set(places))
    assert len(places) == 3


def test_a_short_passage_whose_neighbours_are_gone_is_not_taken_for_another():
    anchor = pick(ReadText(TEXT), "ville", after="Puis")

    assert ReadText("<p>Une ville nouvelle, tout autrement décrite.</p>").find(anchor) is None


def test_a_corrected_passage_is_found_and_said_to_have_changed():
    anchor = pick(ReadText(TEXT), "chaque été, R&D et cantines s’y retrouvent.")
    later = ReadText(TEXT.replace("cantines", "cantines scolaires"))

    place = later.find(anchor)

    assert place.is_changed
    assert later.anchor(place).quote == "chaque été, R&D et cantines scolaires s’y retrouvent."


@pytest.mark.parametrize("quote", ["Le chevalement de la fosse veille", "dort, et la fosse aussi."])
def test_a_corrected_passage_at_an_end_of_the_text_is_found(quote):
    anchor = pick(ReadText(TEXT), quote)
    later = ReadText(TEXT.replace("fosse", "vieille fosse"))

    assert later.find(anchor).is_changed
    assert later.anchor(later.find(anchor)).quote == quote.replace("fosse", "vieille fosse")


def test_a_passage_that_was_replaced_is_gone():
    anchor = pick(ReadText(TEXT), "chaque été, R&D et cantines s’y retrouvent.")

    assert (
        ReadText(TEXT.replace("chaque été, R&amp;D et cantines s’y retrouvent.", "Bref.")).find(anchor)
        is None
    )


@given(before=paragraphs, after=paragraphs, data=st.data())
def test_a_passage_survives_whatever_is_written_around_it(before, after, data):
    passage = "La fosse numéro neuf ouvrira ses portes au printemps"
    texts = ["un début " * 12, passage, "une fin " * 12]
    anchor = pick(ReadText(html_of(texts)), passage)

    later = ReadText(html_of([*before, *texts, *after]))

    assert quoted(later, anchor) == passage


@given(texts=paragraphs, data=st.data())
def test_whatever_is_selected_is_found_again_at_its_place(texts, data):
    text = ReadText(html_of(texts))
    start = data.draw(st.integers(0, len(text.text) - 1))
    end = data.draw(st.integers(start + 1, len(text.text)))
    selected = text.text[start:end]
    if not fold(selected):
        return
    place = text.find(Anchor(selected, text.text[:start][-CONTEXT:], text.text[end:][:CONTEXT]))

    assert fold(text.text[place.start : place.end]) == fold(selected)
    assert text.find(text.anchor(place)) is not None


@settings(max_examples=200)
@given(html=st.text(alphabet='<>/pabiem"&; =’\n', max_size=60), quote=words)
def test_no_text_makes_it_stumble(html, quote):
    text = ReadText(render_for_reading(html))
    place = text.find(Anchor(quote))
    if place:
        assert to_plain_text(text.marked([(place, "k", 1)])) == to_plain_text(text.html)


# --- Marking ----------------------------------------------------------------------------------------


class Marks(HTMLParser):
    """Collect the words of the marks, and check that every tag is closed in its turn."""

    def __init__(self, html):
        super().__init__()
        self.open, self.marks, self.links = [], {}, []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag in {"br", "hr", "img"}:
            return
        attributes = dict(attributes)
        if attributes.get("class") == "passage-link":
            assert not {"a", "tr", "tbody", "table"} & {self.open[-1][0], *(["a"] if self._in("a") else [])}
            self.links.append(attributes["id"])
        self.open.append((tag, attributes.get("data-threads", "")))

    def _in(self, tag):
        return any(name == tag for name, _keys in self.open)

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        for tag, keys in self.open:
            if tag == "mark":
                for key in keys.split():
                    self.marks[key] = self.marks.get(key, "") + data


def test_marks_cover_the_passage_and_nothing_else():
    text = ReadText(TEXT)
    one, two = (text.find(Anchor(quote)) for quote in ("fosse veille sur", "veille sur la ville"))

    seen = Marks(text.marked([(one, "un", 1), (two, "deux", 2)]))

    assert seen.marks == {"un": "fosse veille sur", "deux": "veille sur la ville"}
    assert seen.links == ["passage-un", "passage-deux"]


def test_the_link_of_a_passage_that_ends_in_a_link_stands_behind_it():
    text = ReadText(
        '<p>Voir <a href="https://exemple.example/">le <em>site</em></a> de la ville.</p><p>Fin.</p>'
    )

    html = text.marked([(text.find(Anchor("Voir le site")), "un", 1)])

    assert Marks(html).marks == {"un": "Voir le site"}
    assert '</a><a class="passage-link"' in html


def test_a_passage_over_the_cells_of_a_table_leaves_the_table_whole():
    table = "<table><tbody><tr><td>Postes</td>\n<td>4</td></tr>\n<tr><td>Total</td> <td>11</td></tr></tbody></table>"
    text = ReadText(table)

    html = text.marked([(text.find(Anchor("Postes 4 Total")), "un", 1)])

    assert Marks(html).marks == {"un": "Postes4Total"}
    assert html.replace("<mark", "|<mark").count("|<mark") == 3


def test_what_the_text_says_stays_what_it_says():
    text = ReadText(render_for_reading("<p>a &lt;script&gt; &amp;amp; b</p>"))

    html = text.marked([(text.find(Anchor("<script> &amp;")), "un", 1)])

    assert "<script" not in html
    assert Marks(html).marks == {"un": "<script> &amp;"}
