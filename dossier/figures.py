"""The pictures of the printed dossier: their place in the text, their numbers, their captions and credits.

Numbers are given before anything is laid out, because the parts of the dossier are laid out apart.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from itertools import count
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.pdf import MEDIA_URL
from core.richtext import PICTURE_PATH, render_rich_text, to_plain_text
from core.templatetags.formats import NBSP

_FIGURE = re.compile(r"<figure>(.*?)</figure>", re.DOTALL)
_CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
_IMAGE = re.compile(r"<img\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
#: What a reference adds in print; a caption goes without, since the table of figures repeats it elsewhere.
_PAGE = re.compile(r'<span class="reference-page">.*?</span></span>')
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


@dataclass
class Illustrator:
    """Puts pictures into texts, in the order of the dossier."""

    pictures: Mapping[UUID, PrintedPicture]
    #: Puts what a cleaned text names at its place.
    fill_in: Callable[[str], str] = str
    figures: list[Figure] = field(default_factory=list)
    #: Names of the pictures that the texts show, each once.
    shown: dict[str, None] = field(default_factory=dict)
    _serial: "count[int]" = field(default_factory=lambda: count(1))

    def illustrate(self, body: str, *, heading_shift: int) -> SafeString:
        """Return the text of a section for print: cleaned again, its headings below its title, its figures numbered."""
        html = self.fill_in(str(render_rich_text(body)))
        html = _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + heading_shift}>", html)
        html = _FIGURE.sub(lambda figure: self._figure(figure[1]), html)
        html = _IMAGE.sub(lambda image: self._image(image[0]), html)
        return mark_safe(html)  # noqa: S308 -- cleaned above; what was added since is escaped

    def chart(self, drawing: SafeString, caption: str) -> SafeString:
        """Return a chart as a numbered figure."""
        html = self._captioned(str(drawing), caption=caption, credit="")
        return mark_safe(html)  # noqa: S308 -- drawn by us; the caption is escaped

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
        return self._captioned(
            image[0], caption=caption or (picture.caption if picture else ""), credit=credit
        )

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
        source = next((unescape(value) for name, value in _ATTRIBUTE.findall(tag) if name == "src"), "")
        place = PICTURE_PATH.match(source)
        return self.pictures.get(UUID(place["id"])) if place else None
