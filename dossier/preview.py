"""One section as it will print, at once and within tight limits."""

from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.pdf import Document, Limits, Part, RenderedPdf, render
from dossier.content import DossierContent, SectionText
from dossier.figures import Illustrator, mark_figure, mark_table
from dossier.models import Section
from dossier.rendering import FONT_SOURCES, Composer, dress, pdf_directory, settle
from dossier.wording import in_words

#: A person waits before the page: what takes longer is for the worker, which prints the whole dossier.
LIMITS = Limits(
    part_cpu_seconds=15,
    part_wall_seconds=20,
    wall_seconds=25,
    memory_bytes=settings.PDF_MEMORY_BYTES,
    processes=1,
)


def preview_section(content: DossierContent, key: str, *, with_data: bool) -> RenderedPdf:
    """Print the section ``key`` of ``content`` under the title of its part, its figures and tables numbered as in the dossier.

    What is laid out is kept under the digest of what it prints. Without ``with_data`` the chapter made of live data
    is left out, and so are the titles of the sections that the text refers to: they are not the reader's. Raises PdfError where there can be no document.
    """
    if not with_data:
        content = _texts_alone(content)
    with translation.override(content.language), timezone.override(ZoneInfo(content.time_zone)):
        fill_in = partial(
            in_words, content, with_titles=with_data, show_figure=mark_figure, show_table=mark_table
        )
        document = _excerpt(content, key, Illustrator(content.pictures, fill_in))
    return render(document, directory=pdf_directory(), font_sources=FONT_SOURCES, limits=LIMITS)


def _texts_alone(content: DossierContent) -> DossierContent:
    def text_alone(section: SectionText) -> SectionText:
        return replace(section, kind=Section.Kind.TEXT.value)

    chapters = tuple(
        replace(
            chapter,
            opening=text_alone(chapter.opening),
            sections=tuple(map(text_alone, chapter.sections)),
        )
        for chapter in content.chapters
    )
    return replace(content, chapters=chapters)


def _excerpt(content: DossierContent, key: str, illustrator: Illustrator) -> Document:
    composer = Composer(content, illustrator)
    text = next(section for section in content.sections if section.key == key)
    composed: dict[bool, Part] = {}
    for chapter in content.chapters:
        # The chapters before it are gone through for the numbers of what they show, those after it when it refers to them.
        composed[text in (chapter.opening, *chapter.sections)] = composer.chapter(chapter, only=key)
        if True in composed and not illustrator.waits_for_numbers(composed[True].text):
            break
    return Document(
        title=_("Aperçu – %(title)s") % {"title": text.title},
        identifier=content.identifier.urn,
        dated=content.changed_at.astimezone(ZoneInfo(content.time_zone)).replace(microsecond=0),
        cover="",
        parts=(settle(composed[True], illustrator, with_pages=False),),
        is_excerpt=True,
        **dress(content, illustrator),
    )
