"""Several PDF files one behind the other, with bookmarks and one numbering: files that others made, so in a process apart.

Run as `python -m core.pdf.packing` it reads an order from its input, one line of JSON, and answers with one: see `count_pages`
and `pack`. What the front says to reading programs stays; what the other files say is as good as those who made them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from core.pdf.document import PdfError
from core.pdf.engine import INHERITED
from core.pdf.fonts import prepare_fonts
from core.pdf.stamping import draw

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60
_SIZE = 8.5
#: From the corner of the sheet at the right, in points.
_MARGIN, _BASELINE = 22.0, 14.0
_NUMBER = Name("/PackNumber")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to join, under the title of its bookmark."""

    path: Path
    title: str


def count_pages(paths: Sequence[Path]) -> list[int | None]:
    """Return how many pages each file has; None where it cannot be read, as when it wants a password."""
    counted: list[int | None] = _run({"do": "count", "paths": [str(path) for path in paths]})
    return counted


def pack(front: bytes, enclosures: Sequence[Enclosure], *, font_sources: Path, directory: Path) -> bytes:
    """Return ``front`` followed by ``enclosures``, whose pages carry their number in the whole. Raises PdfError.

    The same files give the same bytes.
    """
    faces = prepare_fonts(sources=font_sources, directory=directory / "fonts")
    with TemporaryDirectory(dir=directory, prefix="work-") as folder:
        first, out = Path(folder) / "front.pdf", Path(folder) / "pack.pdf"
        first.write_bytes(front)
        _run(
            {
                "do": "pack",
                "front": str(first),
                "enclosures": [[str(one.path), one.title] for one in enclosures],
                "fonts": [
                    [face.family, str(face.path)]
                    for face in faces
                    if face.weight == 400 and face.style == "normal"
                ],
                "out": str(out),
            }
        )
        return out.read_bytes()


def _run(order: dict[str, Any]) -> Any:
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "core.pdf.packing"],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=_SECONDS,
            cwd=_ROOT,
            env={**environment, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError("Les pièces n’ont pas pu être réunies à temps.") from error
    if ended.returncode:
        raise PdfError(
            f"Les pièces n’ont pas pu être réunies. {ended.stderr[-500:].decode(errors='replace')}"
        )
    return json.loads(ended.stdout)


# --- in the process apart ------------------------------------------------------------------------------------


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
