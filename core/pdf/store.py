"""Painted pieces kept on disk under the digest of everything they print."""

import hashlib
import io
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

#: Without pictures a piece is short, and its many objects are found faster in memory.
_SMALL_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A PDF and what is known about it."""

    path: Path
    facts: dict[str, Any]


def write_piece(target: Path, content: bytes, facts: dict[str, Any]) -> None:
    """Write one file, whole or not at all: a line of JSON, then the PDF."""
    header = json.dumps({"facts": facts, "sha256": hashlib.sha256(content).hexdigest()})
    with NamedTemporaryFile(dir=target.parent, prefix=".new-", delete=False) as file:
        file.write(header.encode() + b"\n")
        file.write(content)
    Path(file.name).replace(target)


def read_header(path: Path) -> dict[str, Any]:
    """Return the facts of a piece with the digest of its PDF, which is neither read nor checked."""
    with path.open("rb") as file:
        header: dict[str, Any] = json.loads(file.readline())
    return header


def check_piece(path: Path) -> dict[str, Any]:
    """Return the facts of a piece; ValueError or OSError when the file is not what was written."""
    with path.open("rb") as file:
        header: dict[str, Any] = json.loads(file.readline())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != header["sha256"]:
        raise ValueError("the content differs from its digest")
    facts: dict[str, Any] = header["facts"]
    return facts


def open_piece(path: Path) -> BinaryIO:
    """Return the PDF of a piece as a file of its own: a small one in memory, a large one read as far as needed."""
    file = path.open("rb")
    file.readline()
    start = file.tell()
    if os.fstat(file.fileno()).st_size - start > _SMALL_BYTES:
        return io.BufferedReader(_Rest(file, start))
    with file:
        return io.BytesIO(file.read())


class _Rest(io.RawIOBase):
    """What follows the first bytes of a file, counted from nought."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._start = start

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count: int = self._file.readinto(buffer)  # type: ignore[attr-defined]  # every binary file has it
        return count

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return (
            self._file.seek(offset + self._start if whence == os.SEEK_SET else offset, whence) - self._start
        )

    def close(self) -> None:
        self._file.close()
        super().close()


class PieceStore:
    """A directory that several processes may use at once; the oldest unused pieces go when it is full."""

    def __init__(self, directory: Path, *, max_bytes: int) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest

    def holds(self, digest: str) -> bool:
        """Whether there is such a piece, sound or damaged."""
        return self.path(digest).exists()

    def get(self, digest: str) -> Piece | None:
        """Return a sound piece or None; a damaged one is thrown away."""
        path = self.path(digest)
        try:
            facts = check_piece(path)
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

    def remember(self, document: str, pages: dict[str, int]) -> None:
        """Keep the pages that the parts of ``document`` quote, for its next print to begin with."""
        path = self._memory_of(document)
        path.parent.mkdir(exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=".new-", delete=False) as file:
            json.dump(pages, file)
        Path(file.name).replace(path)

    def remembered(self, document: str) -> dict[str, int]:
        """Return what was kept of ``document``, or nothing: a guess, to be checked by whoever uses it."""
        try:
            pages = json.loads(self._memory_of(document).read_bytes())
        except (OSError, ValueError):
            return {}
        return pages if isinstance(pages, dict) else {}

    def _memory_of(self, document: str) -> Path:
        return self.path(hashlib.sha256(f"pages of {document}".encode()).hexdigest())

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
