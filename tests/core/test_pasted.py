from pathlib import Path

import pytest

from core.pasted import foreign_pictures
from core.richtext import sanitise

CLIPBOARD = Path(__file__).parent / "clipboard"
PICTURE = "/c/lens/dossier/images/01234567-0123-0123-0123-0123456789ab/"


def pasted(program):
    html = sanitise((CLIPBOARD / f"{program}.html").read_text(encoding="utf-8"))
    return html.replace("&nbsp;", "\u00a0")


@pytest.mark.parametrize("program", ["word", "libreoffice"])
def test_nothing_of_the_program_remains(program):
    html = pasted(program)

    for trace in (
        "mso",
        "Mso",
        "style",
        "font",
        "o:p",
        "st1",
        "<!--",
        "[if",
        "<span>",
        "western",
        "sdfoot",
        "<hr",
        "file:",
        "<img",
    ):
        assert trace not in html
    assert "<p></p>" not in html
    assert "<p>\u00a0</p>" not in html


@pytest.mark.parametrize("program", ["word", "libreoffice"])
def test_words_spaces_and_quotation_marks_are_kept(program):
    html = pasted(program)

    assert "Une ambition «\u00a0partagée\u00a0»\u00a0: <strong>62\u00a0767</strong> personnes" in html
    assert "<em>autour</em>" in html


def test_a_list_of_word_becomes_a_list():
    html = pasted("word")

    assert "<ul><li>Habiter<ul><li>en ville</li></ul></li><li>Transmettre</li></ul>" in html
    assert '<ol start="3"><li>Ouvrir</li><li>Fermer</li></ol>' in html


def test_two_lists_of_word_with_a_paragraph_between_stay_two():
    item = '<p class=MsoListParagraph style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">·</span>{}</p>'

    html = sanitise(item.format("un") + "<p>Entre.</p>" + item.format("deux"))

    assert html == "<ul><li>un</li></ul><p>Entre.</p><ul><li>deux</li></ul>"


def test_a_list_of_word_that_begins_inside_a_level_or_changes_its_kind_keeps_every_item():
    item = '<p style="mso-list:l0 level{} lfo1"><span style="mso-list:Ignore">{}</span>{}</p>'
    lines = [(2, "o", "a"), (1, "·", "b"), (1, "1)", "c"), (3, "i.", "d"), (1, "2)", "e")]

    html = sanitise("".join(item.format(*line) for line in lines))

    assert html == "<ul><li>a</li></ul><ul><li>b</li></ul><ol><li>c<ol><li>d</li></ol></li><li>e</li></ol>"


def test_headings_come_to_the_levels_of_a_section():
    assert "<h2>Le projet</h2>" in pasted("word")
    assert "<h3>Nos axes</h3>" in pasted("word")
    assert "<h4>Un détail</h4>" in pasted("libreoffice")
    assert sanitise("<h5>Cinq</h5><h2>Deux</h2>") == "<h4>Cinq</h4><h2>Deux</h2>"


@pytest.mark.parametrize("program", ["word", "libreoffice"])
def test_a_note_comes_to_where_it_is_called(program):
    html = pasted(program)

    assert '<p>Un fait<span class="footnote">Sa source, chez nous.</span>.</p>' in html
    assert html.count("Sa source") == 1
    assert "[1]" not in html


def test_links_within_the_text_that_call_no_note_leave_their_words():
    html = sanitise(
        '<p><a href="#b" name="a">un</a></p><div id="d"><p><a name="b" href="#c">deux</a> trois</p></div>'
    )

    assert html == "<p>un</p><p>deux trois</p>"


@pytest.mark.parametrize("program", ["word", "libreoffice"])
def test_a_table_keeps_its_heading_row(program):
    html = pasted(program)

    assert html.count('<th scope="col">') == 2
    assert html.index("Année") < html.index("</thead>") < html.index("2029")


def test_pictures_of_the_disk_are_counted_to_be_told():
    word = (CLIPBOARD / "word.html").read_text(encoding="utf-8")

    assert foreign_pictures(word) == 1
    assert foreign_pictures(f'<img src="{PICTURE}" alt="">') == 0


def test_blocks_of_other_programs_become_paragraphs():
    assert sanitise("<div>un</div><div>deux</div>") == "<p>un</p><p>deux</p>"


def test_what_is_nested_beyond_reason_keeps_its_words():
    assert "mot" in sanitise("<div>" * 5000 + "mot" + "</div>" * 5000)


def test_what_our_editor_wrote_comes_back_untouched():
    ours = '<p>a <span class="footnote">b</span> <span data-section="01234567-0123-0123-0123-0123456789ab"></span></p>'

    assert sanitise(ours) == ours


def test_a_place_holds_its_identifier_and_nothing_else():
    identifier = "01234567-0123-0123-0123-0123456789ab"

    assert sanitise(f'<p><span data-live-figure="{identifier}">12</span></p>') == (
        f'<p><span data-live-figure="{identifier}"></span></p>'
    )
    assert "data-" not in sanitise('<p><span data-live-figure="x\' onclick=">12</span></p>')


def test_a_picture_holds_its_paragraph_open():
    html = sanitise(f'<p class="MsoNormal"><span style="x"><img src="{PICTURE}" alt=""></span></p>')

    assert html == f'<p><img src="{PICTURE}" alt=""></p>'


def test_two_signs_in_one_note_below_keep_its_words_once():
    calls = "".join(f'<a href="#n{n}" name="r{n}">[{n}]</a>' for n in (1, 2))
    signs = "".join(f'<a href="#r{n}" name="n{n}">[{n}]</a> ' for n in (1, 2))

    html = sanitise(f'<p class="MsoNormal">Texte{calls}</p><div id="ftn1"><p>{signs}La note.</p></div>')

    assert html.count("La note.") == 1
    assert '<span class="footnote">' in html
