"""Copies of a finished PDF with a line of words at the foot of each page, made by a process of its own and kept."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from core.pdf.document import PdfError
from core.pdf.engine import INHERITED
from core.pdf.fonts import prepare_fonts
from core.pdf.store import PieceStore

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 60
_STORE_BYTES = 256 * 1024 * 1024
#: Bumped whenever the same words come out otherwise.
_VERSION = b"1"


def mark(content: bytes, words: str, *, font_sources: Path, directory: Path) -> bytes:
    """Return the PDF ``content`` with ``words`` at the foot of each page; it stays as accessible as it was.

    Raises PdfError where that cannot be done: a copy without the words never takes its place.
    """
    store = PieceStore(directory / "copies")
    digest = hashlib.sha256(_VERSION + hashlib.sha256(content).digest() + words.encode()).hexdigest()
    kept = store.get(digest)
    if kept is not None:
        return kept.path.read_bytes()
    faces = prepare_fonts(sources=font_sources, directory=directory / "fonts")
    order = {
        "words": words,
        "fonts": [[face.family, str(face.path)] for face in faces if _is_plain(face.weight, face.style)],
    }
    with TemporaryDirectory(dir=directory, prefix="work-") as folder:
        marked = _run(json.dumps(order).encode() + b"\n" + content, folder)
    store.keep(digest, marked, {})
    store.make_room(_STORE_BYTES, added=len(marked))
    return marked


def _is_plain(weight: int, style: str) -> bool:
    return weight == 400 and style == "normal"


def _run(order: bytes, folder: str) -> bytes:
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    try:
        # The words and the document go in by the pipe: arguments can be read by everybody on the machine.
        ended = subprocess.run(
            [sys.executable, "-m", "core.pdf.stamping"],
            input=order,
            capture_output=True,
            timeout=_SECONDS,
            cwd=_ROOT,
            env={**environment, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TMPDIR": folder},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfError("Le PDF n’a pas pu être marqué à temps.") from error
    if ended.returncode or not ended.stdout.startswith(b"%PDF"):
        raise PdfError(f"Le PDF n’a pas pu être marqué. {ended.stderr[-500:].decode(errors='replace')}")
    return ended.stdout
