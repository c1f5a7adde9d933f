"""What the texts of frozen content name, in plain words: for comparisons, excerpts and Word, where no page is known."""

import re
from collections.abc import Callable
from functools import partial
from html import escape
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _

from core.richtext import sanitise
from core.templatetags.formats import NBSP
from dossier.content import DossierContent, SectionText
from dossier.figures import PrintedPicture
from dossier.mentions import fill_in, missing, named_figure, pictures_named
from dossier.tables import named_table

_IMAGE = re.compile(r"<img\b[^>]*>")
_BARE_FIGURE = re.compile(r"<figure>\s*(<img\b[^>]*>)\s*</figure>")


def in_words(
    content: DossierContent,
    html: str,
    *,
    with_titles: bool = True,
    show_figure: Callable[[UUID], str | None] | None = None,
    show_table: Callable[[UUID], str | None] | None = None,
) -> str:
    """Put what cleaned ``html`` names at its place, sections by their numbers alone unless ``with_titles``.

    Figures and tables are named by their captions, unless ``show_figure`` and ``show_table`` know better.
    """

    def section(identifier: UUID) -> str | None:
        if (place := content.places.get(identifier)) is None:
            return None
        return escape(f"{place.number}{NBSP}{place.title}" if with_titles else number_alone(place))

    return fill_in(
        html,
        content.live_figures,
        section,
        show_figure or partial(figure_in_words, content),
        show_table or partial(table_in_words, content),
    )


def figure_in_words(content: DossierContent, identifier: UUID) -> str | None:
    picture = content.pictures.get(identifier)
    return None if picture is None else escape(named_figure(picture.caption or picture.alternative_text))


def table_in_words(content: DossierContent, identity: UUID) -> str | None:
    title = content.tables.get(identity)
    return None if title is None else escape(named_table(title))


def text_in_words(content: DossierContent, text: SectionText) -> str:
    """Return ``text`` as it is read: what it names in words, its pictures as ``picture_key`` names them.

    A figure without a caption of its own has that of its picture, as in print.
    """

    def picture(tag: re.Match[str]) -> str:
        found = _picture(content, tag[0])
        if found is None:
            return missing(_("image retirée"))
        identifier, shown = found
        address = reverse("dossier:picture", args=["edition", picture_key(content, identifier)])
        return f'<img src="{address}" alt="{escape(shown.alternative_text)}">'

    def figure(tag: re.Match[str]) -> str:
        found = _picture(content, tag[1])
        caption = found[1].caption if found else ""
        return f"<figure>{tag[1]}<figcaption>{escape(caption)}</figcaption></figure>" if caption else tag[0]

    return in_words(content, _IMAGE.sub(picture, _BARE_FIGURE.sub(figure, sanitise(text.body))))


def picture_key(content: DossierContent, identifier: UUID) -> UUID:
    """Name a picture of frozen content together with its bytes: where they were replaced, it is another one."""
    file = content.files.get(content.pictures[identifier].name)
    return uuid5(identifier, file.sha256 if file else "")


def _picture(content: DossierContent, tag: str) -> tuple[UUID, PrintedPicture] | None:
    identifier = next(iter(pictures_named(tag)), None)
    found = content.pictures.get(identifier) if identifier else None
    return (identifier, found) if identifier and found else None


def number_alone(section: SectionText) -> str:
    return (_("section %(number)s") % {"number": section.number}).replace(" ", NBSP)
