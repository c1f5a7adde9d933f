"""Painted pieces kept on disk under the digest of everything they print."""

import hashlib
import json
import os
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


def write_piece(target: Path, content: bytes, facts: dict[str, Any]) -> None:
    """Write one file, whole or not at all: a line of JSON, then the PDF."""
    header = json.dumps({"facts": facts, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    with NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
        file.write(header.encode() + b"\n")
        file.write(content)
    Path(file.name).replace(target)


def read_piece(path: Path) -> tuple[bytes, dict[str, Any]]:
    """Return the PDF and its facts; ValueError or OSError when the file is not what was written."""
    with path.open("rb") as file:
        header = json.loads(file.readline())
        content = file.read()
    if len(content) != header["size"] or hashlib.sha256(content).hexdigest() != header["sha256"]:
        raise ValueError("the content differs from its digest")
    return content, header["facts"]


class PieceStore:
    """A directory that several processes may use at once; the oldest unused pieces go when it is full."""

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest

    def get(self, digest: str) -> Piece | None:
        """Return a sound piece or None; a damaged one is thrown away."""
        path = self.path(digest)
        try:
            _, facts = read_piece(path)
            os.utime(path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            with suppress(OSError):
                path.unlink()
            return None
        return Piece(path, facts)

    def keep(self, digest: str, made: Path) -> Path:
        """Move a piece made elsewhere on the same disk into the store."""
        path = self.path(digest)
        path.parent.mkdir(exist_ok=True)
        return made.replace(path)

    def shrink(self) -> None:
        """Drop what was used least recently until the directory is back under its limit."""
        entries: list[tuple[float, int, Path]] = []
        for path in self._directory.glob("??/*"):
            with suppress(OSError):
                status = path.stat()
                entries.append((status.st_mtime, status.st_size, path))
        excess = sum(size for _, size, _ in entries) - self._max_bytes
        for _, size, path in sorted(entries):
            if excess <= 0:
                return
            with suppress(OSError):
                path.unlink()
            excess -= size
