"""The printed dossier: its content, through the templates, to the door that makes the PDF."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from budget.charts import draw_certainty, draw_income
from candidacy.models import Candidacy
from core.files import write_atomically
from core.pdf import MEDIA_URL, Document, Limits, MediaFile, Part, RenderedPdf, Wording, render, warm_up
from core.templatetags.formats import NBSP
from dossier.assembly import DossierContent, SectionText, StoredFile, read_dossier
from dossier.figures import Illustrator
from dossier.mentions import fill_in
from dossier.models import Section

_STYLE = Path(settings.BASE_DIR) / "static" / "pdf" / "dossier.css"
#: Where each stage of the door begins and ends on the way from 0 to 100.
_SPANS = {"parts": (10, 80), "contents": (80, 90), "join": (90, 99)}


def build_dossier_pdf(candidacy: Candidacy, *, on_progress: Callable[[str, int], None]) -> RenderedPdf:
    """Print the dossier of ``candidacy`` as it stands, telling ``on_progress`` the stage in French and the percentage.

    Raises PdfError when there can be no document; an exception of ``on_progress`` stops the rendering.
    """
    warm_up()
    on_progress(_("Lecture du dossier"), 1)
    content = read_dossier(candidacy)
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        on_progress(_("Composition du texte"), 5)
        document = compose(content)
    return render(
        document,
        directory=Path(settings.CACHE_DIR) / "pdf",
        font_sources=Path(settings.BASE_DIR) / "node_modules",
        limits=Limits(wall_seconds=settings.PDF_WALL_SECONDS, memory_bytes=settings.PDF_MEMORY_BYTES),
        on_progress=lambda stage, done, total: on_progress(*_told(stage, done, total)),
    )


def compose(content: DossierContent) -> Document:
    """Return the document to print, in the active language and time zone."""
    composer = _Composer(content, Illustrator(content.pictures, partial(_fill_in, content)))
    parts = tuple(composer.parts())
    return Document(
        lang=content.language,
        title=content.title,
        author=content.bearer_name,
        subject=content.call_name,
        identifier=content.identifier.urn,
        dated=content.changed_at.astimezone(ZoneInfo(content.time_zone)).replace(microsecond=0),
        style=_STYLE.read_text(encoding="utf-8"),
        accent=content.accent_colour,
        cover=composer.page("cover", logo_url=f"{MEDIA_URL}{content.logo.name}" if content.logo else ""),
        parts=parts,
        header=content.title,
        footer=_("Candidature fictive de démonstration") if content.is_fictitious else content.bearer_name,
        media=_media(content, composer.illustrator),
        static_roots=(Path(settings.BASE_DIR) / "static",),
        wording=Wording(),
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
class _Composer:
    content: DossierContent
    illustrator: Illustrator

    def parts(self) -> Iterator[Part]:
        """Yield one part a chapter, then the table of the figures that the chapters turned out to show."""
        for chapter in self.content.chapters:
            opening = SectionText(
                chapter.public_id, chapter.key, chapter.number, chapter.title, chapter.kind, chapter.body
            )
            html = self.page(
                "chapter",
                anchor=_anchor(chapter.key),
                chapter=chapter,
                body=self.body(opening, heading_shift=1),
                live=self.live(opening, level=2),
                sections=[
                    {
                        "anchor": _anchor(section.key),
                        "number": section.number,
                        "title": section.title,
                        "body": self.body(section, heading_shift=1),
                        "live": self.live(section, level=3),
                    }
                    for section in chapter.sections
                ],
            )
            yield Part(f"part-{chapter.key}", chapter.title, html, chapter.number, _anchor(chapter.key))
        if self.illustrator.figures:
            title = _("Table des figures")
            html = self.page("figures", title=title, figures=self.illustrator.figures)
            yield Part("figures", title, html, anchor="table-des-figures")

    def body(self, section: SectionText, *, heading_shift: int) -> SafeString:
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
        return maker(level) if maker else SafeString("")

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
        return self.page("governance", committees=self.content.committees, day=self.content.day, level=level)

    def calendar(self, level: int) -> SafeString:
        return self.page("calendar", phases=self.content.phases, meetings=self.content.meetings, level=level)

    def criteria(self, level: int) -> SafeString:
        return self.page("criteria", matrix=self.content.matrix, level=level)

    def page(self, name: str, **context: Any) -> SafeString:
        return render_to_string(f"dossier/pdf/{name}.html", {"content": self.content, **context})


def _anchor(key: str) -> str:
    return f"section-{key}"


def _fill_in(content: DossierContent, html: str) -> str:
    """Put the figures and the references at their places in a cleaned text."""
    places = content.places

    def show_section(identifier: UUID) -> str | None:
        if (section := places.get(identifier)) is None:
            return None
        anchor = escape(_anchor(section.key))
        title = escape(f"{section.number}{NBSP}{section.title}")
        page = escape(_("p.")) + NBSP
        return (
            f'<a class="reference" href="#{anchor}">{title}</a>'
            f'<span class="reference-page">, {page}<span data-page-of="{anchor}">00</span></span>'
        )

    return fill_in(html, content.live_figures, show_section)


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
        copy = Path(settings.CACHE_DIR) / "pdf" / "media" / file.stored_name
        if not copy.exists() and default_storage.exists(file.stored_name):
            with default_storage.open(file.stored_name) as source:
                write_atomically(copy, source.read())
        return copy
