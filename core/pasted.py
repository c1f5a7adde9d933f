"""HTML as word processors put it on the clipboard, turned into what the editor writes itself.

Microsoft Word makes paragraphs of its lists and comments of its pictures; LibreOffice wraps every word in fonts. The
editor does the same while pasting (static/js/editor-paste.js); this holds for whatever reaches the server otherwise.
Safety is not its business: what it returns is cleaned like everything else.
"""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as markup
from lxml.html import HtmlElement

#: What our own editor never writes. Text without any of it is left alone.
_FOREIGN = re.compile(
    r"""\bmso-|\bclass=["']?(?:Mso|western|sdfoot)|<!|<\?xml|</?[a-z]\w*:|<(?:font|b|i|u|h1|h5|h6|div|center|strike|dl|pre)[\s>]"""
    r"""|<span(?!\s+(?:class="footnote"|data-[a-z-]+="[^"]*")>)|<img(?![^>]*\ssrc="/c/)""",
    re.IGNORECASE,
)
#: A comment that nothing ends goes to the end, and no other mark spans a « < »: each sign is read once.
_CONDITIONAL = re.compile(
    r"<!--(?:.*?-->|.*\Z)|<!\[[^<>]*>|<\?xml[^<>]*>|<!DOCTYPE[^<>]*>", re.DOTALL | re.IGNORECASE
)
_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d)")
_IGNORED = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_NUMBERED = re.compile(r"[(]?(?P<number>\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)]")
_NOT_BOLD = re.compile(r"(?<![-\w])font-weight:\s*(?:normal|400)")

_DROPPED = ("head", "style", "script", "meta", "link", "title", "xml", "template", "noscript")
_RENAMED = {"b": "strong", "i": "em", "h5": "h4", "h6": "h4", "dt": "p", "dd": "p", "pre": "p", "center": "p"}
_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "blockquote",
        "figure",
        "table",
        "hr",
        "div",
        "center",
        "dl",
        "pre",
    ]
)
_ROOM = "\u00a0 \t\r\n"
#: What leaves the text is named so, and goes with all the others at once: taken out one by one, each would be glued to
#: all the text before it, and a long paragraph of short marks would take minutes.
_UNWRAPPED = "x-unwrapped"
_REMOVED = "x-removed"


def foreign_pictures(html: str) -> int:
    """Count the pictures of ``html`` that are not the candidacy's: they cannot be taken over from a text."""
    return len(re.findall(r'<(?:img|v:imagedata)\b(?![^>]*\ssrc="/c/)', _CONDITIONAL.sub("", html)))


def tidy_pasted(html: str) -> str:
    """Return ``html`` with lists, headings and emphasis as the editor writes them; our own text comes back untouched."""
    if not _FOREIGN.search(html):
        return html
    # Word says with conditional comments what a program without lists would show.
    source = _CONDITIONAL.sub("", html)
    parser = markup.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    body = markup.document_fromstring(f"<html><body>{source}</body></html>", parser=parser).find("body")
    if body is None:
        return html
    etree.strip_elements(body, *_DROPPED, with_tail=False)
    for caption in body.iter("caption"):
        for number in list(caption.iterchildren("span")):
            if number.get("class") == "number":
                _remove(number)  # a page shows the number of a table, which the text does not hold
    _make_notes(body)
    _take_out_marked(body)
    _make_lists(body)
    _take_out_marked(body)
    _shift_headings(body)
    for element in list(body.iterdescendants()):
        _tidy(element)
    _take_out_marked(body)
    _drop_empty(body)
    _take_out_marked(body)
    return _inner(body)


def _remove(element: HtmlElement) -> None:
    """Empty ``element``, and mark it to be taken out."""
    element.clear(keep_tail=True)
    element.tag = _REMOVED


def _unwrap(element: HtmlElement) -> None:
    """Mark ``element`` to be taken away from around what it holds."""
    element.tag = _UNWRAPPED


def _take_out_marked(body: HtmlElement) -> None:
    etree.strip_elements(body, _REMOVED, with_tail=False)
    etree.strip_tags(body, _UNWRAPPED)


def _make_notes(body: HtmlElement) -> None:
    """Put each note where the text calls it: both programs write the notes below, with links to and fro."""
    anchors = {anchor.get("name", ""): anchor for anchor in body.iter("a")}
    for call in list(body.iter("a")):
        sign = anchors.get(call.get("href", "").removeprefix("#"))
        if sign is None or sign is call or sign.get("href") != f"#{call.get('name')}":
            continue
        below = next((div for div in sign.iterancestors("div") if div.get("id")), None)
        if below is None or below in call.iterancestors("div"):
            continue
        _remove(sign)
        note = markup.Element("span", {"class": "footnote"})
        note.text = " ".join(below.text_content().split())
        note.tail, call.tail = call.tail, None
        call.addprevious(note)
        _remove(call)
        _remove(below)
    for rest in list(body.iter("div")):
        if "footnote-list" in rest.get("style", "") and not rest.text_content().strip(_ROOM):
            _remove(rest)


def _make_lists(body: HtmlElement) -> None:
    """Make lists of the paragraphs that Word numbers one by one."""
    #: The open lists, outermost first, each with its level.
    stack: list[tuple[int, HtmlElement]] = []
    previous = None
    for paragraph in list(body.iter("p", "h1", "h2", "h3", "h4", "h5", "h6")):
        placed = _LIST.search(paragraph.get("style", ""))
        if placed is None:
            continue
        if previous is None or _next(previous) is not paragraph:
            stack = []
        previous = _list_item(paragraph, int(placed[1]), stack)


def _next(element: HtmlElement) -> HtmlElement | None:
    """Return what follows directly, with nothing but white space between."""
    return None if (element.tail or "").strip(_ROOM) else element.getnext()


def _list_item(paragraph: HtmlElement, level: int, stack: list[tuple[int, HtmlElement]]) -> HtmlElement:
    """Move ``paragraph`` into the open list of its ``level``; return the outermost list."""
    sign = _take_sign(paragraph)
    numbered = _NUMBERED.fullmatch(sign)
    kind = "ol" if numbered else "ul"
    while stack and (stack[-1][0] > level or (stack[-1][0] == level and stack[-1][1].tag != kind)):
        stack.pop()
    if not stack or stack[-1][0] < level:
        opened = markup.Element(kind)
        if numbered and numbered["number"].isdecimal() and numbered["number"] != "1":
            opened.set("start", numbered["number"])
        if stack:
            stack[-1][1][-1].append(opened)
        else:
            paragraph.addprevious(opened)
        stack.append((level, opened))
    item = markup.Element("li")
    tail, paragraph.tail = paragraph.tail, None
    stack[-1][1].append(item)
    item.text = paragraph.text
    item.extend(list(paragraph))
    parent = paragraph.getparent()
    if parent is not None:
        parent.remove(paragraph)
    outermost = stack[0][1]
    outermost.tail = tail
    return outermost


def _take_sign(paragraph: HtmlElement) -> str:
    """Take the bullet or the number, which Word writes as text, out of ``paragraph``."""
    for span in paragraph.iter("span"):
        if _IGNORED.search(span.get("style", "")):
            sign = "".join(span.itertext()).strip(_ROOM)
            _remove(span)
            return sign
    return ""


def _shift_headings(body: HtmlElement) -> None:
    """Begin at the second level: the first is the title of the section."""
    for title in body.iter("p"):
        if "MsoTitle" in title.get("class", ""):
            title.tag = "h1"
    headings = list(body.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    shift = any(heading.tag == "h1" for heading in headings)
    for heading in headings:
        heading.tag = f"h{min(max(int(heading.tag[1]) + shift, 2), 4)}"


def _tidy(element: HtmlElement) -> None:
    """Give one element the name the editor would, or take it away from around its text."""
    tag = str(element.tag)
    if tag == "img":
        if not element.get("src", "").startswith("/c/"):
            _remove(element)
    elif tag == "div" and not any(child.tag in _BLOCKS for child in element):
        element.tag = "p"
    elif tag in {"b", "strong"} and _NOT_BOLD.search(element.get("style", "")):
        _unwrap(element)
    elif tag in _RENAMED:
        element.tag = _RENAMED[tag]
    elif tag == "td" and any(parent.tag == "thead" for parent in element.iterancestors("thead", "table")):
        element.tag = "th"
    elif (
        ":" in tag
        or tag in {"font", "u", "strike"}
        or (tag == "span" and not _is_ours(element))
        or (tag == "a" and not element.get("href", "").startswith(("http:", "https:", "mailto:", "/")))
    ):
        _unwrap(element)


def _is_ours(span: HtmlElement) -> bool:
    return span.get("class") == "footnote" or any(name.startswith("data-") for name in span.attrib)


def _drop_empty(body: HtmlElement) -> None:
    """Drop the paragraphs that only made room, but those that a cell or an item would be empty without."""
    for element in reversed(list(body.iter("p", "h2", "h3", "h4", "strong", "em", "figure"))):
        if "".join(element.itertext()).strip(_ROOM) or any(True for _held in _holdings(element)):
            continue
        if element.tag in {"strong", "em"}:
            _unwrap(element)
        else:
            _remove(element)


def _holdings(element: HtmlElement) -> Iterator[HtmlElement]:
    yield from element.iter("img", "table", "hr")
    yield from (span for span in element.iter("span") if _is_ours(span))


def _inner(body: HtmlElement) -> str:
    inside = "".join(markup.tostring(child, encoding="unicode") for child in body)
    # What stood between the tags of Word's own lines is no space of the text.
    return f"{_escaped(body.text)}{inside}".replace("\r\n", "\n").strip()


def _escaped(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;")
