"""Several PDF files one behind the other, with bookmarks and one numbering: files that others made, so in a process apart.

What the front says to reading programs stays; what the other files say is as good as those who made them.
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

from core.pdf.document import PdfError
from core.pdf.engine import INHERITED
from core.pdf.fonts import prepare_fonts

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60


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
            [sys.executable, "-m", "core.pdf.binding"],
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
