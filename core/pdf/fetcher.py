"""The only files a document can open: its own pictures, our static files and our fonts. There is no way out."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import OpenerDirector

from PIL import Image
from weasyprint.urls import URLFetcher, URLFetcherResponse

from core.pdf.document import HOST, Limits, MediaFile
from core.whole_pictures import is_whole

_PICTURES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
_STATIC_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",
}
_FONT_TYPES = {".ttf": "font/ttf", ".otf": "font/otf"}


class RefusedError(Exception):
    """The address names nothing this document may show; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the fetcher may open, by name."""

    media: Mapping[str, MediaFile] = field(default_factory=dict)
    static_roots: tuple[Path, ...] = ()
    fonts: Mapping[str, Path] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Reads names from a shelf. It holds no handler for any protocol, so it cannot reach a socket or a path."""

    def __init__(self, shelf: Shelf) -> None:
        # WeasyPrint's own initialiser would install handlers for http, ftp, file and data.
        OpenerDirector.__init__(self)
        self._fail_on_errors = False
        self._shelf = shelf
        self._kept: dict[str, tuple[bytes, str]] = {}
        self._pictures = 0
        self._bytes = 0

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        content, content_type = self.read(url)
        return URLFetcherResponse(url, content, {"Content-Type": content_type})

    def open(self, fullurl: Any, data: Any = None, timeout: Any = None) -> URLFetcherResponse:
        return self.fetch(fullurl if isinstance(fullurl, str) else fullurl.full_url)

    def read(self, url: str) -> tuple[bytes, str]:
        """Return the content of ``url`` and its type, or raise RefusedError; the second reading costs nothing."""
        if url not in self._kept:
            self._kept[url] = self._read(url)
        return self._kept[url]

    def _read(self, url: str) -> tuple[bytes, str]:
        try:
            address = urlsplit(url)
        except ValueError as error:
            raise RefusedError("foreign") from error
        # The whole authority is compared: no port, no `user@`, no longer name that begins the same.
        if address.scheme != "https" or address.netloc != HOST or address.query:
            raise RefusedError("foreign")
        shelf, _, name = unquote(address.path).removeprefix("/").partition("/")
        if shelf == "media":
            return self._picture(name)
        if shelf == "static":
            return self._static(name)
        if shelf == "font":
            return self._font(name)
        raise RefusedError("foreign")

    def _picture(self, name: str) -> tuple[bytes, str]:
        media = self._shelf.media.get(name)
        if media is None:
            raise RefusedError("unknown")
        content = self._content(media.path)
        content_type = self._checked_picture(content)
        if content_type != media.content_type:
            raise RefusedError("type")
        return content, content_type

    def _static(self, name: str) -> tuple[bytes, str]:
        path = self._below_roots(name)
        content_type = _STATIC_TYPES.get(path.suffix.lower())
        if content_type is None:
            raise RefusedError("type")
        content = self._content(path)
        if content_type != "image/svg+xml" and self._checked_picture(content) != content_type:
            raise RefusedError("type")
        return content, content_type

    def _font(self, name: str) -> tuple[bytes, str]:
        path = self._shelf.fonts.get(name)
        content_type = None if path is None else _FONT_TYPES.get(path.suffix)
        if path is None or content_type is None:
            raise RefusedError("unknown")
        return path.read_bytes(), content_type

    def _below_roots(self, name: str) -> Path:
        for root in self._shelf.static_roots:
            try:
                path = (root / name).resolve(strict=True)
            except (OSError, ValueError):
                continue
            if path.is_relative_to(root.resolve()) and path.is_file():
                return path
        raise RefusedError("unknown")

    def _content(self, path: Path) -> bytes:
        limits = self._shelf.limits
        try:
            size = path.stat().st_size
            if size > limits.picture_bytes:
                raise RefusedError("bytes")
            self._pictures += 1
            self._bytes += size
            if self._pictures > limits.part_pictures or self._bytes > limits.part_bytes:
                raise RefusedError("budget")
            return path.read_bytes()
        except OSError as error:
            raise RefusedError("unknown") from error

    def _checked_picture(self, content: bytes) -> str:
        """Return the type that the content itself shows, from its header and its last bytes."""
        try:
            with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(content)) as picture:
                content_type = _PICTURES.get(picture.format or "")
                width, height = picture.size
        except Image.DecompressionBombError as error:
            raise RefusedError("pixels") from error
        except MemoryError:
            raise
        except Exception as error:
            raise RefusedError("type") from error
        if content_type is None:
            raise RefusedError("type")
        if width * height > self._shelf.limits.picture_pixels:
            raise RefusedError("pixels")
        if not is_whole(content):
            raise RefusedError("broken")
        return content_type
