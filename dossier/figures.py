"""The pictures and tables of the printed dossier: their place in the text, their numbers, their captions and credits.

Numbers are given before anything is laid out, because the parts of the dossier are laid out apart.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from itertools import count
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.numeric_columns import align_numbers
from core.pdf import MEDIA_URL
from core.richtext import PICTURE_PATH, TABLE_OPENING, render_rich_text, to_plain_text
from core.templatetags.formats import NBSP
from dossier.mentions import lost_picture, missing
from dossier.tables import (
    TableNumbers,
    TitledTable,
    identity_of,
    lost_table,
    table_label,
    table_number,
    title_of,
)

_FIGURE = re.compile(r"<figure>(.*?)</figure>", re.DOTALL)
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
#: What a reference adds in print; a caption goes without, since the table of figures repeats it elsewhere.
_PAGE = re.compile(r'<span class="reference-page">.*?</span></span>')
#: A reference to a figure or a table, until all have their number. It must outlive a caption made plain.
_FIGURE_MARK, _TABLE_MARK = "\ue000%s\ue001", "\ue002%s\ue001"
_MARKED = re.compile("(?P<kind>[\ue000\ue002])(?P<id>[0-9a-f-]{36})\ue001")
_REFERENCE = re.compile(f"<a data-reference>{_MARKED.pattern}</a>")
_HEADING = re.compile(r"<(/?)h([2-4])>")


@dataclass(frozen=True)
class PrintedPicture:
    """A stored picture, as the text shows it."""

    name: str
    alternative_text: str
    caption: str
    credit: str
    is_decorative: bool = False


@dataclass(frozen=True)
class Figure:
    """A numbered picture or chart, as the list at the end names it."""

    number: int
    anchor: str
    caption: str
    credit: str


@lru_cache(maxsize=512)
def _cleaned(body: str) -> str:
    """Return a text cleaned again; from one printing to the next most are the same."""
    return str(render_rich_text(body))


@dataclass
class Illustrator:
    """Puts pictures into texts and numbers on what they show, in the order of the dossier."""

    pictures: Mapping[UUID, PrintedPicture]
    #: Puts what a cleaned text names at its place.
    fill_in: Callable[[str], str] = str
    figures: list[Figure] = field(default_factory=list)
    #: Names of the pictures that the texts show, each once.
    shown: dict[str, None] = field(default_factory=dict)
    #: The figure that shows each picture for the first time.
    by_picture: dict[UUID, Figure] = field(default_factory=dict)
    tables: TableNumbers = field(default_factory=TableNumbers)
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def illustrate(self, body: str, *, heading_shift: int) -> SafeString:
        """Return the text of a section for print: cleaned again, its headings below its title, its figures and tables numbered."""
        html = self.fill_in(_cleaned(body))
        html = _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + heading_shift}>", html)
        html = TABLE_OPENING.sub(self._table, html)
        html = _FIGURE.sub(lambda figure: self._figure(figure[1]), html)
        html = align_numbers(_IMAGE.sub(lambda image: self._image(image[0]), html))
        return mark_safe(html)  # noqa: S308 -- cleaned above; what was added since is escaped

    def chart(self, drawing: SafeString, caption: str) -> SafeString:
        """Return a chart as a numbered figure."""
        html = self._captioned(str(drawing), caption=caption, credit="")
        return mark_safe(html)  # noqa: S308 -- drawn by us; the caption is escaped

    def waits_for_numbers(self, html: str) -> bool:
        """Whether ``html`` refers to a figure or a table that has no number yet."""
        return any(self._named(mark) is None for mark in _MARKED.finditer(html))

    def settle(self, html: str, *, is_public: bool = False, with_pages: bool = True) -> str:
        """Put the numbers of figures and tables at the references to them, once every text has been gone through.

        What turned out to be nowhere is, where the text ``is_public``, in the other version. Without ``with_pages``
        nothing leads there.
        """

        def reference(mark: re.Match[str]) -> str:
            named = self._named(mark)
            if named is None:
                return escape(_withheld(mark)) if is_public else missing(_lost(mark))
            words, anchor = named
            if not with_pages:
                return words
            page = escape(_("p.")) + NBSP
            return (
                f'<a class="reference" href="#{anchor}">{words}</a>'
                f'<span class="reference-page">, {page}<span data-page-of="{anchor}">00</span></span>'
            )

        def number(mark: re.Match[str]) -> str:
            named = self._named(mark)
            return named[0] if named else escape(_withheld(mark) if is_public else _lost(mark))

        return _MARKED.sub(number, _REFERENCE.sub(reference, html))

    def _named(self, mark: re.Match[str]) -> tuple[str, str] | None:
        """Return the words of a reference and where it leads, once that has its number."""
        identifier = UUID(mark["id"])
        if _is_of_table(mark):
            row = self.tables.by_identity.get(identifier)
            return (table_number(row.number), row.anchor) if row else None
        figure = self.by_picture.get(identifier)
        return (figure_number(figure.number), figure.anchor) if figure else None

    def _table(self, opening: re.Match[str]) -> str:
        """Number a table that has a title; in its place the table becomes where references lead."""
        title = title_of(opening)
        if not title:
            return "<table>"
        row = self.tables.count(TitledTable(title, identity_of(opening)))
        label = f'<span class="number">{escape(table_label(row.number))}</span>'
        return f'<table id="{row.anchor}"><caption>{label} {opening["title"]}</caption>'

    def _figure(self, inner: str) -> str:
        image = _IMAGE.search(inner)
        written = _CAPTION.search(inner)
        if image is None:
            return inner
        picture = self._picture(image[0])
        if picture is not None and not picture.alternative_text:
            # Decoration: it is neither numbered nor spoken of.
            return f"<figure>{image[0]}</figure>"
        caption = unescape(to_plain_text(_PAGE.sub("", written[1]))) if written else ""
        credit = picture.credit if picture else ""
        if credit and caption.removesuffix(".").endswith(credit):
            # On the pages the caption names it; in print it stands on a line of its own.
            caption = caption.removesuffix(".").removesuffix(credit).rstrip()
        html = self._captioned(
            image[0], caption=caption or (picture.caption if picture else ""), credit=credit
        )
        if (identifier := _identifier(image[0])) is not None:
            self.by_picture.setdefault(identifier, self.figures[-1])
        return html

    def _captioned(self, content: str, *, caption: str, credit: str) -> str:
        number = next(self._serial)
        figure = Figure(number, f"figure-{number}", caption, credit)
        self.figures.append(figure)
        label = _("Figure %(number)s.") % {"number": number}
        parts = [f'<span class="number">{escape(label).replace(" ", NBSP)}</span>']
        if caption:
            parts.append(escape(caption))
        if credit:
            parts.append(f'<span class="credit">{escape(credit)}</span>')
        return f'<figure id="{figure.anchor}">{content}<figcaption>{" ".join(parts)}</figcaption></figure>'

    def _image(self, tag: str) -> str:
        attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
        picture = self._picture(tag)
        if picture is None:
            return f'<img src="{MEDIA_URL}image-supprimee" alt="{escape(attributes.get("alt") or _("image retirée"))}">'
        self.shown[picture.name] = None
        alternative = picture.alternative_text
        return f'<img src="{MEDIA_URL}{escape(picture.name)}" alt="{escape(alternative)}">'

    def _picture(self, tag: str) -> PrintedPicture | None:
        identifier = _identifier(tag)
        return self.pictures.get(identifier) if identifier else None


def figure_number(number: int) -> str:
    return escape(_("figure %(number)d") % {"number": number}).replace(" ", NBSP)


def mark_figure(identifier: UUID) -> str:
    """Return what stands for a reference to a figure until `Illustrator.settle`."""
    return f"<a data-reference>{_FIGURE_MARK % identifier}</a>"


def mark_table(identity: UUID) -> str:
    """Return what stands for a reference to a table until `Illustrator.settle`."""
    return f"<a data-reference>{_TABLE_MARK % identity}</a>"


def _is_of_table(mark: re.Match[str]) -> bool:
    return mark["kind"] == _TABLE_MARK[0]


def _lost(mark: re.Match[str]) -> str:
    return lost_table() if _is_of_table(mark) else lost_picture()


def _withheld(mark: re.Match[str]) -> str:
    return _("tableau de la version complète") if _is_of_table(mark) else _("figure de la version complète")


def numbered_pictures(body: str, pictures: Mapping[UUID, PrintedPicture]) -> Iterator[UUID | None]:
    """Yield, for each figure of a text that gets a number, the picture that it shows."""
    for figure in _FIGURE.finditer(body):
        image = _IMAGE.search(figure[1])
        identifier = _identifier(image[0]) if image else None
        picture = pictures.get(identifier) if identifier else None
        if image is not None and (picture is None or picture.alternative_text):
            yield identifier


def _identifier(tag: str) -> UUID | None:
    source = next((unescape(value) for name, value in _ATTRIBUTE.findall(tag) if name == "src"), "")
    place = PICTURE_PATH.match(source)
    return UUID(place["id"]) if place else None
