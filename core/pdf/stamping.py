"""A line of words at the foot of every page of a finished PDF, drawn and never read out.

The words are drawn as outlines: no font is added, the text of the document stays what it was, and its structure does not
know of them. Run as `python -m core.pdf.stamping` it reads an order from its input, one line of JSON and the PDF, and
writes the marked PDF: see core.pdf.marking.
"""

import json
import sys
import unicodedata
from io import BytesIO
from typing import Any

import pikepdf
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

_SIZE = 7.5
#: From the edge of the sheet, in points; the running footer of the dossier stands higher.
_BASELINE = 17.0
_MARGIN = 28.0
_FAMILIES = ("Source Sans 3", "Source Sans 3 Ext")
_MARK = Name("/ReaderMark")


def stamp(content: bytes, words: str, fonts: list[tuple[str, str]]) -> bytes:
    """Return the PDF ``content`` with ``words`` at the foot of each page; the same words give the same bytes.

    ``fonts`` are families with their files.
    """
    drawing, width = draw(words, fonts, _SIZE)
    with pikepdf.open(BytesIO(content)) as pdf:
        form = pdf.make_indirect(_form(pdf, drawing, width))
        for page in pdf.pages:
            _put(page, form, width)
        out = BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _form(pdf: pikepdf.Pdf, drawing: str, width: float) -> Any:
    """Make the drawing a thing that every page can show: in grey, in a white line that keeps it legible on colour."""
    operators = f"q 1 1 1 RG 1 j 1.5 w\n{drawing}S Q\nq 0.33 g\n{drawing}f Q\n"
    form = pdf.make_stream(operators.encode())
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([-2, -_SIZE, round(width + 2, 3), 2 * _SIZE])
    form.Resources = Dictionary()
    return form


def _put(page: pikepdf.Page, form: Any, width: float) -> None:
    left, bottom, right, _top = (float(side) for side in page.mediabox)
    scale = min(1.0, (right - left - 2 * _MARGIN) / width) if width else 1.0
    x = left + (right - left - width * scale) / 2
    page.add_resource(form, Name.XObject, _MARK)
    # What the page draws may leave its coordinates changed.
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(
        b"\nQ\n/Artifact <</Type /Pagination /Subtype /Watermark>> BDC "
        + f"q {scale:.4f} 0 0 {scale:.4f} {x:.3f} {bottom + _BASELINE:.3f} cm {_MARK} Do Q".encode()
        + b" EMC\n"
    )


def draw(words: str, files: list[tuple[str, str]], size: float) -> tuple[str, float]:
    """Return the operators that trace ``words`` from the origin at ``size`` points, and how wide they are."""
    fonts = [TTFont(path) for wanted in _FAMILIES for family, path in files if family == wanted]
    traced: list[str] = []
    x = 0.0
    for character in unicodedata.normalize("NFC", words):
        font, glyph = _glyph(fonts, character)
        if font is not None:
            pen = _TracingPen(font.getGlyphSet(), x, size / font["head"].unitsPerEm)
            font.getGlyphSet()[glyph].draw(pen)
            traced += pen.operators
            x += font["hmtx"][glyph][0] * pen.scale
    return "".join(traced), x


def _glyph(fonts: list[TTFont], character: str) -> tuple[TTFont | None, str]:
    """Find the glyph of ``character``: without its accents where the fonts lack it, else a question mark."""
    bare = unicodedata.normalize("NFD", character)[0]
    for tried in (character, bare, "?"):
        for font in fonts:
            glyph = font.getBestCmap().get(ord(tried))
            if glyph is not None:
                return font, glyph
    return None, ""


class _TracingPen(BasePen):  # type: ignore[misc]  # fontTools ships no types
    """Write the outline of a glyph as path operators, ``x`` points from the origin."""

    def __init__(self, glyphs: Any, x: float, scale: float) -> None:
        super().__init__(glyphs)
        self.x, self.scale = x, scale
        self.operators: list[str] = []

    def _at(self, *points: tuple[float, float]) -> str:
        return " ".join(f"{self.x + x * self.scale:.3f} {y * self.scale:.3f}" for x, y in points)

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802 -- fontTools' names
        self.operators.append(f"{self._at(pt)} m\n")

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{self._at(pt)} l\n")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{self._at(*points)} c\n")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h\n")

    def _endPath(self) -> None:  # noqa: N802
        self.operators.append("h\n")


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    fonts = [(family, path) for family, path in order["fonts"]]
    sys.stdout.buffer.write(stamp(content, order["words"], fonts))


if __name__ == "__main__":
    main()
