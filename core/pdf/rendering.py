"""From a document of plain values to the bytes of its PDF, piece by piece."""

import hashlib
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from importlib.metadata import version
from itertools import takewhile
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

from core.pdf.document import (
    Attachment,
    Document,
    Limits,
    Measures,
    Notice,
    PdfError,
    PdfOverdueError,
    PrintedFile,
    RenderedPdf,
)
from core.pdf.engine import Deadline, leased_engine
from core.pdf.fonts import prepare_fonts
from core.pdf.frame import DIGITS_HTML, contents_html, failure_html, frame_html
from core.pdf.ingredients import Ingredients
from core.pdf.pages import Pages
from core.pdf.pressroom import Cost, Pressroom, Request
from core.pdf.store import Piece, PieceStore

#: Called with the stage ("parts", "contents" or "join"), what is done of it, and its total.
Progress = Callable[[str, int, int], None]

_PAGE_OF = re.compile(r"(<[a-z]+\b[^<>]*\sdata-page-of=[\"']([^\"'<>]+)[\"'][^<>]*>)[^<]*")
_LEFT_BEHIND_SECONDS = 24 * 3600
_ROUNDS = 4
#: How many lines of contents the first page holds, below its title, and each further one.
_CONTENTS_LINES, _FURTHER_LINES = 36, 40


def render(
    document: Document,
    *,
    directory: Path,
    font_sources: Path | None = None,
    limits: Limits | None = None,
    store_bytes: int = 512 * 1024 * 1024,
    on_progress: Progress = lambda stage, done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RenderedPdf:
    """Return the PDF of ``document``; the same values give the same bytes.

    What is laid out is kept in ``directory`` under the digest of all that it prints, section by section, so that only
    what changed or moved is laid out again. A section that fails, or goes beyond ``limits``, is replaced by a notice in
    its place and is listed in the notices. May be called from several threads and processes at once; touches no database.

    Raises PdfCancelledError as soon as ``is_cancelled`` answers yes, PdfError when there can be no document at all.
    """
    directory.mkdir(parents=True, exist_ok=True)
    store = PieceStore(directory / "pieces")
    faces = prepare_fonts(sources=font_sources, directory=directory / "fonts") if font_sources else ()
    _sweep(directory)
    limits = limits or Limits()
    ingredients = Ingredients(document, limits, faces)
    home = TemporaryDirectory(dir=directory, prefix="work-")
    try:
        rendered = _Job(document, limits, ingredients, store, home, on_progress, is_cancelled).run()
    except BaseException:
        home.cleanup()
        raise
    store.make_room(store_bytes, added=rendered.measures.bytes_painted)
    return rendered


def _sweep(directory: Path) -> None:
    """Remove the working directories of processes that were killed."""
    for left in directory.glob("work-*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _LEFT_BEHIND_SECONDS:
                rmtree(left, ignore_errors=True)


@dataclass(slots=True)
class _Job:
    document: Document
    limits: Limits
    ingredients: Ingredients
    store: PieceStore
    #: Where pieces are made, and the printed file, which keeps it.
    home: TemporaryDirectory[str]
    on_progress: Progress
    is_cancelled: Callable[[], bool]
    #: What was laid out, by the key of the part.
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    pages: Pages = field(init=False)
    #: The digest that each part was asked for under.
    printed: dict[str, str] = field(default_factory=dict)
    #: Why a section could not be laid out, by its key.
    failed: dict[str, str] = field(default_factory=dict)
    #: The pages that the parts quoted when the document was last printed.
    remembered: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pages = Pages(self.document, self.pieces)

    @property
    def work(self) -> Path:
        return Path(self.home.name)

    def run(self) -> RenderedPdf:
        if not self.document.is_excerpt:
            self.remembered = self.store.remembered(self.document.identifier)
        with leased_engine() as engine:
            press = Pressroom(
                engine=engine,
                store=self.store,
                work=self.work,
                opening=self.opening(),
                deadline=Deadline(self.limits.wall_seconds),
                is_cancelled=self.is_cancelled,
            )
            late = self.late_parts()
            early = partial(self.part_requests, self.remembered, late)
            self.paint(press, early, partial(self.on_progress, "parts"))
            self.on_progress("contents", 0, 1)
            self.settle_numbers(press)
            self.on_progress("contents", 1, 1)
            self.on_progress("join", 0, 1)
            path, facts = press.join(self.plan())
            self.on_progress("join", 1, 1)
        return self.result(path, facts, press.cost)

    def paint(
        self,
        press: Pressroom,
        requests: Callable[[], Sequence[Request]],
        tell: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        """Bring what is asked for into ``pieces``; in place of a section that cannot be laid out, a notice is asked for."""
        while wanted := [
            request for request in requests() if self.printed.get(request.key) != request.digest
        ]:
            try:
                pieces, failed = press.paint(wanted, tell)
            except PdfOverdueError as error:
                raise self.told_overdue(error) from error
            self.pieces.update(pieces)
            self.printed.update((request.key, request.digest) for request in wanted if request.key in pieces)
            sections = {section.key for part in self.document.parts for section in part.pieces}
            for key, reason in failed.items():
                if key not in sections or key in self.failed:
                    words = self.document.wording
                    raise PdfError(
                        words.failed_document.format(
                            part=self.titles().get(key, key), reason=words.reasons[reason]
                        )
                    )
            self.failed.update(failed)

    def told_overdue(self, error: PdfOverdueError) -> PdfError:
        titles = self.titles()
        named = [titles[key] for key in error.keys if key in titles]
        return PdfError(self.document.wording.overdue.format(parts=", ".join(named))) if named else error

    def titles(self) -> dict[str, str]:
        """Return what names each piece to who wrote it, by its key."""
        titles: dict[str, str] = {}
        for part in self.document.parts:
            titles[part.key] = f"{part.title} – {part.opening_title}" if part.opening_title else part.title
            for section in part.sections:
                titles[section.key] = f"{section.number} {section.title}".strip()
        if not self.document.is_excerpt:
            titles |= {"cover": self.document.wording.cover, "contents": self.document.wording.contents}
        return titles

    # --- what to paint ------------------------------------------------------------------------------

    def part_requests(self, numbers: Mapping[str, int], late: Collection[str] = ()) -> list[Request]:
        """Return a request for the cover and each part but the ``late`` ones, with the page numbers they quote as far as known."""
        requests = (
            []
            if self.document.is_excerpt
            else [self.ingredients.request("cover", "cover", self.document.cover)]
        )
        # Two digits hold the place until the pages are counted; what turns out to be nowhere has no number.
        unknown = "–" if numbers else "00"
        for part in self.document.parts:
            if part.key in late:
                continue
            steps = []
            for section in part.pieces:
                html = _PAGE_OF.sub(lambda match: f"{match[1]}{numbers.get(match[2], unknown)}", section.html)
                if section.key in self.failed:
                    html = failure_html(
                        section,
                        self.document.wording,
                        self.failed[section.key],
                        level=1 if section.key == part.key else 2,
                    )
                steps.append(self.ingredients.step(section.key, "part", html))
            requests.append(Request(part.key, "part", tuple(steps)))
        return requests

    def late_parts(self) -> set[str]:
        """Return the last parts that quote page numbers: they are painted when the parts before them are counted.

        What was printed before is painted with the numbers it had then: few changes move the pages of all the others.
        """
        if self.remembered:
            return set()
        quoting = takewhile(
            lambda part: any(_PAGE_OF.search(section.html) for section in part.pieces),
            reversed(self.document.parts),
        )
        return {part.key for part in quoting}

    def settle_numbers(self, press: Pressroom) -> None:
        """Paint what prints page numbers, again until the numbers it prints are true."""
        guess = 0
        if not self.document.is_excerpt:
            guess = _likely_contents_pages(len(self.pages.entries(0)))
        for _ in range(_ROUNDS):
            numbers = self.pages.anchor_pages(guess)
            self.paint(press, partial(self.all_requests, numbers, guess))
            counted = self.pages.page_count("contents")
            if counted == guess and self.pages.anchor_pages(guess) == numbers:
                self.remember(numbers)
                return
            guess = counted
        raise PdfError("Les numéros de page du sommaire ne se stabilisent pas.")

    def remember(self, numbers: Mapping[str, int]) -> None:
        """Keep the numbers that the parts quote, unless they are those of an excerpt."""
        quoted = {
            match[2]
            for part in self.document.parts
            for section in part.pieces
            for match in _PAGE_OF.finditer(section.html)
        }
        pages = {anchor: numbers[anchor] for anchor in sorted(quoted & numbers.keys())}
        if pages != self.remembered and not self.document.is_excerpt:
            self.store.remember(self.document.identifier, pages)

    def all_requests(self, numbers: Mapping[str, int], contents_pages: int) -> list[Request]:
        requests = [*self.part_requests(numbers), *self.frame_requests()]
        if not self.document.is_excerpt:
            html = contents_html(self.pages.entries(contents_pages), self.document.wording)
            requests.append(self.ingredients.request("contents", "contents", html))
        return requests

    def frame_requests(self) -> list[Request]:
        html = frame_html(self.pages.sheets(), header=self.document.header, footer=self.document.footer)
        return [
            self.ingredients.request("frame", "frame", html),
            self.ingredients.request("digits", "frame", DIGITS_HTML),
        ]

    # --- what is printed ----------------------------------------------------------------------------

    def opening(self) -> dict[str, Any]:
        document = self.document
        return {
            "do": "open",
            "lang": document.lang,
            "wording": asdict(document.wording),
            "style": self.ingredients.style,
            "media": {name: [str(media.path), media.content_type] for name, media in document.media.items()},
            "static_roots": [str(root) for root in document.static_roots],
            "fonts": {face.path.name: str(face.path) for face in self.ingredients.faces},
            "limits": asdict(self.limits),
        }

    def plan(self) -> dict[str, Any]:
        document = self.document
        keys: list[tuple[str, tuple[str, ...]]] = [(key, (key,)) for key in self.pages.front]
        keys += [(part.key, tuple(section.key for section in part.pieces)) for part in document.parts]
        numbers = {sheet: number for number, sheet in enumerate(self.pages.sheets())}
        return {
            "parts": [
                [
                    {"key": key, "path": str(piece.path)}
                    for key, piece in zip(sections, self.pieces[part], strict=True)
                ]
                for part, sections in keys
            ],
            "frame": str(self.pieces["frame"][0].path),
            "digits": str(self.pieces["digits"][0].path),
            "sheets": [numbers[sheet] for sheet in self.pages.sheet_of_each_page()],
            "first_framed": self.pages.page_count("cover"),
            "outline_depth": document.outline_depth,
            "cover_label": "" if document.is_excerpt else document.wording.cover,
            "lang": document.lang,
            "title": document.title,
            "author": document.author,
            "subject": document.subject,
            "identifier": document.identifier,
            "dated": document.dated.isoformat(),
            "producer": f"WeasyPrint {version('weasyprint')}",
            "is_archive": document.is_archive,
            "attachments": [self.attached(attachment) for attachment in document.attachments],
        }

    def attached(self, attachment: Attachment) -> dict[str, str]:
        path = self.work / f"attachment-{hashlib.sha256(attachment.content).hexdigest()}"
        path.write_bytes(attachment.content)
        return {
            "path": str(path),
            "name": attachment.name,
            "content_type": attachment.content_type,
            "description": attachment.description,
        }

    # --- the outcome --------------------------------------------------------------------------------

    def failure_notices(self, titles: Mapping[str, str]) -> Iterator[Notice]:
        wording = self.document.wording
        parts = {part.key for part in self.document.parts}
        for key, code in self.failed.items():
            sentence = wording.failed_part if key in parts else wording.failed_section
            yield Notice(key, "failed_part", sentence.format(part=titles[key], reason=wording.reasons[code]))

    def result(self, path: Path, facts: Mapping[str, Any], cost: Cost) -> RenderedPdf:
        titles = {key: title for key, title in self.titles().items() if key != "contents"}
        wording = self.document.wording
        contents_pages = self.pages.page_count("contents")
        notices = list(self.failure_notices(titles))
        known = {painted.section.key: painted.facts for painted in self.pages.painted(contents_pages)}
        if "cover" in self.pages.front:
            known["cover"] = self.pieces["cover"][0].facts
        for key, title in titles.items():
            for code, name, reason in known[key]["notices"]:
                sentence = str(getattr(wording, code))
                told = wording.reasons.get(reason, reason)
                notices.append(Notice(key, code, sentence.format(part=title, name=name, reason=told)))
        for key, name in facts["missing"]:
            if key in titles:
                notices.append(
                    Notice(key, "missing_target", wording.missing_target.format(part=titles[key], name=name))
                )
        file = PrintedFile(path, self.home)
        return RenderedPdf(
            file=file,
            byte_count=path.stat().st_size,
            sha256=hashlib.file_digest(file, "sha256").hexdigest(),
            page_count=facts["pages"],
            first_pages=self.pages.first_pages(contents_pages),
            places=self.pages.places(contents_pages),
            ends=self.pages.ends(contents_pages),
            notices=tuple(dict.fromkeys(notices)),
            measures=Measures(cost.painted, cost.reused, cost.added, cost.cpu, cost.peak),
        )


def _likely_contents_pages(lines: int) -> int:
    """Guess how many pages so many lines take; a wrong guess costs another round, and nothing else."""
    return 1 + max(0, -(-(lines - _CONTENTS_LINES) // _FURTHER_LINES))
