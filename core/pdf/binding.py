"""Joins PDF files and numbers their pages. Run as `python -m core.pdf.binding` it reads an order from its input, one line of
JSON, and answers with one: see core.pdf.packing.
"""

import json
import sys
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from core.pdf.stamping import draw

_SIZE = 8.5
#: From the corner of the sheet at the right, in points.
_MARGIN, _BASELINE = 22.0, 14.0
_NUMBER = Name("/PackNumber")


def _count(path: str) -> int | None:
    try:
        with pikepdf.open(path) as pdf:
            return len(pdf.pages) or None
    except (pikepdf.PdfError, pikepdf.PasswordError):
        return None


def _pack(order: dict[str, Any]) -> None:
    fonts = [(family, path) for family, path in order["fonts"]]
    with pikepdf.open(order["front"]) as whole:
        starts: list[tuple[str, int]] = []
        for path, title in order["enclosures"]:
            starts.append((title, len(whole.pages)))
            with pikepdf.open(path) as enclosed:
                whole.pages.extend(enclosed.pages)
        count = len(whole.pages)
        first = starts[0][1] if starts else count
        for number in range(first, count):
            _number(whole, whole.pages[number], f"{number + 1} / {count}", fonts)
        with whole.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, page) for title, page in starts)
        whole.save(order["out"], object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)


def _number(pdf: pikepdf.Pdf, page: pikepdf.Page, words: str, fonts: list[tuple[str, str]]) -> None:
    """Draw ``words`` at the lower right of the page as it is looked at, turned or not, on a white ground."""
    drawing, width = draw(words, fonts, _SIZE)
    form = pdf.make_stream(f"q 1 1 1 RG 1 j 2 w\n{drawing}S Q\nq 0.2 g\n{drawing}f Q\n".encode())
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([-2, -_SIZE, round(width + 2, 3), 2 * _SIZE])
    form.Resources = Dictionary()
    left, bottom, right, top = (float(side) for side in page.cropbox)
    turn = int(page.obj.get(Name.Rotate, 0)) % 360
    matrix = {
        0: (1, 0, 0, 1, right - _MARGIN - width, bottom + _BASELINE),
        90: (0, 1, -1, 0, right - _BASELINE, top - _MARGIN - width),
        180: (-1, 0, 0, -1, left + _MARGIN + width, top - _BASELINE),
        270: (0, -1, 1, 0, left + _BASELINE, bottom + _MARGIN + width),
    }.get(turn, (1, 0, 0, 1, right - _MARGIN - width, bottom + _BASELINE))
    page.add_resource(form, Name.XObject, _NUMBER)
    page.contents_add(b"q\n", prepend=True)
    placed = " ".join(f"{value:.3f}" for value in matrix)
    page.contents_add(f"\nQ\n/Artifact <</Type /Pagination>> BDC q {placed} cm {_NUMBER} Do Q EMC\n".encode())


def main() -> None:
    order = json.loads(sys.stdin.buffer.readline())
    if order["do"] == "count":
        sys.stdout.write(json.dumps([_count(path) for path in order["paths"]]))
    else:
        _pack(order)
        sys.stdout.write("null")


if __name__ == "__main__":
    main()
