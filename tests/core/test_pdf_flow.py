"""Sections that are laid out apart and share pages: they look as if they were laid out as one, and are laid out alone."""

from dataclasses import asdict
from io import BytesIO
from resource import RLIM_INFINITY

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from core.pdf import Limits, MediaFile, PdfError, Section, render
from core.pdf.document import Place, Wording
from core.pdf.fetcher import Shelf
from core.pdf.flow import Beginning, Step
from core.pdf.fonts import prepare_fonts
from core.pdf.ingredients import Ingredients
from core.pdf.painting import make_press, paint
from core.pdf.server import Server, _allow_processor
from tests.core.pdf_documents import FONTS, ROOT, make_document, make_part, render_parts
from tests.core.test_pdf_rendering import DEEP, HEAVY
from tests.pdf_checks import pdf_failures, structure_failures

LINE = (
    "<p>La candidature s’appuie sur un territoire de mémoire et de création partagées, jour après jour.</p>"
)


def table(rows):
    lines = "".join(f"<tr><th scope='row'>Poste {row}</th><td>{row}000 €</td></tr>" for row in range(rows))
    head = "<thead><tr><th>Poste</th><th>Montant</th></tr></thead>"
    return f"<table><caption>Moyens</caption>{head}<tbody>{lines}</tbody></table>"


TABLE = table(9)
QUOTATION = "<blockquote><p>Une parole.</p><p>Une autre.</p></blockquote>"


def note(name):
    return (
        f"<p>Un appel<span class='footnote'>Note {name}, voir <a href='https://site.example/{name}'>le site {name}</a> "
        "et ce qui suit, pour que la note tienne sur deux lignes entières de la page imprimée du dossier.</span>.</p>"
    )


def section(key, body, *, title=None):
    title = title or f"Section {key}"
    heading = f'<h2 id="{key}"><span class="number">1.{key}</span> {title}</h2>'
    return Section(key, title, heading + body, f"1.{key}", key)


def make_flow(*sections, body="<p>Ouverture.</p>", key="a"):
    return _with(make_part(key, body), sections)


def _with(part, sections):
    return type(part)(part.key, part.title, part.html, part.number, part.anchor, tuple(sections))


def _as_one(part):
    return type(part)(part.key, part.title, part.text, part.number, part.anchor)


def _drawn(result):
    """Return what each page writes and where, from its top to its foot."""
    return [_written(page) for page in PdfReader(BytesIO(result.content)).pages]


def _written(page):
    written = []

    def write(text, matrix, position, _font, _size):
        if text.strip():
            x = position[4] * matrix[0] + position[5] * matrix[2] + matrix[4]
            y = position[4] * matrix[1] + position[5] * matrix[3] + matrix[5]
            written.append((round(-y), round(x), text.strip()))

    page.extract_text(visitor_text=write)
    return sorted(written)


def _words(result, page):
    return " ".join(PdfReader(BytesIO(result.content)).pages[page - 1].extract_text().split())


def _varied(lines):
    """Return sections of all kinds whose places on the page depend on ``lines``."""
    return (
        section("b", LINE * lines + note("b")),
        section("c", note("c") + LINE * 2),
        section("d", TABLE + note("d1") + note("d2")),
        section("e", LINE * (lines // 2) + QUOTATION),
        section("f", LINE * 3 + note("f") + "<ul><li>Un</li><li>Deux</li><li>Trois</li></ul>"),
        section("g", LINE + TABLE),
    )


@pytest.mark.parametrize("lines", range(2, 30, 3))
def test_sections_laid_out_apart_look_like_one_text(tmp_path, lines):
    part = make_flow(*_varied(lines))

    apart = render_parts(tmp_path, part)
    whole = render_parts(tmp_path, _as_one(part))

    assert _drawn(apart) == _drawn(whole)
    assert apart.places == whole.places
    assert apart.ends == whole.ends
    assert not pdf_failures(apart.content) + structure_failures(apart.content)


def test_a_landscape_page_is_shared_by_nothing(tmp_path):
    part = make_flow(
        section("b", LINE + note("b") + f"<div class='wide'><h3>En large</h3>{TABLE}{note('large')}</div>"),
        section("c", note("c")),
        section("d", f"<div class='wide'>{TABLE}</div>"),
        section("e", LINE),
    )

    apart = render_parts(tmp_path, part)
    whole = render_parts(tmp_path, _as_one(part))

    assert _drawn(apart) == _drawn(whole)
    assert not pdf_failures(apart.content) + structure_failures(apart.content)


def test_notes_that_go_on_after_the_text_keep_their_order_and_numbers(tmp_path):
    many = "".join(note(f"b{number}") for number in range(30))

    result = render_parts(
        tmp_path, make_flow(section("b", many), section("c", note("c")), section("d", note("d")))
    )

    text = " ".join(_words(result, page) for page in range(3, result.page_count + 1))
    marks = [text.index(f"{number}. Note") for number in range(1, 33)]
    assert marks == sorted(marks)
    assert "31. Note c" in text
    assert "32. Note d" in text
    assert not pdf_failures(result.content) + structure_failures(result.content)


def test_a_section_above_notes_alone_begins_at_the_top_of_their_page(tmp_path):
    note_of_its_own_page = "<span class='footnote'>" + "Une longue note, mot après mot. " * 60 + "</span>"
    part = make_flow(section("b", LINE * 8 + f"<p>Un appel{note_of_its_own_page}.</p>"), section("c", LINE))

    result = render_parts(tmp_path, part)

    page = _drawn(result)[3]
    assert any("Une longue note" in text for _, _, text in page)
    top = next(-y for y, _, text in page if text == "Section c")
    assert (
        842 - 85 - 16 < top < 842 - 85
    )  # on the first line below the margin, without the space above a heading


@pytest.fixture(scope="module")
def press(tmp_path_factory):
    faces = prepare_fonts(sources=FONTS, directory=tmp_path_factory.mktemp("fonts"))
    fonts = {face.path.name: face.path for face in faces}
    style = Ingredients(make_document(), Limits(), faces).style
    return make_press(lang="fr", wording=Wording(), style=style, shelf=Shelf(fonts=fonts))


@pytest.mark.parametrize("notes", [16.8, 33.6, 120.0])
def test_no_text_is_printed_over_the_notes_that_stand_on_its_page(press, notes):
    """The library moves footnotes to the next page for the third line of a paragraph: those that stand already cannot go."""
    body = section("c", "<p>" + "un mot de la candidature " * 60 + "</p>").html
    shared, foot = 0, 77 + 11 + notes * 0.75  # the margin of the page and that of its notes, in points

    end = int(907 - 16 - notes)
    for top in range(end - 230, end, 3):
        content, facts = paint(
            press, key="c", kind="part", html=body, beginning=Beginning(float(top), notes, 1)
        )
        lowest = min(-y for y, _, _ in _written(PdfReader(BytesIO(content)).pages[0]))
        shared += facts["joins"]
        assert lowest > (foot if facts["joins"] else 77), (top, facts["joins"])
        assert facts["lift"] == 0

    assert shared > 10


def test_no_style_of_the_press_draws_text_through_a_group():
    """Marks in a group would be out of reach where sections share a page."""
    sheets = list((ROOT / "static" / "pdf").glob("*.css"))

    assert len(sheets) > 3
    assert not [sheet.name for sheet in sheets if "opacity" in sheet.read_text(encoding="utf-8")]


def test_each_part_counts_its_notes_from_one(tmp_path):
    first = make_flow(section("b", note("b")), section("c", note("c")))
    second = _with(make_part("z", note("z")), [section("y", note("y"))])

    result = render_parts(tmp_path, first, second)

    assert "1. Note b" in _words(result, 3)
    assert "2. Note c" in _words(result, 3)
    assert "1. Note z" in _words(result, 4)
    assert "2. Note y" in _words(result, 4)


# --- structure ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    part = make_flow(
        section("b", LINE + note("b") + "<p>Voir <a href='#d'>plus loin</a>.</p>"),
        section("c", table(3) + note("c")),
        section("d", note("d") + "<p>Voir <a href='#b'>plus haut</a>.</p>"),
    )
    return render_parts(tmp_path_factory.mktemp("pdf"), part, make_part("z", number="2"))


@pytest.fixture
def pdf(shared):
    with pikepdf.open(BytesIO(shared.content)) as opened:
        yield opened


def test_a_page_that_sections_share_is_one_page_with_one_structure(shared, pdf):
    assert shared.page_count == 4
    assert pdf.check_pdf_syntax() == []
    assert not pdf_failures(shared.content) + structure_failures(shared.content)


def test_sections_on_one_page_keep_their_own_fonts_pictures_and_transparency(tmp_path):
    path = tmp_path / "photo.png"
    Image.effect_noise((60, 40), 60).convert("RGB").save(path)
    picture = "<figure><img src='https://dossier.invalid/media/photo.png' alt='Vue'></figure>"
    drawing = (
        "<svg viewBox='0 0 20 9' width='60' height='27' role='img'><title>Un dégradé</title><defs><linearGradient id='g'>"
        "<stop offset='0' stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient></defs>"
        "<rect width='9' height='9' fill='url(#g)' fill-opacity='.5'/></svg>"
    )
    part = make_flow(*(section(key, picture + drawing + LINE + note(key)) for key in "bc"))

    result = render_parts(tmp_path / "pdf", part, media={"photo.png": MediaFile(path, "image/png")})

    assert result.page_count == 3
    assert not pdf_failures(result.content) + structure_failures(result.content)


def test_each_section_is_one_of_its_part_for_a_screen_reader(pdf):
    [document] = pdf.Root.StructTreeRoot.K
    part = document.K[2]

    assert str(part.S) == "/Part"
    assert [str(section.S) for section in part.K] == ["/Sect"] * 4
    assert [str(section.K[0].S) for section in part.K] == ["/H1", "/H2", "/H2", "/H2"]


def test_links_and_bookmarks_reach_sections_on_a_shared_page(shared, pdf):
    flat = list(pdf.Root.Names.Dests.Names)
    places = {str(flat[i]): flat[i + 1] for i in range(0, len(flat), 2)}
    page = pdf.pages[2]
    links = {str(link.Contents): link for link in page.Annots}

    assert places[str(links["plus loin"].Dest)][0].objgen == page.obj.objgen
    assert places[str(links["plus haut"].Dest)][0].objgen == page.obj.objgen
    with pdf.open_outline() as outline:
        chapter = outline.root[1]
        titles = [item.title for item in chapter.children]
        tops = [float(item.destination[3]) for item in chapter.children]
        homes = {item.destination[0].objgen for item in chapter.children}
    assert titles == ["1.b Section b", "1.c Section c", "1.d Section d"]
    assert tops == sorted(tops, reverse=True)
    assert homes == {page.obj.objgen}
    assert {place.page for key, place in shared.places.items() if key in "abcd"} == {3}
    assert shared.ends["a"] == Place(3, round((297 - 27) / 297, 4))  # where its footnotes end


def test_a_link_into_a_note_reaches_the_page_that_the_note_stands_on(tmp_path):
    seen = "<p><a href='#renvoi'>Voir</a>, p. <span data-page-of='renvoi'>00</span></p>"
    target = (
        "<p>Un appel<span class='footnote'>Une note, <span id='renvoi'>où l’on renvoie</span>.</span>.</p>"
    )
    part = make_flow(
        section("b", LINE),
        section("c", target),
        section("d", note("d") + seen),
    )

    result = render_parts(tmp_path, part)

    assert "Voir, p. 3" in _words(result, 3).replace(" ,", ",")
    line = next(-y for y, _, text in _drawn(result)[2] if "où l’on renvoie" in text)
    with pikepdf.open(BytesIO(result.content)) as pdf:
        flat = list(pdf.Root.Names.Dests.Names)
        places = {str(flat[i]): flat[i + 1] for i in range(0, len(flat), 2)}
        [link] = [link for link in pdf.pages[2].Annots if str(link.Contents) == "Voir"]
        page, _, _, top, _ = places[str(link.Dest)]
        assert page.objgen == pdf.pages[2].obj.objgen
        assert line < float(top) < line + 12


def test_a_link_in_a_note_stays_on_its_words_when_later_notes_push_it_up(shared, pdf):
    written = {text: -y for y, _, text in _drawn(shared)[2]}
    notes = {str(link.Contents): link for link in pdf.pages[2].Annots}

    for name in "bcd":
        line = next(y for text, y in written.items() if f"le site {name}" in text)
        low, high = sorted(float(notes[f"le site {name}"].Rect[side]) for side in (1, 3))
        assert low < line < high
    assert len({round(float(link.Rect[1])) for name, link in notes.items() if "site" in name}) == 3


# --- what is laid out again --------------------------------------------------------------------------


def _changed(lines_before, lines_after):
    def flow(lines):
        return make_flow(
            section("b", LINE * 3),
            section("c", "<p>Texte relu.</p>" * lines + note("c")),
            section("d", LINE * 2 + note("d")),
            section("e", LINE * 40),
        )

    return flow(lines_before), flow(lines_after)


def test_a_changed_paragraph_lays_out_its_section_only(tmp_path):
    part, _ = _changed(3, 3)
    other = make_part("z", number="2")
    before = render_parts(tmp_path, part, other)
    reread = _with(
        part,
        [
            section(item.key, item.html.partition("</h2>")[2].replace("relu", "revu", 1))
            for item in part.sections
        ],
    )

    after = render_parts(tmp_path, reread, other)

    assert after.measures.pieces_painted == 1
    assert after.sha256 != before.sha256
    assert after.sha256 == render_parts(tmp_path / "fresh", reread, other).sha256


def test_a_section_that_grows_moves_what_follows_it_in_its_part_and_nothing_else(tmp_path):
    part, longer = _changed(3, 5)
    other = make_part("z", number="2")
    render_parts(tmp_path, part, other)

    after = render_parts(tmp_path, longer, other)

    assert after.measures.pieces_painted == len(["c", "d", "e"])
    assert after.sha256 == render_parts(tmp_path / "fresh", longer, other).sha256


def _damage(directory, *words):
    """Cut the end off the kept pieces that begin with ``words``."""
    kept = [path for path in directory.glob("pieces/??/*") if path.with_suffix(".json").exists()]
    texts = {path: PdfReader(path).pages[0].extract_text() for path in kept if path.suffix == ""}
    cut = [path for path, text in texts.items() if any(word in text for word in words)]
    assert len(cut) == len(words)
    for path in cut:
        path.write_bytes(path.read_bytes()[:-30])


def _four(second="Bravo."):
    return make_flow(
        *(section(text[0].lower(), f"<p>{text}</p>") for text in (second, "Charlie.", "Delta.", "Echo."))
    )


@pytest.mark.parametrize(
    ("second", "damaged", "painted"),
    [("Bravo.", ["Charlie"], 1), ("Bravo.", ["Bravo", "Delta"], 2), ("Brava.", ["Delta"], 2)],
)
def test_damaged_sections_are_laid_out_again_and_no_others(tmp_path, second, damaged, painted):
    render_parts(tmp_path, _four())
    fresh = render_parts(tmp_path / "fresh", _four(second))
    _damage(tmp_path, *damaged)

    again = render_parts(tmp_path, _four(second))

    assert again.measures.pieces_painted == painted
    assert again.sha256 == fresh.sha256


# --- failures and limits -----------------------------------------------------------------------------


def test_a_section_that_cannot_be_laid_out_leaves_the_others_of_its_part(tmp_path):
    part = make_flow(section("b", LINE), section("c", DEEP, title="Trop"), section("d", "<p>Saine.</p>"))

    result = render_parts(tmp_path, part)

    text = _words(result, 3)
    assert "Ouverture." in text
    assert "1.c Trop Cette section n’a pas pu être mise en page" in text
    assert "Saine." in text
    assert [(told.part, told.code) for told in result.notices] == [("c", "failed_part")]
    assert str(result.notices[0]).startswith("1.c Trop\u00a0: section non imprimée")
    assert set(result.places) >= {"a", "b", "c", "d"}
    with pikepdf.open(BytesIO(result.content)) as pdf, pdf.open_outline() as outline:
        [_contents, chapter] = outline.root
        assert [item.title for item in chapter.children] == ["1.b Section b", "1.c Trop", "1.d Section d"]
    assert not pdf_failures(result.content) + structure_failures(result.content)


def test_two_sections_of_a_part_may_fail(tmp_path):
    part = make_flow(section("b", DEEP), section("c", LINE), section("d", DEEP))

    result = render_parts(tmp_path, part)

    assert [told.part for told in result.notices] == ["b", "d"]


@pytest.mark.parametrize("limit", ["part_cpu_seconds", "part_wall_seconds"])
def test_time_is_counted_for_each_section(tmp_path, caplog, limit):
    slow = "<p>" + "mot " * 9_000 + "</p>"
    part = make_flow(*(section(f"s{number}", slow) for number in range(8)))

    whole = render(make_document(part), directory=tmp_path / "long", font_sources=FONTS)
    limits = Limits(**{limit: max(2, round(whole.measures.cpu_seconds / 2))})
    result = render(make_document(part), directory=tmp_path / "short", font_sources=FONTS, limits=limits)

    assert result.measures.cpu_seconds > getattr(limits, limit)
    assert result.notices == ()
    assert "a piece failed" not in caplog.text


@pytest.mark.parametrize(("memory_bytes", "painted"), [(1, 1), (1 << 40, 3)])
def test_a_child_that_is_full_makes_no_further_piece(monkeypatch, tmp_path, memory_bytes, painted):
    facts = {"leaves": asdict(Beginning())}
    monkeypatch.setattr("core.pdf.server.paint", lambda *given, **named: (b"%PDF", facts))
    monkeypatch.setattr("core.pdf.server._allow_processor", lambda limits: None)
    server = Server(inlet=0, outlet=0, press=object(), limits=Limits(memory_bytes=memory_bytes))
    steps = [asdict(Step(key, "", key)) for key in "abc"]
    told = tmp_path / "told"

    with told.open("wb") as outer:
        server.work(
            {"do": "part", "store": str(tmp_path), "steps": steps, "beginning": asdict(Beginning())},
            outer.fileno(),
        )

    assert len(list(tmp_path.glob("??/*.json"))) == painted
    assert told.read_bytes() == b'{"bytes": 4}\n' * painted


def test_another_child_goes_on_where_one_was_full(tmp_path):
    path = tmp_path / "vaste.png"
    Image.new("RGBA", (6300, 6300)).save(path, compress_level=1)
    vast = "<p><img src='https://dossier.invalid/media/vaste.png' alt='Vaste'></p>"
    document = make_document(
        make_flow(section("b", vast), section("c", LINE), section("d", LINE)),
        media={"vaste.png": MediaFile(path, "image/png")},
    )

    # The picture takes more than a third of it.
    limits = Limits(memory_bytes=750 * 1024 * 1024)
    result = render(document, directory=tmp_path, font_sources=FONTS, limits=limits)

    assert result.measures.peak_bytes > limits.memory_bytes / 3
    assert result.notices == ()
    assert "Section d" in " ".join(_words(result, page) for page in range(3, result.page_count + 1))


@pytest.mark.parametrize(("hard", "soft"), [(RLIM_INFINITY, 7), (90, 7), (5, 5)])
def test_a_limit_that_was_set_from_outside_is_never_raised(monkeypatch, hard, soft):
    asked = []
    monkeypatch.setattr("core.pdf.server._taken", lambda usage: {"cpu": 1.5, "peak": 0})
    monkeypatch.setattr("core.pdf.server.resource.getrlimit", lambda kind: (hard, hard))
    monkeypatch.setattr("core.pdf.server.resource.setrlimit", lambda kind, pair: asked.append(pair))

    _allow_processor(Limits(part_cpu_seconds=5))

    assert asked == [(soft, hard)]


def test_what_takes_too_long_as_a_whole_is_named_by_its_section(tmp_path):
    part = make_flow(section("b", LINE), section("c", HEAVY, title="Lourde"))

    with pytest.raises(PdfError, match=r"1\.c Lourde"):
        render(make_document(part), directory=tmp_path, font_sources=FONTS, limits=Limits(wall_seconds=4))
