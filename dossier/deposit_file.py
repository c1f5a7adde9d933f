"""What the conditions of a deposit look at: the frozen content of an edition, its print, and what stands beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from candidacy.models import Call, Candidacy, Criterion, Piece, Territory
from core.richtext import count_text
from dossier.content import DossierContent, SectionText
from dossier.models import Edition, EditionFile, LinkCheck, Section
from dossier.rendering import anchor_of, end_of, part_of
from dossier.snapshots import read_snapshot


class Line(NamedTuple):
    """One thing that is concerned, with the page where it is mended."""

    text: str
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """What was found about one condition."""

    is_met: bool
    text: str
    #: What exactly is concerned, one line each.
    details: tuple[str, ...] = ()
    #: The same, where each is mended on a page of its own.
    lines: tuple[Line, ...] = ()
    #: Where it is mended.
    url: str = ""
    #: Whether trying the external links again may change it.
    is_about_web: bool = False
    key: str = ""
    label: str = ""


@dataclass(frozen=True)
class DepositFile:
    """All that the conditions look at, read once: the frozen content, its print, and what stands beside it."""

    edition: Edition
    candidacy: Candidacy
    content: DossierContent
    file: EditionFile | None
    call: Call | None
    territories: Sequence[Territory]
    criteria: Sequence[Criterion]
    pieces: Sequence[Piece]
    sections: Sequence[Section]
    by_key: dict[str, Section] = field(default_factory=dict)
    link_checks: Mapping[str, LinkCheck] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return reverse(name, args=[self.candidacy.slug])

    def url_of_text(self, text: SectionText) -> str:
        """Return the page of the section, or the outline when it is not in the dossier any more."""
        section = self.by_key.get(text.key)
        if section is None or section.is_retired:
            return self.url("dossier:section-list")
        return reverse("dossier:section-detail", args=[self.candidacy.slug, section.public_id])

    def line(self, text: SectionText, said: str) -> Line:
        """Say something of the frozen ``text``, and lead to its section as it stands today."""
        return Line(said, name_of(text), self.url_of_text(text))

    @property
    def url_of_edition(self) -> str:
        return reverse("dossier:edition-detail", args=[self.candidacy.slug, self.edition.public_id])

    def notices(self, *codes: str) -> tuple[Line, ...]:
        """Return what the press said, each with the section that it said it of."""
        texts = {part_of(text.key): text for text in self.content.sections}
        lines = []
        for notice in self.file.notices if self.file else []:
            if notice["code"] not in codes:
                continue
            text = texts.get(notice["part"])
            if text:
                line = self.line(text, notice["text"])
            elif notice["part"] == "cover":
                line = Line(notice["text"], _("Couverture"), self.url("candidacy:candidacy-settings"))
            else:
                line = Line(notice["text"], str(self.edition), self.url_of_edition)
            lines.append(line)
        return tuple(lines)


def read_deposit_file(edition: Edition) -> DepositFile:
    candidacy = edition.candidacy
    sections = list(candidacy.sections.defer("brief").prefetch_related("proofs"))
    return DepositFile(
        edition=edition,
        candidacy=candidacy,
        content=read_snapshot(edition),
        file=edition.files.filter(variant=EditionFile.Variant.FULL).first(),
        call=Call.objects.filter(candidacy=candidacy).first(),
        territories=list(candidacy.territories.all()),
        criteria=list(candidacy.criteria.prefetch_related("objectives", "indicators")),
        pieces=list(candidacy.pieces.all()),
        sections=sections,
        by_key={section.key: section for section in sections},
        link_checks={check.address: check for check in candidacy.link_checks.all()},
    )


def name_of(text: SectionText) -> str:
    return f"{text.number} {text.title}"


# --- lengths ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """What the limit of a section counts: its text, with those of its sections when it is a part."""

    texts: tuple[SectionText, ...]
    #: Where it ends on the print.
    end: str

    @property
    def start(self) -> str:
        return anchor_of(self.texts[0].key)


def spans_of(content: DossierContent) -> Iterator[Span]:
    for chapter in content.chapters:
        end = end_of(part_of(chapter.key))
        yield Span((chapter.opening, *chapter.sections), end)
        for text, after in zip_longest(chapter.sections, chapter.sections[1:]):
            yield Span((text,), anchor_of(after.key) if after else end)


def size_of(file: DepositFile, span: Span, section: Section) -> float | None:
    if section.limit_unit == Section.LimitUnit.PAGES:
        return _pages(file, span)
    counts = [count_text(text.body) for text in span.texts]
    return sum(
        words if section.limit_unit == Section.LimitUnit.WORDS else characters for words, characters in counts
    )


def _pages(file: DepositFile, span: Span) -> float | None:
    """Measure on the print how far it is from a heading to where its text ends."""
    places = file.file.places if file.file else {}
    start, end = places.get(span.start), places.get(span.end)
    if start is None or end is None:
        return None
    return max(0.0, round(float(sum(end) - sum(start)), 1))
