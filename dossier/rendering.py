"""The printed dossier: its content, through the templates, to the door that makes the PDF."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from budget.charts import draw_certainty, draw_income
from budget.spreadsheet import plan_workbook
from candidacy.models import Candidacy
from core.files import write_atomically
from core.pdf import (
    MEDIA_URL,
    Attachment,
    Document,
    Limits,
    MediaFile,
    Part,
    RenderedPdf,
    Wording,
    render,
    warm_up,
)
from core.pdf import Section as PrintedSection
from core.spreadsheet import CONTENT_TYPES, settle_dates
from core.templatetags.formats import NBSP
from core.typography import space_html, space_text
from dossier.assembly import read_dossier
from dossier.content import ChapterText, DossierContent, SectionText, StoredFile
from dossier.disclosure import Withheld, left_out, public_version, withheld_of
from dossier.figures import Figure, Illustrator, mark_figure, mark_table
from dossier.mentions import fill_in
from dossier.models import Section
from dossier.tables import NumberedTable
from dossier.wording import number_alone

FONT_SOURCES = Path(settings.BASE_DIR) / "node_modules"
_STYLE = Path(settings.BASE_DIR) / "static" / "pdf" / "dossier.css"
#: Where each stage of the door begins and ends on the way from 0 to 100.
_SPANS = {"parts": (10, 80), "contents": (80, 90), "join": (90, 99)}


@dataclass(frozen=True)
class Imprint:
    """What tells an edition from a working print, on its cover and on its last page."""

    identifier: UUID
    number: int
    label: str
    content_digest: str
    frozen_at: datetime
    is_public: bool = False
    is_archive: bool = False


def build_dossier_pdf(
    candidacy: Candidacy,
    *,
    on_progress: Callable[[str, int], None],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RenderedPdf:
    """Print the dossier of ``candidacy`` as it stands, telling ``on_progress`` the stage in French and the percentage.

    Raises PdfError when there can be no document; an exception of ``on_progress`` stops the rendering.
    """
    warm_up()
    on_progress(_("Lecture du dossier"), 1)
    content = read_dossier(candidacy)
    return print_content(content, on_progress=on_progress, is_cancelled=is_cancelled)


def print_content(
    content: DossierContent,
    *,
    imprint: Imprint | None = None,
    on_progress: Callable[[str, int], None],
    is_cancelled: Callable[[], bool] = lambda: False,
) -> RenderedPdf:
    """Print frozen values, as an edition when there is an ``imprint``; nothing is read from the database."""
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        on_progress(_("Composition du texte"), 5)
        document = compose(content, imprint)
    return render(
        document,
        directory=pdf_directory(),
        font_sources=FONT_SOURCES,
        limits=Limits(wall_seconds=settings.PDF_WALL_SECONDS, memory_bytes=settings.PDF_MEMORY_BYTES),
        on_progress=lambda stage, done, total: on_progress(*_told(stage, done, total)),
        is_cancelled=is_cancelled,
    )


def pdf_directory() -> Path:
    return Path(settings.CACHE_DIR) / "pdf"


def compose(content: DossierContent, imprint: Imprint | None = None) -> Document:
    """Return the document to print, in the active language and time zone."""
    omissions = left_out(content) if imprint and imprint.is_public else ()
    places = content.places
    if imprint and imprint.is_public:
        content = public_version(content)
    illustrator = Illustrator(content.pictures, partial(fill_in_for_print, content, places))
    composer = Composer(content, illustrator, imprint, omissions)
    parts = tuple(settle(part, illustrator, is_public=composer.is_public) for part in list(composer.parts()))
    return Document(
        title=space_text(_title(content, imprint)),
        identifier=_identifier(content, imprint),
        dated=_dated(content, imprint),
        cover=composer.cover(),
        parts=parts,
        is_archive=imprint is not None and imprint.is_archive,
        attachments=_attachments(content) if imprint and imprint.is_archive else (),
        **dress(content, composer.illustrator),
    )


def settle(part: Part, illustrator: Illustrator, **options: Any) -> Part:
    """Put the numbers of figures and tables into a part: a text may refer to one that comes after it."""
    return replace(
        part,
        html=illustrator.settle(part.html, **options),
        sections=tuple(
            replace(section, html=illustrator.settle(section.html, **options)) for section in part.sections
        ),
    )


def dress(content: DossierContent, illustrator: Illustrator) -> dict[str, Any]:
    """Return what every document made of ``content`` has in common: its looks, its words, its pictures."""
    return {
        "lang": content.language,
        "author": content.bearer_name,
        "subject": content.call_name,
        "style": _STYLE.read_text(encoding="utf-8"),
        "accent": content.accent_colour,
        "header": space_text(content.title),
        "footer": _("Candidature fictive de démonstration") if content.is_fictitious else content.bearer_name,
        "media": _media(content, illustrator),
        "static_roots": (Path(settings.BASE_DIR) / "static",),
        "wording": Wording(),
    }


def _title(content: DossierContent, imprint: Imprint | None) -> str:
    if imprint is None:
        return content.title
    return _("%(title)s – édition %(number)d") % {"title": content.title, "number": imprint.number}


def _identifier(content: DossierContent, imprint: Imprint | None) -> str:
    """Name the document: the same name for two different texts would be a lie."""
    if imprint is None:
        return content.identifier.urn
    variant = ("public" if imprint.is_public else "") + ("archive" if imprint.is_archive else "")
    return (uuid5(imprint.identifier, variant) if variant else imprint.identifier).urn


def _dated(content: DossierContent, imprint: Imprint | None) -> datetime:
    dated = imprint.frozen_at if imprint else content.changed_at
    return dated.astimezone(ZoneInfo(content.time_zone)).replace(microsecond=0)


def _attachments(content: DossierContent) -> tuple[Attachment, ...]:
    if content.plan is None or content.plan.is_empty:
        return ()
    return (
        Attachment(
            name=_("plan-de-financement.xlsx"),
            content_type=CONTENT_TYPES["xlsx"],
            content=settle_dates(plan_workbook(content.plan.summary), content.changed_at),
            description=_("Le plan de financement de cette édition, ligne par ligne et année par année"),
        ),
    )


def _told(stage: str, done: int, total: int) -> tuple[str, int]:
    first, last = _SPANS[stage]
    labels = {
        "parts": _("Mise en page%(nbsp)s: %(done)d parties sur %(total)d"),
        "contents": _("Sommaire et numéros de page"),
        "join": _("Assemblage du fichier"),
    }
    values = {"done": done, "total": total, "nbsp": NBSP}
    return labels[stage] % values, first + (last - first) * done // max(total, 1)


@dataclass
class Composer:
    content: DossierContent
    illustrator: Illustrator
    imprint: Imprint | None = None
    #: What the public version leaves out, in words.
    omissions: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return self.imprint is not None and self.imprint.is_public

    def _spaced(self, part: Part) -> Part:
        """Return ``part`` with the spaces that French print asks for: people type ordinary ones."""
        return replace(
            part,
            title=space_text(part.title),
            html=space_html(part.html),
            opening_title=space_text(part.opening_title),
            sections=tuple(
                replace(section, title=space_text(section.title), html=space_html(section.html))
                for section in part.sections
            ),
        )

    def cover(self) -> str:
        logo = self.content.logo
        return space_html(self.page("cover", logo_url=f"{MEDIA_URL}{logo.name}" if logo else ""))

    def parts(self) -> Iterator[Part]:
        """Yield one part a chapter, the list of the figures and tables that they turned out to show, and the imprint."""
        yield from map(self.chapter, self.content.chapters)
        figures, tables = self.illustrator.figures, self.illustrator.tables.rows
        if figures or tables:
            title = _list_title(figures, tables)
            html = self.page("figures", title=title, figures=figures, tables=tables)
            yield self._spaced(Part("figures", title, html, anchor="table-des-figures"))
        if self.imprint:
            title = _("Mentions de l’édition")
            yield self._spaced(Part("imprint", title, self.page("imprint", title=title), anchor="mentions"))

    def chapter(self, chapter: ChapterText, *, only: str = "") -> Part:
        """Return the part of one chapter, or under its title the one text whose key is ``only``.

        Every text is gone through all the same: that is what numbers the figures and tables.
        """
        opening = chapter.opening
        body, live = self.body(opening, heading_shift=1), self.live(opening, level=2)
        sections = [
            PrintedSection(
                part_of(section.key),
                section.title,
                self.page(
                    "section",
                    anchor=anchor_of(section.key),
                    section=section,
                    body=self.body(section, heading_shift=1),
                    live=self.live(section, level=3),
                ),
                section.number,
                anchor_of(section.key),
            )
            for section in chapter.sections
        ]
        if only:
            sections = [section for section in sections if section.key == part_of(only)]
            body, live = (body, live) if only == opening.key else (SafeString(), SafeString())
        anchor = anchor_of(chapter.key)
        html = self.page("chapter", anchor=anchor, chapter=chapter, body=body, live=live)
        part = Part(part_of(chapter.key), chapter.title, html, chapter.number, anchor, tuple(sections))
        # A title alone would be laid out apart from the text that it announces.
        return self._spaced(part if body or live else part.with_first_section())

    def body(self, section: SectionText, *, heading_shift: int) -> SafeString:
        if self.is_public and section.is_confidential:
            return self.page("withheld", withheld="text")
        return self.illustrator.illustrate(section.body, heading_shift=heading_shift)

    def live(self, section: SectionText, *, level: int) -> SafeString:
        """Return the chapter made of live data that follows a section of that kind, or nothing."""
        makers: dict[str, Callable[[int], SafeString]] = {
            Section.Kind.FUNDING_PLAN: self.funding_plan,
            Section.Kind.PARTNERS: self.partners,
            Section.Kind.GOVERNANCE: self.governance,
            Section.Kind.CALENDAR: self.calendar,
            Section.Kind.CRITERIA: self.criteria,
        }
        maker = makers.get(section.kind)
        withheld = withheld_of(section) if self.is_public else Withheld.NOTHING
        if maker is None or withheld == Withheld.TEXT:
            return SafeString("")
        if withheld == Withheld.DATA:
            return self.page("withheld", withheld="data")
        if withheld == Withheld.AMOUNTS:
            return self.funding_summary(level)
        return maker(level)

    def funding_summary(self, level: int) -> SafeString:
        note = self.page("withheld", withheld="amounts")
        return mark_safe(note + self.page("funding_summary", plan=self.content.plan, level=level))  # noqa: S308 -- two templates

    def funding_plan(self, level: int) -> SafeString:
        plan = self.content.plan
        if plan is None or not plan.summary.expenses.total:
            return self.page("funding_plan", plan=plan, certainty="", income="", level=level)
        # The figures are numbered in the order of the page.
        certainty = self.illustrator.chart(
            draw_certainty(plan.summary, width=520),
            _("Ce qui est acquis, sollicité et à trouver, sur le total des charges."),
        )
        income = self.illustrator.chart(
            draw_income(plan.summary, colour=self.content.accent_colour, width=330),
            _("Les produits, par ordre d’importance."),
        )
        return self.page("funding_plan", plan=plan, certainty=certainty, income=income, level=level)

    def partners(self, level: int) -> SafeString:
        return self.page(
            "partners", circles=self.content.circles, count=self.content.partner_count, level=level
        )

    def governance(self, level: int) -> SafeString:
        # Only an edition says the day: a working copy printed tomorrow from the same content is the same file.
        day = self.content.day if self.imprint else None
        return self.page("governance", committees=self.content.committees, day=day, level=level)

    def calendar(self, level: int) -> SafeString:
        return self.page("calendar", phases=self.content.phases, meetings=self.content.meetings, level=level)

    def criteria(self, level: int) -> SafeString:
        return self.page("criteria", matrix=self.content.matrix, level=level)

    def page(self, name: str, **context: Any) -> SafeString:
        return render_to_string(
            f"dossier/pdf/{name}.html",
            {"content": self.content, "imprint": self.imprint, "omissions": self.omissions, **context},
        )


def _list_title(figures: Sequence[Figure], tables: Sequence[NumberedTable]) -> str:
    if not tables:
        return _("Table des figures")
    return _("Table des figures et des tableaux") if figures else _("Table des tableaux")


def anchor_of(key: str) -> str:
    return f"section-{key}"


def part_of(key: str) -> str:
    return f"part-{key}"


def end_of(part: str) -> str:
    """Return the name under which a file of an edition keeps where ``part`` ends."""
    return f"{part}/end"


def fill_in_for_print(content: DossierContent, places: Mapping[UUID, SectionText], html: str) -> str:
    """Put the figures and the references at their places in a cleaned text.

    Of those among ``places`` that ``content`` withholds, title included, the number alone is told.
    """

    def show_section(identifier: UUID) -> str | None:
        if (section := places.get(identifier)) is None:
            return None
        if identifier not in content.places:
            return escape(number_alone(section))
        anchor = escape(anchor_of(section.key))
        title = escape(f"{section.number}{NBSP}{section.title}")
        page = escape(_("p.")) + NBSP
        return (
            f'<a class="reference" href="#{anchor}">{title}</a>'
            f'<span class="reference-page">, {page}<span data-page-of="{anchor}">00</span></span>'
        )

    return fill_in(html, content.live_figures, show_section, mark_figure, mark_table)


def _media(content: DossierContent, illustrator: Illustrator) -> dict[str, MediaFile]:
    stored = [content.files[name] for name in illustrator.shown]
    if content.logo is not None:
        stored.append(content.logo)
    return {file.name: MediaFile(_path(file), file.content_type, file.sha256) for file in stored}


def _path(file: StoredFile) -> Path:
    """Return where the file can be read; a storage without paths has it copied once beside the other kept files."""
    try:
        return Path(default_storage.path(file.stored_name))
    except NotImplementedError:
        copy = pdf_directory() / "media" / file.stored_name
        if not copy.exists() and default_storage.exists(file.stored_name):
            with default_storage.open(file.stored_name) as source:
                write_atomically(copy, source.read())
        return copy
