import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.richtext import RichTextFormField, render_rich_text, sanitise, sanitise_simply, to_plain_text
from tests.factories import make_section

PICTURE = "/c/lens/dossier/images/01234567-0123-0123-0123-0123456789ab/"

WRITTEN = f"""<h2>Un titre</h2><h3>Un autre</h3><h4>Un dernier</h4>
<p>Du <strong>gras</strong>, de l’<em>italique</em>, CO<sub>2</sub>, m<sup>2</sup>.<br>Une ligne.
<span class="footnote">Une note <em>de</em> bas de page.</span></p>
<ul><li>un</li><li>deux<ul><li>dedans</li></ul></li></ul><ol start="3"><li>trois</li></ol>
<blockquote><p>On l’a dit.</p></blockquote><hr>
<figure><img src="{PICTURE}" alt="Un terril"><figcaption>Le terril, photographie</figcaption></figure>
<table><caption>Titre</caption><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>
<tbody><tr><th scope="row">x</th><td colspan="2">1</td></tr></tbody></table>"""


def test_what_the_editor_writes_is_kept():
    assert sanitise(WRITTEN) == WRITTEN


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        '<p style="position:fixed" onclick="alert(1)" id="x" class="fictitious">x</p>',
        '<iframe src="https://ailleurs.example"></iframe>',
        "<svg><script>alert(1)</script></svg>",
        "<style>@import url(https://ailleurs.example)</style>",
        '<form action="https://ailleurs.example"><input name="password"></form>',
        '<img src="https://ailleurs.example/suivi.gif" alt="">',
        '<img src="//ailleurs.example/c/x/dossier/images/" alt="">',
        f'<img src="https://ailleurs.example{PICTURE}" alt="">',
        f'<img src="{PICTURE}../../../x" alt="">',
        '<img src="data:image/svg+xml,<svg onload=alert(1)>" alt="">',
        '<math><mi xlink:href="data:x">',
        '<object data="x"></object><embed src="x">',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    ],
)
def test_nothing_that_acts_or_calls_elsewhere_is_kept(attack):
    clean = sanitise(f"<p>avant</p>{attack}")

    for forbidden in (
        "script",
        "alert",
        "javascript",
        "ailleurs",
        "style",
        "onerror",
        "onclick",
        "data:",
        "<form",
    ):
        assert forbidden not in clean
    assert clean.startswith("<p>avant</p>")


def test_links_lead_out_without_telling_where_from():
    assert sanitise('<p><a href="https://exemple.example" target="_top">x</a></p>') == (
        '<p><a href="https://exemple.example" rel="noopener noreferrer">x</a></p>'
    )


@pytest.mark.parametrize("empty", ["", "<p></p>", "<p> </p>", "<p><br></p>", "<p>&nbsp;</p><p></p>", None])
def test_an_empty_document_is_an_empty_string(empty):
    assert sanitise(empty) == ""


def test_cells_and_items_lose_the_paragraph_that_the_editor_wraps_them_in():
    assert sanitise("<ul><li><p>un <em>mot</em></p></li></ul>") == "<ul><li>un <em>mot</em></li></ul>"
    assert sanitise("<ul><li><p>un</p><ul><li><p>a</p></li></ul></li></ul>") == (
        "<ul><li>un<ul><li>a</li></ul></li></ul>"
    )
    assert sanitise("<ul><li><p>un</p><p>deux</p></li></ul>") == "<ul><li><p>un</p><p>deux</p></li></ul>"


def test_the_heading_row_of_a_table_becomes_its_head_again():
    flat = (
        '<table><caption>T</caption><tbody><tr><th scope="col"><p>A</p></th><th scope="col"><p>B</p></th></tr>'
        "<tr><th><p>x</p></th><td><p>1</p></td></tr></tbody></table>"
    )

    assert sanitise(flat) == (
        '<table><caption>T</caption><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
        '<tbody><tr><th scope="row">x</th><td>1</td></tr></tbody></table>'
    )


def test_a_heading_row_with_an_empty_corner_is_still_the_head():
    flat = (
        '<table><tbody><tr><td></td><th scope="col">B</th></tr><tr><th>x</th><td>1</td></tr></tbody></table>'
    )

    assert "<thead><tr><td></td>" in sanitise(flat)


def test_a_table_of_headers_alone_keeps_its_rows():
    only = "<table><tbody><tr><th>a</th></tr><tr><th>b</th></tr></tbody></table>"

    assert sanitise(only) == only.replace("<th>", '<th scope="row">')


def test_a_table_without_headers_is_left_as_it_is():
    plain = "<table><tbody><tr><td>a</td></tr></tbody></table>"

    assert sanitise(plain) == plain


@given(st.text(alphabet='<>/"= abctrhd:p', max_size=120))
def test_cleaning_twice_changes_nothing_more(text):
    once = sanitise(text)

    assert sanitise(once) == once


def test_cleaning_a_written_body_twice_changes_nothing_more():
    assert sanitise(sanitise(WRITTEN)) == sanitise(WRITTEN)


def test_a_text_saved_without_a_form_is_cleaned():
    section = make_section(body="<p>un</p><script>alert(1)</script>")
    section.refresh_from_db()

    assert section.body == "<p>un</p>"


def test_a_text_that_reached_the_database_otherwise_is_cleaned_when_it_is_shown():
    section = make_section(body="<p>un</p>")
    type(section).objects.filter(pk=section.pk).update(body="<p>un</p><script>alert(1)</script>")
    section.refresh_from_db()

    assert "script" in section.body
    assert render_rich_text(section.body) == "<p>un</p>"


def test_words_do_not_run_into_each_other_when_the_tags_go():
    assert to_plain_text("<p>un</p><ul><li>deux</li><li>trois<br>quatre</li></ul>") == "un deux trois quatre"


def test_the_editor_brings_its_catalogue_its_modules_and_its_styles_with_a_nonce():
    media = str(RichTextFormField(extensions={"Bold": True}).widget.media.with_nonce("abc"))

    assert media.index('type="importmap"') < media.index('type="module"')
    assert (
        '<script src="/jsi18n/" nonce="abc"></script>' in media
    )  # no module: it runs while the page is read
    assert '<style nonce="abc" data-tiptap-style></style>' in media
    assert "css/editor.css" in media


def test_a_short_text_keeps_neither_headings_nor_pictures_nor_what_the_dossier_numbers():
    assert sanitise_simply(WRITTEN) == (
        "<p><strong>Un titre</strong></p><p><strong>Un autre</strong></p><p><strong>Un dernier</strong></p>\n"
        "<p>Du <strong>gras</strong>, de l’<em>italique</em>, CO<sub>2</sub>, m<sup>2</sup>.<br>Une ligne.\n"
        '<span class="footnote">Une note <em>de</em> bas de page.</span></p>\n'
        '<ul><li>un</li><li>deux<ul><li>dedans</li></ul></li></ul><ol start="3"><li>trois</li></ol>\n'
        "<blockquote><p>On l’a dit.</p></blockquote>\n\n"
        '<table><caption>Titre</caption><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>\n'
        '<tbody><tr><th scope="row">x</th><td colspan="2">1</td></tr></tbody></table>'
    )
    named = '<p><span data-section="01234567-0123-0123-0123-0123456789ab"></span></p>'
    assert sanitise_simply(named) == "<p><span></span></p>"
    assert sanitise_simply(sanitise_simply(WRITTEN)) == sanitise_simply(WRITTEN)
