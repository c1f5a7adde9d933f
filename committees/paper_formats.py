"""What a paper of a meeting is, by what the file holds and not by what its name says."""

import re
import zipfile
from typing import IO

from committees.models import AgendaPaper

Format = AgendaPaper.Format

CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Format.ODT: "application/vnd.oasis.opendocument.text",
    Format.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Format.ODP: "application/vnd.oasis.opendocument.presentation",
}
_OFFICE = {
    rb"wordprocessingml\.document\.main\+xml": Format.DOCX,
    rb"spreadsheetml\.sheet\.main\+xml": Format.XLSX,
    rb"presentationml\.(?:presentation|slideshow)\.main\+xml": Format.PPTX,
}
_OPEN_DOCUMENT = {CONTENT_TYPES[kind].encode(): kind for kind in (Format.ODT, Format.ODS, Format.ODP)}
_HEAD_BYTES = 1024
_LIST_BYTES = 1024 * 1024


def format_of(file: IO[bytes]) -> AgendaPaper.Format | None:
    """Return what ``file`` is, or nothing when it is none of our formats, is broken, or carries programs."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    try:
        if head.startswith(b"%PDF-"):
            return Format.PDF
        return _archived(file) if head.startswith(b"PK\x03\x04") else None
    finally:
        file.seek(0)


def content_type_of(paper: AgendaPaper) -> str:
    return CONTENT_TYPES[Format(paper.format)]


def _archived(file: IO[bytes]) -> AgendaPaper.Format | None:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
                return None
            if "mimetype" in names:
                return _OPEN_DOCUMENT.get(_beginning(archive, "mimetype").strip())
            if "[Content_Types].xml" not in names:
                return None
            types = _beginning(archive, "[Content_Types].xml")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None
    return next((kind for main, kind in _OFFICE.items() if re.search(main, types)), None)


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read no more than a list of parts ever takes, whatever the entry would unpack to."""
    with archive.open(name) as entry:
        return entry.read(_LIST_BYTES)
