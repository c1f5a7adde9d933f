import re
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.comparison import compare, merge
from core.richtext import sanitise, to_plain_text
from tests.dossier.payloads import MARKUP

PICTURE = "/c/lens/dossier/images/01234567-0123-0123-0123-0123456789ab/"


def shown(before, after):
    return "".join(stretch.html for stretch in compare(before, after).stretches)


def without(mark, html):
    return to_plain_text(re.sub(rf"<{mark}>.*?</{mark}>", "", html, flags=re.DOTALL))


# --- Comparing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("<p>un deux trois</p>", "<p>un deux trois quatre</p>", "<p>un deux trois <ins>quatre</ins></p>"),
        ("<p>un deux</p><p>trois</p>", "<p>un deux</p>", "<p>un deux</p><p><del>trois</del></p>"),
        ("", "<p>un</p>", "<p><ins>un</ins></p>"),
        (
            "<ul><li>un</li><li>deux</li></ul>",
            "<ul><li>un</li><li>neuf</li><li>deux</li></ul>",
            "<ul><li>un</li><li><ins>neuf</ins></li><li>deux</li></ul>",
        ),
        (
            "<ul><li>un<ul><li>dedans</li></ul></li></ul>",
            "<ul><li>un<ul><li>dehors</li></ul></li></ul>",
            "<ul><li><p>un</p><ul><li><ins>dehors</ins> <del>dedans</del> </li></ul></li></ul>",
        ),
        (
            "<p>Avant</p>",
            f'<p>Avant</p><figure><img src="{PICTURE}" alt="x"><figcaption>Terril</figcaption></figure>',
            (
                f'<p>Avant</p><figure><p class="picture-change" lang="fr">Image ajoutée</p><ins><img src="{PICTURE}" alt="x"></ins>'
                "<figcaption><ins>Terril</ins></figcaption></figure>"
            ),
        ),
    ],
)
def test_what_changed_is_marked_where_it_stands(before, after, expected):
    assert re.sub(r"\s+(?=</)", "", shown(before, after)) == re.sub(r"\s+(?=</)", "", expected)


OTHER = PICTURE.replace("01234567-", "76543210-")
ALTERNATIVES = "Texte alternatif modifié&nbsp;: <del>a&lt;b</del> <ins>décorative</ins>"


def figure(source=PICTURE, alternative="x", caption="Le terril au matin"):
    written = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{source}" alt="{alternative}">{written}</figure>'


def note(words):
    return f'<p class="picture-change" lang="fr">{words}</p>'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            figure(),
            "",
            (
                f'<figure>{note("Image retirée")}<del><img src="{PICTURE}" alt="x"></del>'
                "<figcaption><del>Le terril au matin</del></figcaption></figure>"
            ),
        ),
        (
            figure(),
            figure(OTHER),
            (
                f'<figure>{note("Image remplacée")}<del><img src="{PICTURE}" alt="x"></del>'
                f'<ins><img src="{OTHER}" alt="x"></ins><figcaption>Le terril au matin</figcaption></figure>'
            ),
        ),
        (
            figure(),
            figure(caption="Le terril au soir"),
            (
                f'<figure>{note("Légende modifiée")}<img src="{PICTURE}" alt="x">'
                "<figcaption>Le terril au <ins>soir</ins> <del>matin</del></figcaption></figure>"
            ),
        ),
        (
            figure(),
            figure(OTHER, caption="Le terril au soir"),
            (
                f'<figure>{note("Image remplacée, légende modifiée")}<del><img src="{PICTURE}" alt="x"></del>'
                f'<ins><img src="{OTHER}" alt="x"></ins>'
                "<figcaption>Le terril au <ins>soir</ins> <del>matin</del></figcaption></figure>"
            ),
        ),
        (
            figure(),
            figure(caption=""),
            (
                f'<figure>{note("Légende retirée")}<img src="{PICTURE}" alt="x">'
                "<figcaption><del>Le terril au matin</del></figcaption></figure>"
            ),
        ),
        (
            figure(caption=""),
            figure(),
            (
                f'<figure>{note("Légende ajoutée")}<img src="{PICTURE}" alt="x">'
                "<figcaption><ins>Le terril au matin</ins></figcaption></figure>"
            ),
        ),
        (
            figure(alternative="a&lt;b"),
            figure(alternative=""),
            (
                f"<figure>{note(ALTERNATIVES)}"
                f'<img src="{PICTURE}" alt=""><figcaption>Le terril au matin</figcaption></figure>'
            ),
        ),
    ],
)
def test_what_became_of_a_picture_is_shown_and_told(before, after, expected):
    html = re.sub(r"\s+(?=</)", "", shown(f"<p>Avant</p>{before}", f"<p>Avant</p>{after}"))

    assert html == f"<p>Avant</p>{expected}"


def test_a_picture_is_known_again_beside_new_ones_whatever_its_caption_says():
    html = shown(figure(), figure(OTHER, caption="Autre") + figure(caption="Sans mot commun ici"))

    assert html.count("Image ajoutée") == 1
    assert "Image retirée" not in html
    assert "Légende modifiée" in html


def test_a_picture_outside_a_figure_that_is_replaced_is_shown_with_the_other():
    html = shown(f'<img src="{PICTURE}" alt="x">', f'<img src="{OTHER}" alt="y">')

    assert html == f'<del><img src="{PICTURE}" alt="x"></del><ins><img src="{OTHER}" alt="y"></ins>'


@pytest.mark.parametrize("attribute", ["data-table", "data-picture", "data-section", "data-live-figure"])
def test_a_place_that_names_another_thing_is_a_change(attribute):
    former, current = (f'<span {attribute}="{uuid4()}"></span>' for _ in range(2))

    assert shown(f"<p>Voir {former}, ici.</p>", f"<p>Voir {current}, ici.</p>") == (
        f"<p>Voir <ins>{current},</ins> <del>{former},</del> ici.</p>"
    )


def test_a_text_cannot_say_itself_what_became_of_a_picture():
    assert "picture-change" not in shown("<p>a</p>", f"<p>a</p>{note('Image retirée')}")


def test_a_new_row_of_a_table_is_marked_in_its_cells():
    row = "<tr><td>a</td><td>4</td></tr>"

    html = shown(
        f"<table><tbody>{row}</tbody></table>",
        f"<table><tbody>{row}<tr><td>b</td><td>5</td></tr></tbody></table>",
    )

    assert "<tr><td><ins>b</ins></td><td><ins>5</ins></td></tr>" in html
    assert "<tr><td>a</td><td>4</td></tr>" in html


def test_a_figure_that_changes_in_a_table_leaves_its_row_in_place():
    table = '<table><tbody><tr><th scope="row">Postes</th><td>{}</td></tr></tbody></table>'

    html = shown(table.format("4"), table.format("5"))

    assert html.count("<td>") == 1
    assert "<ins>5</ins>" in html
    assert "<del>4</del>" in html


def test_blanks_between_tags_are_no_change():
    pretty = "<ul>\n<li>un\n deux</li>\n<li>trois<ul>\n<li>x</li>\n</ul></li>\n</ul>\n<blockquote>\n<p>y </p>\n</blockquote>"

    found = compare(
        pretty, "<ul><li>un deux</li><li>trois<ul><li>x</li></ul></li></ul><blockquote><p>y</p></blockquote>"
    )

    assert found.is_same


def test_a_no_break_space_is_a_change():
    assert not compare("<p>un\u00a0: deux</p>", "<p>un : deux</p>").is_same


def test_the_same_words_dressed_otherwise_are_said_to_be_so():
    found = compare("<p>un <strong>deux</strong></p>", "<p>un deux</p>")

    assert found.is_only_dress
    assert not found.is_same


def test_what_did_not_change_can_be_folded():
    found = compare("<p>a</p><p>b</p><p>c</p><p>d e f</p>", "<p>a</p><p>b</p><p>c</p><p>d e g</p>")

    assert [(one.is_long, one.block_count) for one in found.stretches] == [(True, 3), (False, 1)]


@pytest.mark.parametrize("payload", MARKUP)
def test_a_comparison_shows_nothing_that_would_run(payload):
    for html in (
        shown("<p>avant</p>", payload),
        shown(payload, "<p>avant</p>"),
        shown(payload, f"{payload} x"),
    ):
        assert html == re.sub(
            r"(?i)<script|onerror|onclick|onload|javascript:|evil\.example|style=|hx-", "", html
        )


TEXTS = st.lists(
    st.sampled_from(
        [
            "<p>un deux</p>",
            "<p>un trois deux</p>",
            "<h2>un</h2>",
            "<ul><li>un</li><li>deux<ul><li>x</li></ul></li></ul>",
            "<ul><li>deux</li></ul>",
            "<p>un <em>deux</em> &lt;b&gt; &amp; <a href='https://x.example/'>y</a></p>",
            "<table><caption>t</caption><tbody><tr><td>un</td><td>deux</td></tr></tbody></table>",
            "<table><tbody><tr><th>un</th></tr><tr><td>trois</td></tr></tbody></table>",
            "<blockquote><p>cité</p></blockquote>",
            "<hr>",
            " mots sans paragraphe ",
        ]
    ),
    max_size=6,
).map("".join)


@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS)
def test_without_its_marks_a_comparison_is_each_of_the_two_texts(before, after):
    html = shown(before, after)

    def words(text):
        return to_plain_text(sanitise(text)).replace(" ", "")

    assert without("del", html).replace(" ", "") == words(after)
    assert sorted(without("ins", html).replace(" ", "")) == sorted(words(before))


def test_a_whole_book_is_compared_in_a_moment():
    before = "".join(f"<p>{n} {'mot ' * 80}{n * 7 % 13}</p>" for n in range(900))
    after = "".join(f"<p>{n} {'mot ' * 79}{n * 5 % 11}</p>" for n in range(900))

    assert "<ins>" in shown(before, after)


# --- Bringing together ------------------------------------------------------------------------------------------


def merged(base, theirs, mine):
    found = merge(base=base, theirs=theirs, mine=mine)
    return found.body, found.clash_count


def test_changes_of_different_passages_are_both_kept():
    assert merged(
        "<p>Alpha un</p><p>Beta deux</p><p>Gamma</p>",
        "<p>Alpha un bis</p><p>Beta deux</p><p>Gamma</p><p>Delta</p>",
        "<p>Alpha un</p><p>Beta deux ter</p><p>Gamma</p>",
    ) == ("<p>Alpha un bis</p><p>Beta deux ter</p><p>Gamma</p><p>Delta</p>", 0)


def test_a_passage_that_both_rewrote_is_kept_twice_and_counted():
    assert merged("<p>Un texte court</p>", "<p>Un texte plus court</p>", "<p>Un texte long</p>") == (
        "<p>Un texte plus court</p><p>Un texte long</p>",
        1,
    )


def test_the_same_change_on_both_sides_is_made_once():
    assert merged("<p>Un</p>", "<p>Un deux</p>", "<p>Un deux</p>") == ("<p>Un deux</p>", 0)


def test_what_one_side_took_out_goes_and_what_the_other_rewrote_stays():
    assert merged("<p>Un</p><p>Deux</p>", "<p>Un</p>", "<p>Un bis</p><p>Deux</p>") == ("<p>Un bis</p>", 0)
    body, clash_count = merged("<p>Un</p><p>Deux mots ici</p>", "<p>Un</p>", "<p>Un</p><p>Deux mots là</p>")
    assert (body, clash_count) == ("<p>Un</p><p>Deux mots là</p>", 1)


def test_additions_of_both_at_the_same_place_are_both_kept():
    assert merged("<p>Un</p>", "<p>Un</p><p>Leur suite</p>", "<p>Un</p><p>Ma fin</p>") == (
        "<p>Un</p><p>Leur suite</p><p>Ma fin</p>",
        0,
    )


@settings(deadline=None, max_examples=150)
@given(TEXTS, TEXTS, TEXTS)
def test_nothing_that_either_side_added_is_lost(base, theirs, mine):
    body, _count = merged(base, theirs, mine)
    kept = to_plain_text(body).split()

    def added(text):
        return set(to_plain_text(sanitise(text)).split()) - set(to_plain_text(sanitise(base)).split())

    assert added(theirs) | added(mine) <= set(kept)
    assert to_plain_text(merged(base, base, mine)[0]) == to_plain_text(sanitise(mine))
    assert to_plain_text(merged(base, theirs, base)[0]) == to_plain_text(sanitise(theirs))
