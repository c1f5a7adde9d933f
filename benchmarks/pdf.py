"""The dossier as a PDF against raw WeasyPrint on the same HTML, tagged alike."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._document import make_document
from benchmarks._pairs import compare, seconds
from benchmarks._whole import render_whole
from core.pdf import render

_FONTS = Path(__file__).resolve().parents[1] / "node_modules"


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as scratch:
        yield from _measure_door(Path(scratch), pages=40)


def _measure_door(scratch: Path, *, pages: int) -> Iterator[dict[str, Any]]:
    """Time the door alone on a made-up document: nothing kept, then all kept but one chapter."""
    document = make_document(scratch / "photos", pages=pages)
    stores = iter(range(1000))

    def cold() -> float:
        directory = scratch / f"store-{next(stores)}"
        return seconds(lambda: render(document, directory=directory, font_sources=_FONTS))

    cold()
    yield compare(
        name=f"pdf-door-{pages}-cold",
        limit=1.0,
        ours=cold,
        theirs=lambda: render_whole(document, font_sources=_FONTS).seconds,
    )
