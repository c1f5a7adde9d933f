"""What the texts of frozen content name, in plain words: for comparisons, excerpts and Word, where no page is known."""

import re
from collections.abc import Callable
from functools import partial
from html import escape
from uuid import UUID

from django.utils.translation import gettext as _

from core.richtext import sanitise
from core.templatetags.formats import NBSP
from dossier.assembly import DossierContent, SectionText
from dossier.mentions import fill_in, missing, named_figure, pictures_named
from dossier.tables import named_table

_IMAGE = re.compile(r"<img\b[^>]*>")


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
    """Return ``text`` as it is read aloud: pictures, too, are replaced by what is said of them."""

    def picture(tag: re.Match[str]) -> str:
        named = pictures_named(tag[0])
        found = content.pictures.get(named.pop()) if named else None
        if found is None:
            return missing(_("image retirée"))
        words = _("image : %(text)s") % {"text": found.alternative_text or _("décorative")}
        return f"[{escape(words)}]"

    return in_words(content, _IMAGE.sub(picture, sanitise(text.body)))


def number_alone(section: SectionText) -> str:
    return (_("section %(number)s") % {"number": section.number}).replace(" ", NBSP)
