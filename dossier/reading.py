"""An edition as a page reads it: the frozen texts and what the press would print after them, without the press."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.pdf import MEDIA_URL
from dossier.content import DossierContent, StoredFile
from dossier.disclosure import left_out, public_version
from dossier.figures import Illustrator
from dossier.mentions import missing, pictures_named
from dossier.models import Edition, EditionFile
from dossier.rendering import Composer, Imprint, anchor_of, fill_in_for_print
from dossier.snapshots import read_snapshot

#: The page has a title of its own: those of the parts come below it.
_HEADING = re.compile(r"<(/?)h([1-5])\b")
_PAGE_NUMBER = re.compile(r'<span class="reference-page">.*?</span></span>')
_IMAGE = re.compile(
    rf'<img src="{re.escape(MEDIA_URL)}(?:(?P<id>[0-9a-f-]{{36}})\.\w+|[^"]*)" alt="(?P<alt>[^"]*)">'
)
_TABLE = re.compile(r"<table\b")


@dataclass(frozen=True)
class ContentsEntry:
    """A part or a section in the contents. ``page`` is where it begins in the PDF, as far as that is printed."""

    anchor: str
    number: str
    title: str
    page: int | None = None
    sections: tuple["ContentsEntry", ...] = ()

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}"


@dataclass(frozen=True)
class ReadingText:
    title: str
    tagline: str
    language: str
    contents: tuple[ContentsEntry, ...]
    chapters: tuple[SafeString, ...]
    #: What the public version leaves out, in words.
    omissions: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)


def content_for_readers(edition: Edition, variant: str) -> DossierContent:
    """Return the frozen values that a reader of ``variant`` may know."""
    content = read_snapshot(edition)
    return public_version(content) if variant == EditionFile.Variant.PUBLIC else content


def read_text(
    edition: Edition, variant: str, *, picture_address: Callable[[str], str], file: EditionFile | None = None
) -> ReadingText:
    """Compose the text of ``edition``; ``picture_address`` says where each picture of it is."""
    whole = read_snapshot(edition)
    is_public = variant == EditionFile.Variant.PUBLIC
    content = public_version(whole) if is_public else whole
    imprint = Imprint(
        identifier=edition.public_id,
        number=edition.number,
        label=edition.label,
        content_digest=edition.content_digest,
        frozen_at=edition.frozen_at,
        is_public=is_public,
    )
    illustrator = Illustrator(content.pictures, partial(fill_in_for_print, content, whole.places))
    composer = Composer(content, illustrator, imprint)
    # In the language and the time zone of the dossier, as it is printed.
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        chapters = tuple(
            _for_page(composer.chapter(chapter).text, picture_address) for chapter in content.chapters
        )
        omissions = left_out(whole) if is_public else ()
    contents = tuple(_entries(content, dict(file.places) if file else {}))
    return ReadingText(
        title=content.title,
        tagline=content.tagline,
        language=content.language,
        contents=contents,
        chapters=chapters,
        omissions=omissions,
        places={entry.anchor: entry.name for part in contents for entry in (part, *part.sections)},
    )


def picture_of(edition: Edition, variant: str, picture: UUID) -> StoredFile | None:
    """Return the file of ``picture`` if a text that a reader of ``variant`` reads shows it."""
    content = content_for_readers(edition, variant)
    if picture not in pictures_named(*(section.body for section in content.sections)):
        return None
    printed = content.pictures.get(picture)
    return content.files.get(printed.name) if printed else None


def _entries(content: DossierContent, places: Mapping[str, list[float]]) -> list[ContentsEntry]:
    def page(key: str) -> int | None:
        place = places.get(anchor_of(key))
        return int(place[0]) if place else None

    return [
        ContentsEntry(
            anchor_of(chapter.key),
            chapter.number,
            chapter.title,
            page(chapter.key),
            tuple(
                ContentsEntry(anchor_of(section.key), section.number, section.title, page(section.key))
                for section in chapter.sections
            ),
        )
        for chapter in content.chapters
    ]


def _for_page(html: str, picture_address: Callable[[str], str]) -> SafeString:
    """Make of a printed part one of a page: headings lower, no page numbers, tables that scroll by keyboard."""

    def picture(tag: re.Match[str]) -> str:
        if tag["id"] is None:
            return missing(_("image retirée"))
        return f'<img loading="lazy" src="{escape(picture_address(tag["id"]))}" alt="{tag["alt"]}">'

    html = _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}", html)
    html = _PAGE_NUMBER.sub("", html)
    html = _IMAGE.sub(picture, html)
    html = _TABLE.sub('<table tabindex="0"', html)
    return mark_safe(html)  # noqa: S308 -- made by the templates of the press from cleaned texts
