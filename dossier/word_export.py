"""The dossier as a Word document, from the same frozen values as the PDF: one sitting of the printers is enough.

The chapters made of live data come from the templates of the PDF, without their charts: each has its table.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.numeric_columns import align_numbers
from core.richtext import PICTURE_PATH, render_rich_text
from core.templatetags.formats import long_date
from core.word.writing import Illustration, WordWriter
from dossier.content import ChapterText, DossierContent, SectionText
from dossier.figures import figure_number, numbered_pictures
from dossier.mentions import named_figure
from dossier.models import Section
from dossier.tables import TableNumbers, named_table, table_label, table_number, titled_tables
from dossier.wording import in_words


def write_dossier(content: DossierContent) -> bytes:
    """Return the whole dossier as a Word document; the same content gives the same bytes."""
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        book = _Book(content, content.sections)
        book.cover()
        book.writer.contents(_("Sommaire"), list(_entries(content)))
        for chapter in content.chapters:
            book.chapter(chapter)
        return book.content(content.title)


def write_section(content: DossierContent, key: str, *, with_titles: bool) -> bytes:
    """Return one section under its title, without what the application adds after its text: it is there to be worked on.

    Without ``with_titles`` the sections that it refers to are named by their number: they are not the reader's.
    """
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        section = next(text for text in content.sections if text.key == key)
        book = _Book(content, [section], with_titles=with_titles)
        book.writer.heading(_numbered(section), 1)
        book.body(section, shift=0)
        return book.content(section.title)


def _entries(content: DossierContent) -> Iterator[tuple[int, str]]:
    for chapter in content.chapters:
        yield 1, _numbered(chapter.opening)
        for section in chapter.sections:
            yield 2, _numbered(section)


def _numbered(text: SectionText) -> str:
    return f"{text.number} {text.title}"


class _Book:
    def __init__(
        self, content: DossierContent, texts: Sequence[SectionText], *, with_titles: bool = True
    ) -> None:
        self.values, self.with_titles = content, with_titles
        #: Charts are left out of Word: its figures are the pictures of the texts, in their order.
        self.numbers: dict[UUID, int] = {}
        shown = (picture for text in texts for picture in numbered_pictures(text.body, content.pictures))
        for number, picture in enumerate(shown, start=1):
            if picture is not None:
                self.numbers.setdefault(picture, number)
        self.tables = TableNumbers()
        for text in texts:
            for table in titled_tables(text.body):
                self.tables.count(table)
        self.writer = WordWriter(
            language=content.language,
            accent=content.accent_colour,
            illustrate=self._illustration,
            missing=_("image absente"),
            figure_label=_("Figure %d."),
            table_label=table_label,
        )
        mark = _("Candidature fictive de démonstration") if content.is_fictitious else content.bearer_name
        self.writer.frame(header=content.title, footer=mark)

    def content(self, title: str) -> bytes:
        values = self.values
        return self.writer.content(
            title=title,
            author=values.bearer_name,
            subject=values.call_name or values.title,
            dated=values.changed_at.astimezone(ZoneInfo("UTC")),
        )

    def cover(self) -> None:
        values, writer = self.values, self.writer
        writer.paragraph(values.title, "Title")
        if values.tagline:
            writer.paragraph(values.tagline, "Subtitle")
        lines = [
            values.call_name,
            _("Candidature fictive, écrite pour une démonstration") if values.is_fictitious else "",
            _("Dossier de candidature porté par %(bearer)s") % {"bearer": values.bearer_name},
            _("Dépôt : %(day)s") % {"day": long_date(values.deposit_on)} if values.deposit_on else "",
            _("Dernière modification relevée : %(day)s") % {"day": long_date(values.changed_at)},
        ]
        for line in filter(None, lines):
            writer.paragraph(line)

    def chapter(self, chapter: ChapterText) -> None:
        self.writer.heading(_numbered(chapter.opening), 1, new_page=True)
        self.body(chapter.opening, shift=1)
        self.live(chapter.opening, level=2)
        for section in chapter.sections:
            self.writer.heading(_numbered(section), 2)
            self.body(section, shift=1)
            self.live(section, level=3)
            if not section.body and section.kind == Section.Kind.TEXT:
                unwritten = _("Cette section n’est pas encore rédigée.")
                self.writer.live_text(f"<p>{unwritten}</p>")

    def body(self, text: SectionText, *, shift: int) -> None:
        if text.body:
            words = in_words(
                self.values,
                render_rich_text(text.body),
                with_titles=self.with_titles,
                show_figure=self._figure,
                show_table=self._table,
            )
            self.writer.rich_text(align_numbers(words), shift=shift)

    def live(self, text: SectionText, *, level: int) -> None:
        values = self.values
        chapters: dict[str, dict[str, Any]] = {
            Section.Kind.FUNDING_PLAN: {"plan": values.plan, "certainty": "", "income": ""},
            Section.Kind.PARTNERS: {"circles": values.circles, "count": values.partner_count},
            Section.Kind.GOVERNANCE: {"committees": values.committees, "day": None},
            Section.Kind.CALENDAR: {"phases": values.phases, "meetings": values.meetings},
            Section.Kind.CRITERIA: {"matrix": values.matrix},
        }
        if text.kind in chapters:
            context = {"content": values, "level": level, **chapters[text.kind]}
            self.writer.live_text(render_to_string(f"dossier/pdf/{text.kind}.html", context))

    def _figure(self, picture: UUID) -> str | None:
        """Name a figure of the document by its number; one section, alone, may refer to what is not its reader's."""
        if number := self.numbers.get(picture):
            return figure_number(number)
        return escape(named_figure("")) if picture in self.values.pictures else None

    def _table(self, identity: UUID) -> str | None:
        """Name a table as `_figure` does a figure."""
        if table := self.tables.by_identity.get(identity):
            return table_number(table.number)
        return escape(named_table("")) if identity in self.values.tables else None

    def _illustration(self, address: str) -> Illustration | None:
        place = PICTURE_PATH.match(address)
        picture = self.values.pictures.get(UUID(place["id"])) if place else None
        if picture is None:
            return None
        try:
            with default_storage.open(self.values.files[picture.name].stored_name) as file:
                return Illustration(file.read(), picture.alternative_text, picture.caption, picture.credit)
        except FileNotFoundError:
            return None
