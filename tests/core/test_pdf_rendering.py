"""The door as a whole: what it survives, what it refuses, what it leaves behind."""

import http.server
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import pikepdf
import psutil
import pytest
from PIL import Image
from pypdf import PdfReader

from core.pdf import Limits, MediaFile, PdfCancelledError, PdfError, engine, render
from core.pdf.document import Wording
from core.pdf.painting import Press
from core.pdf.server import Server, _refuse_network
from core.pdf.store import PieceStore
from tests.core.pdf_documents import FONTS, ROOT, make_document, make_part, render_parts
from tests.pdf_checks import pdf_failures

HEAVY = "<p>" + "mot " * 120_000 + "</p>"
DEEP = "<div>" * 200 + "fond" + "</div>" * 200


def _text(result):
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(result.content)).pages)


def _is_accessible(result):
    return not pdf_failures(result.content)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.effect_noise((200, 120), 60).convert("RGB").save(path, "JPEG")
    return path


@pytest.fixture
def listener():
    """A web server on this machine that counts who calls."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.seen = seen
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


# --- hostile content --------------------------------------------------------------------------------


def test_hostile_markup_opens_nothing_and_still_prints(tmp_path, listener):
    outside = f"http://127.0.0.1:{listener.server_port}"
    secret = tmp_path / "secret.txt"
    secret.write_text("le-mot-de-passe-du-serveur")
    body = f"""
      <link rel="stylesheet" href="{outside}/css"><link rel="attachment" href="file://{secret}">
      <style>@import url({outside}/import); p {{ background: url({outside}/background) }}</style>
      <base href="{outside}/"><meta http-equiv="refresh" content="0;url={outside}/meta">
      <script>fetch("{outside}/script")</script>
      <p style="background: url({outside}/style)" background="{outside}/attribute">Texte gardé.</p>
      <a href="file://{secret}" rel="attachment" download>pièce</a> <a href="javascript:alert(1)">code</a>
      <img src="{outside}/image.png" alt="Au dehors"><img src="file://{secret}" alt="Sur le disque">
      <img src="https://dossier.invalid.evil.example/media/a.jpg" alt="Presque">
      <img src="https://dossier.invalid@127.0.0.1:{listener.server_port}/a.jpg" alt="Déguisée">
      <img src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>" alt="Dedans">
      <img src="https://dossier.invalid/media/absente.jpg" srcset="{outside}/set 2x" alt="Absente">
      <picture><source srcset="{outside}/source"><img src="{outside}/fallback" alt="Repli"></picture>
      <object data="{outside}/object">objet</object><embed src="{outside}/embed"><iframe src="{outside}/frame"></iframe>
      <video poster="{outside}/poster" src="{outside}/video"></video><audio src="{outside}/audio"></audio>
      <svg viewBox="0 0 9 9" role="img"><title>Dessin</title>
        <image href="{outside}/svg-image"/><image xlink:href="file://{secret}"/><use href="{outside}/use#a"/>
        <style>@import url({outside}/svg-import);</style><script>1</script>
        <rect width="9" height="9" fill="url({outside}/paint#a)" filter="url(file://{secret})"/>
        <foreignObject><img src="{outside}/foreign"/></foreignObject>
      </svg>
      <p>{{{{ 7*7 }}}} {{% load x %}} ${{7*7}} \\input{{/etc/passwd}}</p>
    """

    result = render_parts(tmp_path / "pdf", make_part("a", body))

    text = _text(result)
    assert listener.seen == []
    assert "le-mot-de-passe" not in text
    assert secret.read_bytes() not in result.content
    assert b"/EmbeddedFile" not in result.content
    assert "Texte gardé." in text
    assert "{{ 7*7 }} {% load x %} ${7*7} \\input{/etc/passwd}" in text
    assert text.count("Image absente") == 7
    assert {notice.code for notice in result.notices} == {"missing_picture", "refused_link"}
    assert _is_accessible(result)


def test_a_style_sheet_that_imports_opens_nothing(tmp_path, listener):
    outside = f"http://127.0.0.1:{listener.server_port}"
    style = (
        f"@import url({outside}/import); @import 'https://dossier.invalid/static/other.css';"
        f"@font-face {{ font-family: x; src: url({outside}/font) }}"
        f"p {{ background: url({outside}/background); font-family: x }} p::before {{ content: url({outside}/content) }}"
    )

    render_parts(tmp_path, style=style)

    assert listener.seen == []


def test_the_painting_process_refuses_sockets_and_programs():
    for event in ("socket.connect", "socket.getaddrinfo", "socket.__new__", "subprocess.Popen", "os.system"):
        with pytest.raises(PermissionError):
            _refuse_network(event, ())
    _refuse_network("open", ())


def test_the_painting_process_inherits_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "un-secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:un-secret@host/db")
    engine.stop_idle_engines()

    with engine.leased_engine() as leased:
        environment = psutil.Process(leased.pid).environ()

    assert "un-secret" not in str(environment)


# --- pictures ---------------------------------------------------------------------------------------


def test_pictures_are_printed_with_their_text_and_a_decorative_one_is_never_spoken(tmp_path, photo):
    body = (
        "<figure><img src='https://dossier.invalid/media/photo.jpg' alt='Un terril au soir'>"
        "<figcaption>Légende</figcaption></figure>"
        "<p><img src='https://dossier.invalid/media/photo.jpg' alt=''></p>"
    )

    result = render_parts(
        tmp_path / "pdf", make_part("a", body), media={"photo.jpg": MediaFile(photo, "image/jpeg")}
    )

    page = PdfReader(BytesIO(result.content)).pages[result.first_pages["a"] - 1]
    assert len(page.images) == 1  # the same file is embedded once
    assert page.get_contents().get_data().count(b"/Figure") == 1
    assert result.notices == ()
    assert _is_accessible(result)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("absente.jpg", None, "fichier introuvable"),
        ("page.jpg", b"<html></html>", "n’est pas une image"),
        ("coupee.jpg", "cut", "incomplet"),
    ],
)
def test_a_picture_that_cannot_be_shown_leaves_a_notice_in_its_place(tmp_path, photo, name, content, reason):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(photo.read_bytes()[:-50] if content == "cut" else content)
    body = f"<p>Avant.</p><figure><img src='https://dossier.invalid/media/{name}' alt='Le carreau'></figure><p>Après.</p>"

    result = render_parts(tmp_path / "pdf", make_part("a", body), media={name: MediaFile(path, "image/jpeg")})

    text = " ".join(_text(result).split())
    assert "Avant. Image absente – Le carreau" in text
    assert reason in text
    assert "Après." in text
    [notice] = result.notices
    assert notice.part == "a"
    assert name in str(notice)
    assert reason in str(notice)
    assert _is_accessible(result)


def test_a_picture_that_changes_under_the_same_name_is_painted_again(tmp_path, photo):
    part = make_part("a", "<p><img src='https://dossier.invalid/media/photo.jpg' alt='Photo'></p>")
    media = {"photo.jpg": MediaFile(photo, "image/jpeg")}

    first = render_parts(tmp_path / "pdf", part, media=media)
    Image.effect_noise((200, 120), 10).convert("RGB").save(photo, "JPEG")
    second = render_parts(tmp_path / "pdf", part, media=media)

    assert first.sha256 != second.sha256


def test_a_picture_without_alternative_text_is_named_to_the_writer(tmp_path, photo):
    part = make_part("a", "<p><img src='https://dossier.invalid/media/photo.jpg'></p>")

    result = render_parts(tmp_path / "pdf", part, media={"photo.jpg": MediaFile(photo, "image/jpeg")})

    assert [notice.code for notice in result.notices] == ["missing_text"]
    assert _is_accessible(result)


# --- structure --------------------------------------------------------------------------------------


def test_headings_never_skip_a_level_and_always_have_a_name(tmp_path):
    result = render_parts(tmp_path, make_part("a", "<h4>Profond</h4><h2>Haut</h2><h5>Bas</h5>"))

    assert _is_accessible(result)


def test_fonts_of_the_system_are_used_when_ours_are_absent(tmp_path):
    result = render(make_document(), directory=tmp_path, font_sources=tmp_path / "nowhere")

    assert "Du texte." in _text(result)
    assert _is_accessible(result)


# --- failures and limits ----------------------------------------------------------------------------


def test_a_part_that_cannot_be_laid_out_prints_a_notice_under_its_heading(tmp_path):
    result = render_parts(
        tmp_path, make_part("a", "<p>Saine.</p>"), make_part("b", DEEP, number="2", title="Trop")
    )

    text = " ".join(_text(result).split())
    assert "Saine." in text
    assert "2 Trop Cette partie n’a pas pu être mise en page" in text
    assert "imbriqués" in text
    assert [(notice.part, notice.code) for notice in result.notices] == [("b", "failed_part")]
    assert str(result.notices[0]).startswith("Trop\u00a0: partie non imprimée")
    assert _is_accessible(result)


def test_a_part_that_takes_too_long_is_killed_and_named(tmp_path):
    document = make_document(
        make_part("a", "<p>Saine.</p>"), make_part("b", HEAVY, number="2", title="Lourde")
    )

    start = time.monotonic()
    result = render(document, directory=tmp_path, font_sources=FONTS, limits=Limits(part_wall_seconds=3))

    assert time.monotonic() - start < 15
    assert "a duré trop longtemps" in str(result.notices[0])
    assert "Saine." in _text(result)


def test_a_part_that_computes_too_long_is_killed_and_named(tmp_path):
    document = make_document(make_part("b", HEAVY, title="Lourde"))

    result = render(document, directory=tmp_path, font_sources=FONTS, limits=Limits(part_cpu_seconds=2))

    assert "le calcul a duré trop longtemps" in str(result.notices[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_part_that_wants_too_much_memory_is_refused_and_named(tmp_path):
    path = tmp_path / "vaste.png"
    Image.new("RGBA", (6300, 6300)).save(path, compress_level=1)
    body = "<p><img src='https://dossier.invalid/media/vaste.png' alt='Vaste'></p>"
    document = make_document(
        make_part("b", body, title="Vaste"), media={"vaste.png": MediaFile(path, "image/png")}
    )
    # What a process weighs before it meets the picture: one that has already opened a document and its fonts.
    render(make_document(make_part("a", "<p>Un.</p>")), directory=tmp_path, font_sources=FONTS)
    with engine.leased_engine() as leased:
        base = psutil.Process(leased.pid).memory_info().vms

    # Between the two needs, far from both: the pixels and their transparency take over 256 MB, the page that
    # says a part is missing under 32, and up to 80 more of addresses when Pango starts a thread to look for a font.
    limits = Limits(memory_bytes=base + 160 * 1024 * 1024)
    result = render(document, directory=tmp_path, font_sources=FONTS, limits=limits)

    assert "Vaste\u00a0: partie non imprimée" in str(result.notices[0])
    assert "mémoire" in str(result.notices[0])


def test_a_failed_part_is_tried_again_next_time(tmp_path):
    document = make_document(make_part("b", "<p>" + "mot " * 120_000 + "</p>", title="Lente"))

    first = render(document, directory=tmp_path, font_sources=FONTS, limits=Limits(part_cpu_seconds=1))
    second = render(document, directory=tmp_path, font_sources=FONTS)

    assert len(first.notices) == 1
    assert second.notices == ()


def test_cancelling_stops_at_once_and_leaves_no_process(tmp_path):
    engine.stop_idle_engines()
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    asked = time.monotonic()

    with pytest.raises(PdfCancelledError):
        render(
            make_document(make_part("b", HEAVY)),
            directory=tmp_path,
            font_sources=FONTS,
            is_cancelled=lambda: time.monotonic() - asked > 3,
        )

    assert time.monotonic() - asked < 8
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
    assert list(tmp_path.glob("work-*")) == []


def test_a_document_beyond_its_time_is_given_up(tmp_path):
    with pytest.raises(PdfError, match="durée"):
        render(
            make_document(make_part("b", HEAVY)),
            directory=tmp_path,
            font_sources=FONTS,
            limits=Limits(wall_seconds=2),
        )


def test_an_engine_that_dies_is_told_and_replaced(tmp_path):
    engine.stop_idle_engines()

    def kill_engine(stage, done, total):
        for child in psutil.Process().children():
            if "core.pdf.server" in " ".join(child.cmdline()):
                child.send_signal(signal.SIGKILL)

    with pytest.raises(PdfError, match="arrêté"):
        render(make_document(), directory=tmp_path, font_sources=FONTS, on_progress=kill_engine)

    assert render(make_document(), directory=tmp_path, font_sources=FONTS).page_count == 3


@pytest.mark.skipif(sys.platform != "linux", reason="reads the table of processes of Linux")
def test_no_process_outlives_the_one_that_asked(tmp_path):
    script = (
        "import sys\nfrom pathlib import Path\nfrom tests.core.test_pdf_rendering import HEAVY\n"
        "from tests.core.pdf_documents import render_parts, make_part\n"
        "render_parts(Path(sys.argv[1]), make_part('b', HEAVY))"
    )
    asking = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT)
    try:
        end = time.monotonic() + 20
        while (
            len(family := psutil.Process(asking.pid).children(recursive=True)) < 2 and time.monotonic() < end
        ):
            time.sleep(0.1)
        assert len(family) >= 2
    finally:
        asking.kill()
        asking.wait()

    _, alive = psutil.wait_procs(family, timeout=5)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


# --- use --------------------------------------------------------------------------------------------


def test_several_threads_render_at_once(tmp_path):
    results = {}

    def work(name):
        part = make_part("a", f"<p>Texte de {name}.</p>")
        results[name] = render_parts(tmp_path, part, title=f"Dossier {name}")

    threads = [threading.Thread(target=work, args=(name,)) for name in ("nord", "sud", "est")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["est", "nord", "sud"]
    for name, result in results.items():
        assert f"Texte de {name}." in _text(result)


def test_progress_goes_forward_through_the_stages(tmp_path):
    seen = []

    render(
        make_document(make_part("a"), make_part("b", number="2")),
        directory=tmp_path,
        font_sources=FONTS,
        on_progress=lambda stage, done, total: seen.append((stage, done, total)),
    )

    stages = list(dict.fromkeys(stage for stage, _, _ in seen))
    assert stages == ["parts", "contents", "join"]
    assert ("parts", 3, 3) in seen
    assert all(done <= total for _, done, total in seen)
    assert seen[-1] == ("join", 1, 1)


def test_the_printed_file_is_read_as_often_as_wanted_and_leaves_nothing_behind(tmp_path):
    result = render_parts(tmp_path)

    assert result.content == result.content
    assert len(result.content) == result.byte_count
    assert sha256(result.content).hexdigest() == result.sha256
    del result
    assert list(tmp_path.glob("work-*")) == []


def test_a_document_that_failed_leaves_nothing_behind(tmp_path):
    with pytest.raises(PdfCancelledError):
        render(make_document(), directory=tmp_path, font_sources=FONTS, is_cancelled=lambda: True)

    assert list(tmp_path.glob("work-*")) == []


def test_each_document_has_an_identifier_of_its_own(tmp_path):
    first, same, other = (
        pikepdf.open(BytesIO(render_parts(tmp_path, make_part("a", html)).content)).trailer.ID
        for html in ("<p>Un.</p>", "<p>Un.</p>", "<p>Deux.</p>")
    )

    assert bytes(first[0]) == bytes(first[1]) == bytes(same[0])
    assert bytes(first[0]) != bytes(other[0])
    assert len(bytes(first[0])) == 16


def _cut(path):
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("harm", [_cut, Path.unlink])
@pytest.mark.parametrize("suffix", ["", ".json"])
def test_a_piece_that_lost_its_pdf_or_what_is_known_of_it_is_painted_again(tmp_path, harm, suffix):
    first = render_parts(tmp_path)
    for path in (tmp_path / "pieces").glob("??/*"):
        if path.suffix == suffix:
            harm(path)

    second = render_parts(tmp_path)

    assert second.sha256 == first.sha256
    assert second.measures.pieces_painted == first.measures.pieces_painted


def test_a_kept_piece_is_a_pdf_that_any_program_opens(tmp_path):
    render_parts(tmp_path)

    kept = [path for path in (tmp_path / "pieces").glob("??/*") if path.with_suffix(".json").exists()]
    pieces = [path for path in kept if path.suffix == ""]

    assert len(pieces) >= 4
    assert all(len(PdfReader(path).pages) >= 1 for path in pieces)


def test_the_store_stays_under_its_size(tmp_path):
    for number in range(4):
        render(
            make_document(make_part("a", f"<p>Texte {number}.</p>")),
            directory=tmp_path,
            font_sources=FONTS,
            store_bytes=60_000,
        )

    assert 0 < sum(path.stat().st_size for path in (tmp_path / "pieces").glob("??/*")) <= 60_000


def test_a_full_store_is_looked_through_once_in_a_sixteenth_that_is_added(tmp_path, monkeypatch):
    store = PieceStore(tmp_path)
    for number in range(20):
        store.keep(f"{number:02}", bytes(1000), {})
    monkeypatch.setattr("core.pdf.store.random.random", lambda: 0.5)

    store.make_room(10_000, added=300)
    untouched = len(list(tmp_path.glob("??/*")))
    store.make_room(10_000, added=320)

    assert untouched == 40
    assert sum(path.stat().st_size for path in tmp_path.glob("??/*")) <= 10_000


def test_what_a_killed_process_left_is_swept_after_a_day(tmp_path):
    old, recent = tmp_path / "work-old", tmp_path / "work-recent"
    old.mkdir()
    recent.mkdir()
    (old / "1.piece").write_bytes(b"x")
    yesterday = time.time() - 25 * 3600
    os.utime(old, (yesterday, yesterday))

    render_parts(tmp_path)

    assert not old.exists()
    assert recent.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"lang": "fr'><script>"},
        {"accent": "red;} body{display:none"},
        {"title": "  "},
        {"identifier": ""},
    ],
)
def test_values_that_would_break_the_document_are_refused(fields):
    with pytest.raises(ValueError):
        make_document(**fields)


def test_keys_of_parts_are_plain_and_different():
    with pytest.raises(ValueError, match="same key"):
        make_document(make_part("a"), make_part("a"))
    for key in ("", "../a", "a/b", "cover", "contents"):
        with pytest.raises(ValueError, match="key"):
            make_part(key)


def test_the_parent_never_loads_weasyprint():
    script = "import sys, core.pdf\nassert not {'weasyprint', 'pikepdf'} & set(sys.modules)"

    subprocess.run([sys.executable, "-c", script], cwd=Path(ROOT), check=True)


# --- how pages are cut ------------------------------------------------------------------------------


def _cuts(tmp_path, block):
    """Print ``block`` after ever more lines; return for each printing what each page shows of its items."""
    fillers = range(14, 26)
    parts = [make_part(f"p{lines}", "<p>Une ligne.</p>" * lines + block) for lines in fillers]
    result = render(make_document(*parts), directory=tmp_path, font_sources=FONTS)
    pages = [page.extract_text() for page in PdfReader(BytesIO(result.content)).pages]
    first = list(result.first_pages.values())
    return [
        [len(re.findall(r"Item \d", page)) for page in pages[start - 1 : end - 1]]
        for start, end in zip(first, [*first[1:], len(pages) + 1], strict=True)
    ]


def _table(rows, kind=""):
    lines = "".join(f"<tr><th scope='row'>Item {row}</th><td>Oui</td></tr>" for row in range(rows))
    head = "<thead><tr><th scope='col'>Nom</th><th scope='col'>Avis</th></tr></thead>"
    return f"<table class='{kind}'><caption>Liste</caption>{head}<tbody>{lines}</tbody></table>"


@pytest.mark.parametrize(
    ("block", "is_cut"),
    [
        ("<ul>" + "".join(f"<li>Item {item}</li>" for item in range(6)) + "</ul>", True),
        (_table(14), True),
        (_table(8, "directory"), True),
        (_table(8), False),
    ],
    ids=["list", "long table", "short directory", "short table"],
)
def test_no_item_stands_alone_on_its_page_and_short_tables_stay_whole(tmp_path, block, is_cut):
    cuts = [[count for count in counts if count] for counts in _cuts(tmp_path, block)]

    assert any(len(counts) > 1 for counts in cuts) == is_cut
    for counts in cuts:
        assert counts[-1] > 1
        assert counts[0] > 1 or block.startswith("<ul>")


def test_documents_that_look_alike_share_a_press_and_show_their_own_pictures(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(
        "core.pdf.server.make_press", lambda **known: made.append(known) or _press_of(**known)
    )
    monkeypatch.setattr("core.pdf.server.gc", Mock())
    server = Server(inlet=0, outlet=os.open(os.devnull, os.O_WRONLY))
    opening = _opening(media={"a.jpg": [str(tmp_path / "a.jpg"), "image/jpeg"]})

    server.open(opening)
    server.open(opening | {"media": {"b.jpg": [str(tmp_path / "b.jpg"), "image/jpeg"]}})

    assert len(made) == 1
    assert set(server.press.shelf.media) == {"b.jpg"}
    server.open(opening | {"style": "p { color: red }"})
    assert len(made) == 2
    os.close(server.outlet)


def _press_of(*, lang, wording, shelf, style):
    return Press(lang, wording, shelf, style, fonts=None)


def _opening(**fields):
    return {
        "do": "open",
        "lang": "fr",
        "wording": asdict(Wording()),
        "style": "",
        "media": {},
        "static_roots": [],
        "fonts": {},
        "limits": asdict(Limits()),
        **fields,
    }
