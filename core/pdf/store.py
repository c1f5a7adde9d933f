"""Painted pieces kept on disk under the digest of everything they print: a PDF each, and beside it what is known of it.

A PDF library reads a file that is nothing but a PDF without our help, twice as fast as one it must ask us for.
"""

import hashlib
import json
import os
import random
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any


@dataclass(frozen=True, slots=True)
class Piece:
    """A PDF and what is known about it."""

    path: Path
    facts: dict[str, Any]


def write_knowledge(target: Path, facts: dict[str, Any], *, sha256: str = "") -> None:
    """Write what is known about the PDF at ``target``."""
    _write(_beside(target), json.dumps({"facts": facts, "sha256": sha256}).encode())


def read_knowledge(path: Path) -> dict[str, Any]:
    """Return the facts of a piece with the digest of its PDF, which is neither read nor checked."""
    known: dict[str, Any] = json.loads(_beside(path).read_bytes())
    return known


def check_piece(path: Path) -> dict[str, Any]:
    """Return the facts of a piece; ValueError or OSError when the PDF is not what was written."""
    known = read_knowledge(path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != known["sha256"]:
        raise ValueError("the content differs from its digest")
    facts: dict[str, Any] = known["facts"]
    return facts


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _write(target: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
        file.write(content)
    Path(file.name).replace(target)


class PieceStore:
    """A directory that several processes may use at once; the oldest unused pieces go when it is full."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        return self.directory / digest[:2] / digest

    def glance(self, digest: str) -> Piece | None:
        """Return such a piece, sound or damaged, or None."""
        path = self.path(digest)
        try:
            return Piece(path, read_knowledge(path)["facts"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def get(self, digest: str) -> Piece | None:
        """Return a sound piece or None; a damaged one is thrown away."""
        path = self.path(digest)
        try:
            facts = check_piece(path)
            os.utime(path)
            os.utime(_beside(path))
        except (OSError, ValueError, KeyError, TypeError):
            with suppress(OSError):
                _beside(path).unlink()
            return None
        return Piece(path, facts)

    def keep(self, digest: str, content: bytes, facts: dict[str, Any]) -> None:
        """Keep a PDF and what is known about it, each whole or not at all; no PDF is known that is not there."""
        path = self.path(digest)
        path.parent.mkdir(exist_ok=True)
        _write(path, content)
        write_knowledge(path, facts, sha256=hashlib.sha256(content).hexdigest())

    def remember(self, document: str, pages: dict[str, int]) -> None:
        """Keep the pages that the parts of ``document`` quote, for its next print to begin with."""
        path = self._memory_of(document)
        path.parent.mkdir(exist_ok=True)
        _write(path, json.dumps(pages).encode())

    def remembered(self, document: str) -> dict[str, int]:
        """Return what was kept of ``document``, or nothing: a guess, to be checked by whoever uses it."""
        try:
            pages = json.loads(self._memory_of(document).read_bytes())
        except (OSError, ValueError):
            return {}
        return pages if isinstance(pages, dict) else {}

    def _memory_of(self, document: str) -> Path:
        return self.path(hashlib.sha256(f"pages of {document}".encode()).hexdigest())

    def make_room(self, max_bytes: int, *, added: int) -> None:
        """Drop what was used least recently until the directory is back under ``max_bytes``.

        Looking takes time for each piece that is kept, and a full store has thousands. So it is done by chance, once for
        each sixteenth of ``max_bytes`` that was ``added`` since: by so much the directory may be larger for a while.
        """
        if added <= random.random() * max_bytes / 16:  # noqa: S311 -- nobody gains by guessing it
            return
        entries: list[tuple[float, int, str]] = []
        for shelf in self.directory.glob("??"):
            with suppress(OSError), os.scandir(shelf) as files:
                for entry in files:
                    status = entry.stat()
                    entries.append((status.st_mtime, status.st_size, entry.path))
        excess = sum(size for _, size, _ in entries) - max_bytes
        for _, size, path in sorted(entries):
            if excess <= 0:
                return
            with suppress(OSError):
                Path(path).unlink()
            excess -= size
