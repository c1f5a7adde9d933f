"""Lay out one piece of a document with WeasyPrint. Runs in a child process that ends with the piece."""

import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import cssselect2
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.formatting_structure.boxes import ReplacedBox, TextBox
from weasyprint.text.fonts import FontConfiguration

from core.pdf.document import STATIC_URL, Wording
from core.pdf.drawings import embed_drawings_as_they_are
from core.pdf.fetcher import ClosedFetcher, Shelf
from core.pdf.flow import Beginning
from core.pdf.frame import DIGITS
from core.pdf.glyph_arrays import declare_glyph_arrays_once
from core.pdf.leads import Shared, lay_out
from core.pdf.margins import leave_margins_empty
from core.pdf.markup import Tidied, tidy
from core.pdf.tagging import finish

_POINTS = 0.75  # of a CSS pixel
_VARIANT = "pdf/ua-1"

# WeasyPrint reports to this logger what it could not do; what matters to the writer is found out in other ways.
logging.getLogger("weasyprint").handlers = [logging.NullHandler()]

embed_drawings_as_they_are()
declare_glyph_arrays_once()
leave_margins_empty()


@dataclass(frozen=True, slots=True)
class Press:
    """What all pieces of one document share: the parsed style sheet, its fonts, what may be opened."""

    lang: str
    wording: Wording
    shelf: Shelf
    style: CSS
    fonts: FontConfiguration


def make_press(*, lang: str, wording: Wording, shelf: Shelf, style: str) -> Press:
    """Parse ``style`` and load what every piece will need, before the processes part ways."""
    Image.preinit()
    fonts = FontConfiguration()
    sheet = CSS(string=style, base_url=STATIC_URL, url_fetcher=ClosedFetcher(shelf), font_config=fonts)
    press = Press(lang, wording, shelf, sheet, fonts)
    paint(press, key="warm", kind="part", html=_SAMPLE)
    return press


def paint(
    press: Press, *, key: str, kind: str, html: str, beginning: Beginning | None = None
) -> tuple[bytes, dict[str, Any]]:
    """Return the PDF of ``html``, laid out from ``beginning`` on, and what the joining needs to know about it."""
    beginning = beginning or Beginning()
    fetcher = ClosedFetcher(press.shelf)
    page = HTML(
        string=f'<!doctype html><html lang="{press.lang}"><head><title>{key}</title></head>'
        f'<body class="kind-{kind}">{html}</body></html>',
        base_url=STATIC_URL,
        url_fetcher=fetcher,
    )
    body = next(page.etree_element.iter("body"))
    tidied = tidy(body, key=key, wording=press.wording, admit=fetcher.read)
    tagged = kind != "frame"
    variant = _VARIANT if tagged else None

    def render() -> Any:
        page.wrapper_element = cssselect2.ElementWrapper.from_html_root(page.etree_element)
        return page.render(stylesheets=[press.style], font_config=press.fonts, pdf_variant=variant)

    rendered, shared = lay_out(body, beginning, render)
    for sheet in rendered.pages:
        # WeasyPrint makes each box within a link active once more: one is enough, the one tagged as a link.
        sheet.links = [link for link in sheet.links if link[3].element_tag == "a"]
    finisher = (
        partial(finish, key=key, wording=press.wording, is_contents=kind == "contents") if tagged else None
    )
    content = rendered.write_pdf(finisher=finisher, pdf_variant=variant)
    return content, _facts(rendered, shared, tidied)


def _facts(rendered: Any, shared: Shared, tidied: Tidied) -> dict[str, Any]:
    pages = shared.pages
    places: dict[str, tuple[int, float]] = {}
    for number, page in enumerate([*pages, *shared.notes]):
        for name, (_, top, _, _) in page.anchors.items():
            places.setdefault(name, (min(number, len(pages) - 1), (page.height - top) * _POINTS))
    return {
        "folios": [place for page in pages for place in _folio_places(page)],
        "digits": _digits(rendered),
        "pages": [(page.width * _POINTS, page.height * _POINTS) for page in pages],
        "joins": shared.joins,
        "notes": bool(shared.notes),
        "lift": shared.lift * _POINTS,
        "leaves": asdict(shared.leaves),
        "headings": [
            {**asdict(heading), "page": places[heading.id][0], "top": places[heading.id][1]}
            for heading in tidied.headings
            if heading.id in places
        ],
        "end": _end(pages[-1], has_notes=shared.leaves.notes > 0),
        "anchors": {name: number for name, (number, _) in places.items()},
        "references": tidied.references,
        "notices": tidied.notices,
    }


def _end(page: Any, *, has_notes: bool) -> float:
    """Return the share of the last page above where its text, its pictures or its footnotes end."""
    box = page._page_box  # noqa: SLF001 -- the boxes are nowhere else
    if has_notes:
        return round(float(box.content_box_y() + box.height) / float(page.height), 4)
    bottoms: list[float] = [
        box.position_y + box.height
        for box in box.descendants(placeholders=True)
        if isinstance(box, TextBox | ReplacedBox)
    ]
    return round(max(bottoms, default=0.0) / float(page.height), 4)


def _folio_places(page: Any) -> Iterator[dict[str, Any]]:
    """Yield where the number of a page ends, on its baseline, and how it is dressed."""
    for box in page._page_box.descendants(placeholders=True):  # noqa: SLF001 -- the boxes are nowhere else
        if isinstance(box, TextBox) and "folio" in (box.element.get("class") or "").split():
            yield {
                "right": (box.position_x + box.width) * _POINTS,
                "baseline": (page.height - box.position_y - box.baseline) * _POINTS,
                "size": box.style["font_size"] * _POINTS,
                "colour": list(box.style["color"].to("srgb").coordinates),
            }


def _digits(rendered: Any) -> dict[str, Any]:
    """Return the name of the first font that was drawn with, and the glyph and width of each character in it."""
    for font in rendered.fonts.values():
        glyphs = {
            text: (glyph, font.widths[glyph]) for glyph, text in font.to_unicode.items() if text in DIGITS
        }
        if len(glyphs) == len(DIGITS):
            return {"font": font.hash, "glyphs": glyphs}
    return {}


#: Touches each face, the hyphenation of the language and the drawing code, so that the pieces start warm.
_SAMPLE = (
    f"<h1>A</h1><h2>B</h2><p>{'intergouvernementalisation ' * 12}"
    "<em>b</em> <strong>c</strong> <a href='https://a.example'>d</a></p>"
    "<table><tr><th>e</th><td>f</td></tr></table><ul><li>g</li></ul>"
    "<svg viewBox='0 0 9 9'><title>h</title><path d='M0 0h9'/><text>i</text></svg>"
)
