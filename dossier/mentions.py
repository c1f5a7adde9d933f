"""What a text names without holding it: figures of the register, other sections, pictures, tables.

The text keeps identifiers; what stands at their place is filled in when it is shown. The values come in as plain ones,
so that whoever shows the text decides which: those of today, or those that were kept with it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from html import escape
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy
from core.numeric_columns import align_numbers
from core.richtext import (
    FIGURE_REFERENCE,
    LIVE_FIGURE,
    PICTURE_PATH,
    SECTION_REFERENCE,
    TABLE_OPENING,
    TABLE_REFERENCE,
    render_for_reading,
)
from core.templatetags.formats import NBSP, number
from dossier.models import LiveFigure, Picture, Section, TextTable
from dossier.outline import OutlineEntry, read_outline
from dossier.tables import identities, identity_of, lost_table, table_label, table_number

_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r'\bsrc="([^"]*)"')


@dataclass(frozen=True)
class FigureValue:
    """A figure of the register as a text shows it."""

    label: str
    value: Decimal
    unit: str

    @property
    def text(self) -> str:
        """Write « 62 767 habitants », with as many decimals as the value has."""
        written = written_value(self.value)
        return f"{written}{NBSP}{self.unit}" if self.unit else written


@dataclass(frozen=True)
class SectionPlace:
    """A section as another one names it; a reader who may not open it gets its number and no address."""

    number: str
    title: str = ""
    address: str = ""


@dataclass(frozen=True)
class TablePlace:
    """A table of the dossier as it stands; a reader who may not open its section gets no address."""

    number: int
    address: str = ""


@dataclass(frozen=True)
class Mentions:
    """What the texts of one page name, as far as it exists."""

    figures: Mapping[UUID, FigureValue] = field(default_factory=dict)
    sections: Mapping[UUID, SectionPlace] = field(default_factory=dict)
    #: The alternative text of each picture; empty for a decorative one.
    pictures: Mapping[UUID, str] = field(default_factory=dict)
    #: Pictures that an earlier text shows, and the reader may see no more.
    unseen: Set[UUID] = frozenset()
    #: Where a picture is, if that is not what the text says.
    addresses: Mapping[UUID, str] = field(default_factory=dict)
    #: What each picture that a text refers to is called; empty where that is not the reader's to know.
    names: Mapping[UUID, str] = field(default_factory=dict)
    tables: Mapping[UUID, TablePlace] = field(default_factory=dict)


def written_value(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    return number(value, max(-exponent, 0) if isinstance(exponent, int) else 0)


def value_of(figure: LiveFigure) -> FigureValue:
    return FigureValue(figure.label, figure.shortest_value, figure.unit)


def figures_named(*texts: str) -> set[UUID]:
    return {UUID(place["id"]) for text in texts for place in LIVE_FIGURE.finditer(text)}


def sections_named(*texts: str) -> set[UUID]:
    return {UUID(place["id"]) for text in texts for place in SECTION_REFERENCE.finditer(text)}


def pictures_named(*texts: str) -> set[UUID]:
    sources = (
        source for text in texts for image in _IMAGE.findall(text) for source in _SOURCE.findall(image)
    )
    return {UUID(place["id"]) for place in map(PICTURE_PATH.match, sources) if place}


def pictures_referred_to(*texts: str) -> set[UUID]:
    return {UUID(place["id"]) for text in texts for place in FIGURE_REFERENCE.finditer(text)}


def tables_referred_to(*texts: str) -> set[UUID]:
    return {UUID(place["id"]) for text in texts for place in TABLE_REFERENCE.finditer(text)}


def read_mentions(
    candidacy: Candidacy, texts: Iterable[str], *, reader: User, entries: Iterable[OutlineEntry] | None = None
) -> Mentions:
    """Read what ``texts`` name, as it stands today: a query for each kind of thing that they name at all."""
    texts = tuple(texts)
    figures, pictures = figures_named(*texts), _pictures(candidacy, reader, pictures_named(*texts))
    return Mentions(
        figures={row.public_id: value_of(row) for row in candidacy.live_figures.filter(public_id__in=figures)}
        if figures
        else {},
        sections=_places(candidacy, reader, read_outline(candidacy) if entries is None else entries)
        if any(map(SECTION_REFERENCE.search, texts))
        else {},
        pictures={row.public_id: "" if row.is_decorative else row.alternative_text for row in pictures},
        unseen={row.public_id for row in pictures if not row.is_seen},
        names=_names(candidacy, reader, pictures_referred_to(*texts)),
        tables=_tables(candidacy, reader)
        if tables_referred_to(*texts) or any(map(identities, texts))
        else {},
    )


def _pictures(candidacy: Candidacy, reader: User, shown: set[UUID]) -> list[Any]:
    if not shown:
        return []
    seen = Picture.objects.visible_to(reader).filter(pk=OuterRef("pk"))
    return list(candidacy.pictures.filter(public_id__in=shown).annotate(is_seen=Exists(seen)))


def _names(candidacy: Candidacy, reader: User, referred: set[UUID]) -> dict[UUID, str]:
    """Name pictures by their caption; of those that ``reader`` may not see, only that they exist."""
    if not referred:
        return {}
    visible = set(candidacy.pictures.visible_to(reader).values_list("pk", flat=True))
    return {
        row.public_id: (row.caption or row.alternative_text) if row.pk in visible else ""
        for row in candidacy.pictures.filter(public_id__in=referred)
    }


def _places(candidacy: Candidacy, reader: User, entries: Iterable[OutlineEntry]) -> dict[UUID, SectionPlace]:
    open_to_reader = set(candidacy.sections.visible_to(reader).values_list("pk", flat=True))
    return {
        entry.public_id: SectionPlace(
            entry.number,
            entry.title,
            reverse("dossier:section-detail", args=[candidacy.slug, entry.public_id]),
        )
        if entry.pk in open_to_reader
        else SectionPlace(entry.number)
        for entry in entries
    }


def _tables(candidacy: Candidacy, reader: User) -> dict[UUID, TablePlace]:
    """Number the tables of the dossier as it would print now; of two under one identity the first counts."""
    open_to_reader = set(candidacy.sections.visible_to(reader).values_list("pk", flat=True))
    rows = TextTable.objects.filter(section__candidacy=candidacy).in_outline_order()
    places: dict[UUID, TablePlace] = {}
    for rank, (identity, pk, section) in enumerate(
        rows.values_list("identity", "section_id", "section__public_id"), start=1
    ):
        address = reverse("dossier:section-detail", args=[candidacy.slug, section])
        shown = f"{address}#{table_anchor(identity)}" if pk in open_to_reader else ""
        places.setdefault(identity, TablePlace(rank, shown))
    return places


def table_anchor(identity: UUID) -> str:
    """Return where the page of its section shows a table."""
    return f"tableau-{identity}"


def fill_in(
    html: str,
    figures: Mapping[UUID, FigureValue],
    show_section: Callable[[UUID], str | None],
    show_figure: Callable[[UUID], str | None],
    show_table: Callable[[UUID], str | None],
) -> str:
    """Put what they name at the places of cleaned ``html``; what is gone leaves a notice that nobody overlooks.

    The other three return the HTML of a reference, or None for a section, a picture or a table that does not exist.
    """

    def figure(place: re.Match[str]) -> str:
        found = figures.get(UUID(place["id"]))
        return (
            missing(_("chiffre inconnu"))
            if found is None
            else f'<span class="live-figure">{escape(found.text)}</span>'
        )

    def section(place: re.Match[str]) -> str:
        return show_section(UUID(place["id"])) or missing(_("renvoi à une section retirée"))

    def picture(place: re.Match[str]) -> str:
        return show_figure(UUID(place["id"])) or missing(lost_picture())

    def table(place: re.Match[str]) -> str:
        return show_table(UUID(place["id"])) or missing(lost_table())

    html = TABLE_REFERENCE.sub(table, LIVE_FIGURE.sub(figure, html))
    return FIGURE_REFERENCE.sub(picture, SECTION_REFERENCE.sub(section, html))


def lost_picture() -> str:
    return _("renvoi à une image qui n’est plus là")


def named_figure(name: str) -> str:
    """Name a figure where its number is not known."""
    return _("figure « %(name)s »") % {"name": name} if name else _("une figure du dossier")


def show_on_page(html: str, mentions: Mentions, *, with_anchors: bool = False) -> str:
    """Fill in cleaned ``html`` for a page; references to its tables may lead to one ``with_anchors``."""

    def section(identifier: UUID) -> str | None:
        place = mentions.sections.get(identifier)
        if place is None:
            return None
        if not place.address:
            return f'<span class="reference">{escape(_("section %(number)s") % {"number": place.number}).replace(" ", NBSP)}</span>'
        return f'<a class="reference" href="{escape(place.address)}">{escape(f"{place.number}{NBSP}{place.title}")}</a>'

    def figure(identifier: UUID) -> str | None:
        name = mentions.names.get(identifier)
        return None if name is None else f'<span class="reference">{escape(named_figure(name))}</span>'

    def picture(tag: re.Match[str]) -> str:
        source = _SOURCE.search(tag[0])
        place = PICTURE_PATH.match(source[1]) if source else None
        if place is None or (alternative := mentions.pictures.get(UUID(place["id"]))) is None:
            return missing(_("image retirée"))
        if (identifier := UUID(place["id"])) in mentions.unseen:
            return picture_in_words(alternative)
        address = mentions.addresses.get(identifier, place[0])
        return f'<img src="{escape(address)}" alt="{escape(alternative)}">'

    html = _number_tables(_IMAGE.sub(picture, html), mentions, with_anchors=with_anchors)
    return align_numbers(fill_in(html, mentions.figures, section, figure, partial(_table_on_page, mentions)))


def _table_on_page(mentions: Mentions, identity: UUID) -> str | None:
    place = mentions.tables.get(identity)
    if place is None:
        return None
    named = table_number(place.number)
    if not place.address:
        return f'<span class="reference">{named}</span>'
    return f'<a class="reference" href="{escape(place.address)}">{named}</a>'


def _number_tables(html: str, mentions: Mentions, *, with_anchors: bool) -> str:
    """Put the numbers that the dossier gives its tables before their titles."""

    def numbered(opening: re.Match[str]) -> str:
        identity = identity_of(opening)
        if identity is None or (place := mentions.tables.get(identity)) is None:
            return opening[0]
        anchor = f'<table id="{table_anchor(identity)}"' if with_anchors else "<table"
        label = f'<caption><span class="number">{escape(table_label(place.number))}</span> '
        return opening[0].replace("<table", anchor, 1).replace("<caption>", label, 1)

    return TABLE_OPENING.sub(numbered, html)


def text_as_read(section: Section, reader: User) -> SafeString:
    """Return the text of ``section`` as its page shows it to ``reader``."""
    mentions = read_mentions(section.candidacy, [section.body], reader=reader)
    filled = show_on_page(render_for_reading(section.body), mentions, with_anchors=True)
    return mark_safe(filled)  # noqa: S308 -- cleaned; what is added is escaped


def picture_in_words(alternative: str) -> str:
    """Return what stands for a picture that its reader may not see."""
    return escape("[" + _("image\u00a0: %(text)s") % {"text": alternative or _("décorative")} + "]")


def missing(what: str) -> str:
    """Return the notice that stands where something has gone."""
    return f'<strong class="missing-mention">{escape(what)}</strong>'
