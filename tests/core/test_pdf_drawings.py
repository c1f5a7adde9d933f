"""PNG drawings are embedded as they are, and look the same."""

from io import BytesIO

import pikepdf
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from core.pdf import MediaFile
from core.pdf.drawings import read_drawing
from tests.core.pdf_documents import make_part, render_parts


def _drawing(mode):
    picture = Image.new("RGB", (64, 48), "#f4ead6")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(8, 40), (24, 8), (40, 40)], fill="#1d4f4a")
    pen.ellipse([(40, 6), (56, 22)], fill="#a63d24")
    if mode in {"RGBA", "LA"}:
        picture.putalpha(picture.convert("L").point(lambda level: 255 if level < 200 else 90))
    return picture.convert(mode) if picture.mode != mode else picture


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def _written(picture, **options):
    content = BytesIO()
    picture.save(content, "PNG", **options)
    return content.getvalue()


def _printed(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    part = make_part("a", "<p><img src='https://dossier.invalid/media/a.png' alt='Dessin'></p>")
    return render_parts(tmp_path / "pdf", part, media={"a.png": MediaFile(path, "image/png")})


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_an_opaque_drawing_is_embedded_with_its_own_rows_and_looks_the_same(tmp_path, mode):
    picture = _drawing(mode)
    content = _written(picture, bits=4) if mode == "P" else _written(picture)

    result = _printed(tmp_path, content)

    with pikepdf.open(BytesIO(result.content)) as pdf:
        [stored] = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        assert stored.read_raw_bytes() == read_drawing(content).rows
        shown = pikepdf.PdfImage(stored).as_pil_image().convert("RGB").tobytes()
    assert shown == Image.open(BytesIO(content)).convert("RGB").tobytes()


@pytest.mark.parametrize(
    "content",
    [
        _written(_drawing("RGBA")),
        _written(_drawing("LA")),
        _written(_drawing("P"), transparency=3),
        _written(_drawing("L").convert("I;16")),
        _written(_drawing("RGB"), exif=_turned()),
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"GIF89a",
        b"",
    ],
)
def test_any_other_picture_is_left_to_weasyprint(content):
    assert read_drawing(content) is None


def test_an_interlaced_drawing_is_left_to_weasyprint():
    content = bytearray(_written(_drawing("RGB")))
    content[28] = 1

    assert read_drawing(bytes(content)) is None


def test_a_transparent_drawing_is_still_printed(tmp_path):
    result = _printed(tmp_path, _written(_drawing("RGBA")))

    assert result.notices == ()
    assert len(PdfReader(BytesIO(result.content)).pages[2].images) == 1
