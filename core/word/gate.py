"""What is looked at before anything of a Word document is parsed. Standard library only: the reader's process uses it."""

import re
import zipfile
from pathlib import Path
from typing import IO

MAX_ENTRIES = 5_000
MAX_XML_BYTES = 30 * 1024 * 1024
MAX_UNPACKED_BYTES = 300 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DECLARATIONS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_WORD = re.compile(
    rb"wordprocessingml\.(?:document|template)\.main|ms-word\.(?:document|template)\.macroEnabled"
)


class Refusal(Exception):  # noqa: N818 -- an answer, which carries its code, rather than an error
    """The document is not read; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def look_at(file: IO[bytes]) -> None:
    """Tell from its first bytes what a file is, whatever its name says; raise Refusal unless it is a ZIP archive."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith(_OLE):
        raise Refusal("encrypted" if _ENCRYPTED in head + file.read(4 * 1024 * 1024) else "old_word")
    if head.startswith(b"PK\x03\x04"):
        return
    if not head:
        raise Refusal("empty")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"%pdf"):
        raise Refusal("pdf")
    if text.startswith((b"<!doctype html", b"<html", b"<")):
        raise Refusal("html")
    raise Refusal("rtf" if text.startswith(b"{\\rtf") else "not_word")


def check_archive(path: Path) -> None:
    """Refuse an archive that is broken, locked, no Word document, or far larger than it looks."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive.infolist())
            _check_parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Refusal("broken") from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refusal("too_many_parts")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("encrypted")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise Refusal("too_large_unpacked")
    if any(entry.file_size > MAX_XML_BYTES for entry in entries if _is_xml(entry.filename)):
        raise Refusal("too_large_unpacked")


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    if not _WORD.search(types):
        raise Refusal("not_word")
    for name in names:
        # A document type declaration has no place in a Word document: it is how a few lines become gigabytes.
        if _is_xml(name) and any(mark in archive.read(name) for mark in _DECLARATIONS):
            raise Refusal("entities")


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))
