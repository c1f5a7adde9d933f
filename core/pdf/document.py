"""What goes through the PDF door, and what comes out: plain values, checked when they are made."""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

#: Media and static files are named below this host, which does not exist; nothing else is ever opened.
HOST = "dossier.invalid"
MEDIA_URL = f"https://{HOST}/media/"
STATIC_URL = f"https://{HOST}/static/"

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
#: Keys the door keeps for the pages it makes itself.
RESERVED_KEYS = frozenset({"cover", "contents", "frame", "digits"})


class PdfError(Exception):
    """The document could not be made at all. The message is French and may be shown."""


class PdfOverdueError(PdfError):
    """Time ran out while these pieces were being laid out."""

    def __init__(self, keys: Iterable[str]) -> None:
        super().__init__("La mise en page a dépassé la durée permise.")
        self.keys = tuple(keys)


class PdfCancelledError(PdfError):
    """The caller asked to stop."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A picture the document may show, and what it is expected to be."""

    path: Path
    content_type: str
    #: Hexadecimal SHA-256 of the content when the caller knows it; computed otherwise.
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the document; only an archive carries any."""

    name: str
    content_type: str
    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Section:
    """What is laid out on its own, where what stands before it in its part ends: often in the middle of a page.

    It begins with its heading, whose ``id`` is ``anchor``: that one still exists when the section could not be laid out.
    """

    key: str
    title: str
    html: str
    number: str = ""
    anchor: str = ""

    def __post_init__(self) -> None:
        _check_key(self.key)


@dataclass(frozen=True, slots=True)
class Part:
    """What begins a page; usually one chapter.

    ``html`` is its heading, with what is to stand on one page with it, and ``sections`` follow. Headings that carry an
    ``id`` come into the contents and the bookmarks. ``anchor`` is the ``id`` of the first one.
    """

    key: str
    title: str
    html: str
    number: str = ""
    anchor: str = ""
    sections: tuple[Section, ...] = ()
    #: The title of the section that ``html`` holds under the heading of the part, if it does.
    opening_title: str = ""

    def __post_init__(self) -> None:
        _check_key(self.key)

    @property
    def opening(self) -> Section:
        return Section(self.key, self.title, self.html, self.number, self.anchor)

    @property
    def text(self) -> str:
        """The markup of all its pieces."""
        return "".join(piece.html for piece in self.pieces)

    def with_first_section(self) -> "Part":
        """Return the part with its first section laid out together with its heading."""
        if not self.sections:
            return self
        first, *others = self.sections
        title = f"{first.number} {first.title}".strip()
        return replace(self, html=self.html + first.html, opening_title=title, sections=tuple(others))

    @property
    def pieces(self) -> tuple[Section, ...]:
        """What the part is made of, in order, each laid out on its own."""
        return (self.opening, *self.sections)


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key) or key in RESERVED_KEYS:
        raise ValueError(f"unusable part key {key!r}")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words the door prints by itself, in the language of the document."""

    contents: str = "Sommaire"
    cover: str = "Couverture"
    page: str = "page"
    new_window: str = "Lien vers"
    picture_absent: str = "Image absente"
    picture_without_text: str = "Illustration"
    part_absent: str = "Cette partie n’a pas pu être mise en page."
    section_absent: str = "Cette section n’a pas pu être mise en page."
    part_kept: str = (
        "Son texte est intact dans l’application ; il sera imprimé dès que la cause aura disparu."
    )
    reasons: Mapping[str, str] = field(
        default_factory=lambda: {
            "foreign": "adresse étrangère au dossier",
            "unknown": "fichier introuvable",
            "type": "ce fichier n’est pas une image JPEG, PNG, GIF ou WebP",
            "broken": "fichier incomplet ou illisible",
            "bytes": "fichier trop lourd",
            "pixels": "image de plus de 40 millions de points",
            "budget": "trop d’images dans cette partie",
            "cpu": "le calcul a duré trop longtemps",
            "wall": "la mise en page a duré trop longtemps",
            "memory": "la mise en page demandait trop de mémoire",
            "depth": "trop d’éléments imbriqués les uns dans les autres",
            "crash": "le moteur de mise en page s’est arrêté",
            "error": "le moteur de mise en page a refusé ce contenu",
        }
    )
    missing_picture: str = "{part}\u00a0: l’image «\u00a0{name}\u00a0» n’est pas imprimée ({reason})."
    missing_text: str = "{part}\u00a0: l’image «\u00a0{name}\u00a0» n’a pas de texte alternatif."
    missing_target: str = "{part}\u00a0: un lien vise un passage qui n’existe plus ({name})."
    refused_link: str = "{part}\u00a0: un lien a été retiré ({name})."
    failed_part: str = "{part}\u00a0: partie non imprimée ({reason})."
    failed_section: str = "{part}\u00a0: section non imprimée ({reason})."
    overdue: str = "La mise en page a dépassé la durée permise. En cours à ce moment\u00a0: {parts}."
    failed_document: str = "Le document n’a pas pu être mis en page\u00a0: {part} ({reason})."


@dataclass(frozen=True, slots=True)
class Document:
    lang: str
    title: str
    author: str
    #: Stable and unique, such as a UUID; printed in the metadata, never on a page.
    identifier: str
    #: Printed as the creation and the modification date: the date of the content, not of the rendering.
    dated: datetime
    #: One style sheet for every page: the text itself.
    style: str
    cover: str
    parts: tuple[Part, ...]
    accent: str = "#1f4e79"
    subject: str = ""
    header: str = ""
    footer: str = ""
    #: Deepest heading level of the contents page and of the bookmarks.
    contents_depth: int = 2
    outline_depth: int = 3
    media: Mapping[str, MediaFile] = field(default_factory=dict)
    static_roots: tuple[Path, ...] = ()
    wording: Wording = field(default_factory=Wording)
    #: An excerpt has neither cover nor contents: its parts begin on the first page.
    is_excerpt: bool = False
    #: An archive is PDF/A-3a as well as PDF/UA-1, and may carry files.
    is_archive: bool = False
    attachments: tuple[Attachment, ...] = ()

    def __post_init__(self) -> None:
        if self.attachments and not self.is_archive:
            raise ValueError("only an archive carries files")
        if not _LANGUAGE.fullmatch(self.lang):
            raise ValueError(f"unusable language {self.lang!r}")
        if not _COLOUR.fullmatch(self.accent):
            raise ValueError(f"unusable colour {self.accent!r}")
        if self.dated.tzinfo is None:
            raise ValueError("the date of a document needs a time zone")
        if not self.title.strip() or not self.identifier.strip():
            raise ValueError("a document needs a title and an identifier")
        keys = [piece.key for part in self.parts for piece in part.pieces]
        if len(set(keys)) != len(keys):
            raise ValueError("two parts have the same key")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost. A section that goes beyond is replaced by a notice."""

    part_cpu_seconds: int = 60
    part_wall_seconds: int = 120
    wall_seconds: int = 600
    memory_bytes: int = 1536 * 1024 * 1024
    picture_bytes: int = 30 * 1024 * 1024
    picture_pixels: int = 40_000_000
    part_pictures: int = 400
    part_bytes: int = 300 * 1024 * 1024
    processes: int = 2


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the writer should know about the printed result."""

    #: Key of the part or of the section that it is about.
    part: str
    code: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Measures:
    """What the rendering cost, for benchmarks and logs."""

    pieces_painted: int
    pieces_reused: int
    #: Size of what was painted.
    bytes_painted: int
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the document: its page, counted from 1, and the share of that page above it."""

    page: int
    above: float


class PrintedFile(io.FileIO):
    """A file in a directory that is gone when nobody holds it; until then it can be moved to where it is kept."""

    def __init__(self, path: Path, home: TemporaryDirectory[str]) -> None:
        self._home = home
        super().__init__(path)

    def close(self) -> None:
        super().close()
        self._home.cleanup()

    def __del__(self) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    #: The PDF: of a long dossier it is better moved than held in memory.
    file: PrintedFile
    byte_count: int
    sha256: str
    page_count: int
    #: First page of each part by key, counted from 1; what is printed at the foot of the page.
    first_pages: Mapping[str, int]
    notices: tuple[Notice, ...]
    measures: Measures
    #: Where the headings of the parts stand, by identifier.
    places: Mapping[str, Place] = field(default_factory=dict)
    #: Where each part ends, by key.
    ends: Mapping[str, Place] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The whole PDF, read anew each time."""
        self.file.seek(0)
        return self.file.read()
