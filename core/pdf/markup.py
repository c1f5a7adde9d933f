"""The last look at the markup of a part, once parsed and before it is laid out.

The application cleans what people write; here the document is made safe and whole whatever it was given: no element
that opens or runs something, no style of its own, no link to a place that is not there, no picture that cannot be
shown, no heading level skipped.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from core.pdf.document import HOST, Wording
from core.pdf.fetcher import RefusedError

_SVG = "{http://www.w3.org/2000/svg}"
_REMOVED = frozenset(
    [
        "script",
        "style",
        "link",
        "meta",
        "base",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "param",
        "template",
        "noscript",
        "form",
        "input",
        "button",
        "select",
        "textarea",
        "audio",
        "video",
        "source",
        "track",
        "canvas",
        "math",
        "dialog",
        "area",
        "map",
    ]
)
_REMOVED_IN_SVG = frozenset(
    f"{_SVG}{name}" for name in ("script", "style", "image", "foreignObject", "a", "feImage")
)
_HEADING = re.compile(r"h([1-6])")
_LINK = re.compile(r"(?:https?://|mailto:|tel:)\S", re.IGNORECASE)
_JOINED = f"https://{HOST}/#"
#: WeasyPrint recurses; beyond this depth it would fail after a long while, with nothing to tell the writer.
_MAX_DEPTH = 90
_SHORT_TABLE_ROWS = 10


class TooDeepError(Exception):
    """Elements are nested beyond what can be laid out."""


@dataclass(slots=True)
class Heading:
    level: int
    id: str
    number: str
    text: str


@dataclass(slots=True)
class Tidied:
    headings: list[Heading] = field(default_factory=list)
    #: Targets of links that point outside this part.
    references: list[str] = field(default_factory=list)
    #: Code, name and reason of what was changed.
    notices: list[tuple[str, str, str]] = field(default_factory=list)


def tidy(body: Element, *, key: str, wording: Wording, admit: Callable[[str], object]) -> Tidied:
    """Make ``body`` fit for print in place. ``admit`` raises RefusedError for a picture that cannot be shown."""
    tidied = Tidied()
    _strip(body, depth=0, inside_svg=False)
    identifiers = {element.get("id", "") for element in body.iter()}
    level = 1
    for parent, element in list(_walk(body)):
        if element.tag == "img":
            _check_picture(parent, element, tidied, wording, admit)
        elif element.tag == "a":
            _check_link(element, identifiers, tidied)
        elif element.tag == "table":
            _mark_short(element)
        elif element.tag == f"{_SVG}svg":
            _name_drawing(element, wording)
        elif match := _HEADING.fullmatch(str(element.tag)):
            level = min(int(match[1]), level + 1)
            element.tag = f"h{level}"
            if not element.get("id"):
                element.set("id", f"{key}-titre-{len(tidied.headings) + 1}")
            tidied.headings.append(_heading(element, level))
    return tidied


def _show_missing(parent: Element, picture: Element, wording: Wording, code: str) -> None:
    """Put a visible notice where the picture would have been."""
    box = Element("span", {"class": "missing"})
    box.tail = picture.tail
    name = SubElement(box, "strong")
    name.text = wording.picture_absent
    reason = wording.reasons.get(code, code)
    alternative = (picture.get("alt") or "").strip()
    name.tail = f" – {alternative} ({reason})" if alternative else f" ({reason})"
    parent[list(parent).index(picture)] = box


def plain_text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _strip(element: Element, *, depth: int, inside_svg: bool) -> None:
    if depth > _MAX_DEPTH:
        raise TooDeepError
    for child in list(element):
        if (
            callable(child.tag)  # a comment
            or child.tag in _REMOVED
            or (inside_svg and child.tag in _REMOVED_IN_SVG)
        ):
            _drop(element, child)
            continue
        svg = inside_svg or child.tag == f"{_SVG}svg"
        for name in list(child.attrib):
            if _is_unwanted(name, child.get(name, ""), svg):
                del child.attrib[name]
        _strip(child, depth=depth + 1, inside_svg=svg)


def _is_unwanted(name: str, value: str, svg: bool) -> bool:  # noqa: FBT001 -- one question, three facts
    if name.startswith("on") or name in {"rel", "ping", "background", "srcset", "download"}:
        return True
    if svg:
        # A drawing may point inside itself and nowhere else.
        return (name.endswith("href") and not value.startswith("#")) or (
            "url(" in value and "url(#" not in value
        )
    return name == "style"


def _drop(parent: Element, child: Element) -> None:
    index = list(parent).index(child)
    tail = child.tail or ""
    if index:
        parent[index - 1].tail = (parent[index - 1].tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(child)


def _walk(element: Element) -> Iterator[tuple[Element, Element]]:
    for child in element:
        yield element, child
        if child.tag != f"{_SVG}svg":
            yield from _walk(child)


def _check_picture(
    parent: Element, picture: Element, tidied: Tidied, wording: Wording, admit: Callable[[str], object]
) -> None:
    address = picture.get("src", "").strip()
    name = address.rpartition("/")[2][:80] or "?"
    try:
        admit(address)
    except RefusedError as refusal:
        tidied.notices.append(("missing_picture", name, refusal.code))
        _show_missing(parent, picture, wording, refusal.code)
        return
    picture.set("src", address)
    if picture.get("alt") is None:
        picture.set("alt", wording.picture_without_text)
        tidied.notices.append(("missing_text", name, ""))


def _check_link(link: Element, identifiers: set[str], tidied: Tidied) -> None:
    address = "".join(link.get("href", "").split())
    if not address:
        return
    if address.startswith("#"):
        if address[1:] not in identifiers:
            link.set("href", _JOINED + address[1:])
            tidied.references.append(address[1:])
        return
    if _LINK.match(address) and HOST not in address.lower():
        link.set("href", address)
        return
    del link.attrib["href"]
    tidied.notices.append(("refused_link", address[:80], ""))


def _mark_short(table: Element) -> None:
    """Let the style sheet keep a short table in one piece, with its caption."""
    if sum(1 for _ in table.iter("tr")) <= _SHORT_TABLE_ROWS:
        table.set("class", f"{table.get('class', '')} short".strip())


def _name_drawing(drawing: Element, wording: Wording) -> None:
    """Put the accessible name of a drawing where WeasyPrint looks for it."""
    if drawing.find(f"{_SVG}title") is None:
        title = Element(f"{_SVG}title")
        title.text = drawing.get("aria-label") or wording.picture_without_text
        drawing.insert(0, title)


def _heading(element: Element, level: int) -> Heading:
    number = next((child for child in element if child.get("class") == "number"), None)
    text = plain_text(element)
    label = "" if number is None else plain_text(number)
    return Heading(level, element.get("id", ""), label, text.removeprefix(label).strip())
