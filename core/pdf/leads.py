"""Lay out a section from the place where the one before it ends, and tell the next one where this one does.

What stands on the page already is held by a block at its top and by a footnote at its foot, both empty and taken out again
once everything has its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from weasyprint.document import Page
from weasyprint.formatting_structure.boxes import FootnoteAreaBox

from core.pdf.flow import Beginning

#: Two layouts that lead to the same place may differ by less than this, in CSS pixels.
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Shared:
    """What was laid out, ready to share its first page with what is before it, and its last with what comes next."""

    pages: list[Any]
    #: The footnotes of the last page on a sheet of their own, if there are any: those of what comes next push them up.
    notes: list[Any]
    #: Whether the first page is one that was begun before.
    joins: bool
    #: By how much the footnotes that stood on that page go up, in CSS pixels.
    lift: float
    leaves: Beginning


def lay_out(body: Element, beginning: Beginning, render: Callable[[], Any]) -> tuple[Any, Shared]:
    """Return the document that ``render`` makes of the page of ``body``, laid out from ``beginning`` on, and its pages."""
    lead = _leave_room(body, beginning)
    document = render()
    if lead is not None and not _is_held(document.pages[0], beginning):
        # So little is left of the page that the library would rather move its footnotes to the next one, where they
        # cannot go any more: nothing more comes on this page.
        body.remove(lead)
        body.text = lead.tail
        box = document.pages[0]._page_box  # noqa: SLF001 -- the boxes are nowhere else
        _leave_room(body, Beginning(top=box.height - 1, count=beginning.count))
        document = render()
    shared = _share_pages(document.pages, body, beginning)
    return document.copy([*shared.pages, *shared.notes]), shared


def _leave_room(body: Element, beginning: Beginning) -> Element | None:
    """Put before ``body`` what holds the place of what stands on the page already, and return it."""
    # The note that holds the place of others is counted like any.
    body.set("style", f"counter-reset: footnote {beginning.count - (beginning.notes > 0)}")
    if beginning.top is None:
        return None
    # Above footnotes alone, a heading begins the page as it would any other.
    kind = "lead-in" if beginning.top else "lead-in lead-in-top"
    lead = Element("div", {"class": kind, "style": f"height: {beginning.top}px"})
    if beginning.notes:
        SubElement(lead, "span", {"class": "lead-in-notes", "style": f"height: {beginning.notes}px"})
    lead.tail, body.text = body.text, None
    body.insert(0, lead)
    return lead


def _is_held(page: Any, beginning: Beginning) -> bool:
    """Whether the footnotes that stand on ``page`` stay there."""
    if not beginning.notes or len(_text(page).children) == 1:
        return True
    area = _area(page._page_box)  # noqa: SLF001
    return area is not None and area.children[0].element.get("class") == "lead-in-notes"


def _share_pages(pages: list[Any], body: Element, beginning: Beginning) -> Shared:
    """Take out what held a place on the ``pages`` that ``body`` was laid out on, and what is to be moved by the next piece."""
    joins, lift = beginning.top is not None, 0.0
    if joins:
        if len(_text(pages[0]).children) > 1:
            lift = _take_out_lead(pages[0], beginning)
            pages = [Page(pages[0]._page_box), *pages[1:]]  # noqa: SLF001 -- the boxes are nowhere else
        else:
            joins, pages = False, pages[1:]
    count = beginning.count + sum("footnote" in element.get("class", "").split() for element in body.iter())
    last = pages[-1]._page_box  # noqa: SLF001
    if last.page_type.name:  # a page of another kind: nothing else goes on it
        return Shared(pages, [], joins, lift, Beginning(count=count))
    text, area = _text(pages[-1]), _area(last)
    held = beginning.notes if joins and len(pages) == 1 else 0.0
    bottom = text.position_y + text.height if text else last.content_box_y()
    leaves = Beginning(
        top=round(bottom - last.content_box_y(), _DECIMALS),
        notes=round(area.height if area else held, _DECIMALS),
        count=count,
    )
    if area is None:
        return Shared(pages, [], joins, lift, leaves)
    notes = last.copy_with_children([area])
    last.children = [child for child in last.children if child is not area]
    return Shared([*pages[:-1], Page(last)], [Page(notes)], joins, lift, leaves)


def _text(page: Any) -> Any:
    """Return the box of the body on ``page``; None where footnotes alone are left."""
    return next(iter(page._page_box.children[0].children), None)  # noqa: SLF001


def _area(box: Any) -> Any:
    return next((child for child in box.children if isinstance(child, FootnoteAreaBox)), None)


def _take_out_lead(page: Any, beginning: Beginning) -> float:
    """Take what held a place off ``page``; return the height of the footnotes that came below those."""
    text, box = _text(page), page._page_box  # noqa: SLF001
    text.children = text.children[1:]
    area = _area(box)
    if area is None or not beginning.notes:
        return 0.0
    area.children = area.children[1:]
    if not area.children:
        box.children = [child for child in box.children if child is not area]
    return max(0.0, round(float(area.height) - beginning.notes, _DECIMALS))
