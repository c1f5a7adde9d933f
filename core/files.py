"""Files that are either whole or not there."""

import os
import secrets
from pathlib import Path

from django.core.files.base import File


class MovableFile(File):  # type: ignore[type-arg]  # of bytes
    """A file that nobody needs any more where it lies: a storage on the same disk takes it as it is, others copy it."""

    def temporary_file_path(self) -> str:
        """Return where it lies; Django’s storage looks for this method."""
        return str(self.name)


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path`` and move it there: a killed process or a full disk leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with scratch.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
