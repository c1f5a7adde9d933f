"""The closed fetcher: what a document may open, and everything else."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.pdf import Limits, MediaFile
from core.pdf.fetcher import ClosedFetcher, RefusedError, Shelf

BASE = "https://dossier.invalid"


def _jpeg(size=(30, 20)):
    content = BytesIO()
    Image.new("RGB", size, "#336699").save(content, "JPEG")
    return content.getvalue()


def _png_announcing(width, height, *, rows=1):
    """A small file whose header announces a picture of any size, with so many black rows in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    pixels = zlib.compress(b"\0" * (1 + 3 * width) * rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture
def media(tmp_path):
    def add(name, content, content_type="image/jpeg"):
        path = tmp_path / "media" / name.replace("/", "_")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return {name: MediaFile(path, content_type)}

    return add


def _code(shelf, address):
    with pytest.raises(RefusedError) as refusal:
        ClosedFetcher(shelf).read(address)
    return refusal.value.code


def test_a_picture_of_the_document_is_served_under_its_own_name_only(media):
    shelf = Shelf(media=media("a.jpg", _jpeg()))

    assert ClosedFetcher(shelf).read(f"{BASE}/media/a.jpg") == (_jpeg(), "image/jpeg")
    assert _code(shelf, f"{BASE}/media/b.jpg") == "unknown"


@pytest.mark.parametrize(
    "address",
    [
        "http://dossier.invalid/media/a.jpg",
        "https://dossier.invalid.evil.example/media/a.jpg",
        "https://dossier.invalid@evil.example/media/a.jpg",
        "https://user@dossier.invalid/media/a.jpg",
        "https://dossier.invalid:443/media/a.jpg",
        "https://dossier.invalid:80@127.0.0.1/media/a.jpg",
        "https://DOSSIER.INVALID/media/a.jpg",
        "https://dossier.invalid\\@127.0.0.1/media/a.jpg",
        "https://dossier.invalid/media/a.jpg?x=1",
        "https://dossier.invalid/other/a.jpg",
        "https://127.0.0.1/media/a.jpg",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "file://dossier.invalid/etc/passwd",
        "ftp://dossier.invalid/media/a.jpg",
        "data:image/png;base64,iVBORw0KGgo=",
        "javascript:alert(1)",
        "//dossier.invalid/media/a.jpg",
        "/etc/passwd",
        "https://[::1",
        "",
    ],
)
def test_any_other_address_is_foreign(media, address):
    assert _code(Shelf(media=media("a.jpg", _jpeg())), address) == "foreign"


def test_the_fetcher_has_no_way_to_a_protocol():
    fetcher = ClosedFetcher(Shelf())

    assert fetcher.handle_open == {}
    with pytest.raises(RefusedError):
        fetcher.open("http://127.0.0.1:9/")
    with pytest.raises(RefusedError):
        fetcher("file:///etc/passwd")


@pytest.mark.parametrize(
    ("name", "content", "content_type", "code"),
    [
        ("page.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg", "type"),
        ("drawing.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg", "type"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "type"),
        ("empty.jpg", b"", "image/jpeg", "type"),
        ("cut.jpg", _jpeg((600, 600))[:-40], "image/jpeg", "broken"),
        ("cut.png", _png_announcing(300, 300, rows=300)[:-60], "image/png", "broken"),
        (
            "flipped.png",
            _png_announcing(300, 300, rows=300).replace(b"IDATx", b"IDATy"),
            "image/png",
            "broken",
        ),
        ("other.png", _jpeg(), "image/png", "type"),
        ("huge.png", _png_announcing(40_000, 40_000), "image/png", "pixels"),
        ("wide.png", _png_announcing(8_001, 5_000), "image/png", "pixels"),
        ("eps.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "image/jpeg", "type"),
    ],
)
def test_what_is_not_a_whole_picture_of_the_expected_kind_is_refused(
    media, name, content, content_type, code
):
    assert _code(Shelf(media=media(name, content, content_type)), f"{BASE}/media/{name}") == code


def test_a_picture_at_the_limit_of_points_passes_and_one_beyond_does_not(media):
    shelf = Shelf(
        media=media("a.png", _png_announcing(40, 30, rows=30), "image/png")
        | media("b.png", _png_announcing(40, 31, rows=31), "image/png"),
        limits=Limits(picture_pixels=1200),
    )

    assert ClosedFetcher(shelf).read(f"{BASE}/media/a.png")[1] == "image/png"
    assert _code(shelf, f"{BASE}/media/b.png") == "pixels"


def test_a_missing_file_is_unknown(tmp_path):
    shelf = Shelf(media={"a.jpg": MediaFile(tmp_path / "gone.jpg", "image/jpeg")})

    assert _code(shelf, f"{BASE}/media/a.jpg") == "unknown"


def test_a_file_too_heavy_is_refused_unread(media):
    shelf = Shelf(media=media("a.jpg", _jpeg((400, 400))), limits=Limits(picture_bytes=100))

    assert _code(shelf, f"{BASE}/media/a.jpg") == "bytes"


def test_a_part_has_a_budget_of_pictures_and_the_same_picture_counts_once(media):
    shelf = Shelf(media=media("a.jpg", _jpeg()) | media("b.jpg", _jpeg()), limits=Limits(part_pictures=1))
    fetcher = ClosedFetcher(shelf)

    fetcher.read(f"{BASE}/media/a.jpg")
    fetcher.read(f"{BASE}/media/a.jpg")

    with pytest.raises(RefusedError, match="budget"):
        fetcher.read(f"{BASE}/media/b.jpg")


def test_a_part_has_a_budget_of_bytes(media):
    shelf = Shelf(media=media("a.jpg", _jpeg()), limits=Limits(part_bytes=len(_jpeg()) - 1))

    assert _code(shelf, f"{BASE}/media/a.jpg") == "budget"


@pytest.fixture
def static_root(tmp_path):
    root = tmp_path / "static"
    root.mkdir()
    (root / "logo.png").write_bytes(_png_announcing(4, 4, rows=4))
    (root / "style.css").write_text("p { color: red }")
    (tmp_path / "secret.png").write_bytes(_png_announcing(4, 4, rows=4))
    (root / "link.png").symlink_to(tmp_path / "secret.png")
    return root


def test_static_files_are_served_below_their_root(static_root):
    shelf = Shelf(static_roots=(static_root,))

    assert ClosedFetcher(shelf).read(f"{BASE}/static/logo.png")[1] == "image/png"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../secret.png", "unknown"),
        ("%2e%2e/secret.png", "unknown"),
        ("..%2fsecret.png", "unknown"),
        ("/etc/passwd", "unknown"),
        ("%2fetc%2fpasswd", "unknown"),
        ("link.png", "unknown"),
        ("absent.png", "unknown"),
        ("a%00b.png", "unknown"),
        ("", "unknown"),
        ("style.css", "type"),
    ],
)
def test_nothing_outside_the_root_or_of_another_kind_is_served(static_root, name, code):
    assert _code(Shelf(static_roots=(static_root,)), f"{BASE}/static/{name}") == code


def test_the_static_root_itself_may_be_reached_through_a_link(tmp_path, static_root):
    link: Path = tmp_path / "linked"
    link.symlink_to(static_root)

    assert ClosedFetcher(Shelf(static_roots=(link,))).read(f"{BASE}/static/logo.png")[1] == "image/png"
