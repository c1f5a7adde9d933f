"""Rich text: what the editor offers is what the server keeps, and nothing else is ever stored or shown."""

import re
from functools import (
    partial,
)
from html import (
    unescape,
)
from typing import Any

import nh3
from django.db import models
from django.forms import Field, Media
from django.urls import reverse_lazy
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField, ProseEditorFormField
from django_prose_editor.widgets import ProseEditorWidget
from js_asset import InlineStyle, Script
from js_asset import Media as PageMedia

from core.nesting import flatten, is_too_deep
from core.pasted import tidy_pasted

#: One declaration for the editor's toolbar; the allow-list below repeats it for the server. Those that the package does
#: not know, and Table, TableHeader and Figure, are in the modules static/js/editor*.js, which the settings name.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Footnote": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": {"enableListAttributes": False},
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["https", "http", "mailto"]},
    "Image": True,
    "Figure": True,
    "Caption": True,
    "PictureUpload": True,
    "LiveFigure": True,
    "SectionReference": True,
    "FigureReference": True,
    "TableReference": True,
    "CleanPaste": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "TableIdentities": True,
    "History": True,
    "SpecialCharacters": True,
    "NoSpellCheck": False,
}

#: The editor of short texts that stand under a heading of their own: neither headings nor pictures, and nothing that
#: the dossier numbers.
SIMPLE_EXTENSIONS: dict[str, Any] = {
    name: EXTENSIONS[name]
    for name in (
        *("Bold", "Italic", "Subscript", "Superscript", "Footnote", "BulletList", "OrderedList", "ListItem"),
        *("Blockquote", "HardBreak", "Link", "CleanPaste", "Table", "TableRow", "TableHeader", "TableCell"),
        *("TableIdentities", "History", "SpecialCharacters", "NoSpellCheck"),
    )
}

_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    # What references name the table by (dossier/tables.py).
    "table": {"data-identity"},
    "th": {"scope", "rowspan", "colspan"},
    "td": {"rowspan", "colspan"},
    # What stands at the place is asked of the database when the text is shown (dossier/mentions.py).
    "span": {"data-live-figure", "data-section", "data-picture", "data-table"},
}

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

#: The only addresses a picture may come from: the view that checks who may see it.
PICTURE_PATH = re.compile(rf"\A/c/[-a-zA-Z0-9_]+/dossier/images/(?P<id>{_UUID})/\Z")
#: A place that names a figure of the register, another section, a picture or a table, and holds nothing itself.
LIVE_FIGURE = re.compile(rf'<span data-live-figure="(?P<id>{_UUID})"></span>')
SECTION_REFERENCE = re.compile(rf'<span data-section="(?P<id>{_UUID})"></span>')
FIGURE_REFERENCE = re.compile(rf'<span data-picture="(?P<id>{_UUID})"></span>')
TABLE_REFERENCE = re.compile(rf'<span data-table="(?P<id>{_UUID})"></span>')
#: The opening of a cleaned table, with its identity and its title as far as it has them.
TABLE_OPENING = re.compile(
    rf'<table(?: tabindex="0")?(?: data-identity="(?P<id>{_UUID})")?>(?:\s*<caption>(?P<title>.*?)</caption>)?',
    re.DOTALL,
)


def _keep_own_names(tag: str, attribute: str, value: str) -> str | None:
    """Keep the address of a picture of ours, and the identifiers of tables and of what a place names."""
    if tag == "img" and attribute == "src" and not PICTURE_PATH.match(value):
        return None
    if tag in {"span", "table"} and attribute != "class" and not re.fullmatch(_UUID, value):
        return None
    return value


_cleaner = partial(
    nh3.Cleaner,
    tags={
        *(
            "p",
            "h2",
            "h3",
            "h4",
            "ul",
            "ol",
            "li",
            "blockquote",
            "hr",
            "br",
            "strong",
            "em",
            "sub",
            "sup",
            "a",
        ),
        *("figure", "img", "figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td", "span"),
    },
    attributes=_ATTRIBUTES,
    attribute_filter=_keep_own_names,
    allowed_classes={"span": {"footnote"}},
    url_schemes={"https", "http", "mailto"},
    clean_content_tags={
        "script",
        "style",
        "iframe",
        "object",
        "svg",
        "math",
        "template",
        "noscript",
        "title",
    },
    link_rel="noopener noreferrer",
)
_CLEANER = _cleaner()
_SIMPLE_CLEANER = _cleaner(
    tags=_cleaner.keywords["tags"] - {"h2", "h3", "h4", "hr", "figure", "img", "figcaption"},
    attributes={
        "a": _ATTRIBUTES["a"],
        "ol": _ATTRIBUTES["ol"],
        "th": _ATTRIBUTES["th"],
        "td": _ATTRIBUTES["td"],
    },
    clean_content_tags=_cleaner.keywords["clean_content_tags"] | {"figure"},
)
#: A comparison says in words of its own what became of a picture.
_COMPARISON_CLEANER = _cleaner(
    tags=_cleaner.keywords["tags"] | {"ins", "del"},
    attributes=_ATTRIBUTES | {"p": {"lang"}},
    allowed_classes={"span": {"footnote"}, "p": {"picture-change"}},
)

#: What somebody wrote into a place that holds nothing.
_HELD = re.compile(r'(<span data-[a-z-]+="[^"]*">)[^<]+(?=</span>)')
_HOLLOW_PICTURE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")

_HEADING = re.compile(r"<(?P<end>/?)h[2-4]>")
_EMPTY = re.compile(r"\A(?:\s|<p>(?:\s|&nbsp;|<br>)*</p>)*\Z")

#: The one paragraph of a cell or of an item (a list may follow it there): the editor wraps all of them so.
_LONE_PARAGRAPH = re.compile(
    r"(<(?:td|th|li)\b[^>]*>)<p>((?:(?!</?p>).)*)</p>(?=</(?:td|th|li)>|<[uo]l\b)", re.DOTALL
)
#: A table that holds no other.
_TABLE = re.compile(r"<table\b[^>]*>(?:(?!<table\b).)*?</table>", re.DOTALL)
_TABLE_TAG = re.compile(r"<table\b")
_TABLE_ROW = re.compile(r"\s*<tr>.*?</tr>", re.DOTALL)
_UNSCOPED = re.compile(r"<th(?![^>]*\bscope=)(?=[\s>])")


def sanitise(html: str) -> str:
    """Keep the tags and attributes of the editor; an empty document becomes an empty string.

    Of markup nested beyond measure the words alone are kept.
    """
    html = html or ""
    clean = _CLEANER.clean(flatten(html) if is_too_deep(html) else tidy_pasted(html))
    clean = _HOLLOW_PICTURE.sub("", _HELD.sub(r"\1", clean))
    if _EMPTY.match(clean):
        return ""
    clean = _LONE_PARAGRAPH.sub(r"\1\2", clean)
    return _TABLE.sub(_with_headers, clean)


def sanitise_simply(html: str) -> str:
    """Keep what the editor of short texts offers; a heading becomes a paragraph in bold."""
    clean = _SIMPLE_CLEANER.clean(_HEADING.sub(_in_bold, sanitise(html)))
    return "" if _EMPTY.match(clean) else clean


def _in_bold(match: re.Match[str]) -> str:
    return "</strong></p>" if match["end"] else "<p><strong>"


def _with_headers(match: re.Match[str]) -> str:
    """Put the heading rows of a table into its head, and say of each header what it heads.

    The editor knows neither ``thead`` nor ``scope`` of the cells it adds; without them a screen reader cannot
    tell which header a figure belongs to, and a table that runs over pages does not repeat its head.
    """
    before, opening, rest = match[0].partition("<tbody>")
    if not opening:
        return match[0]
    if "<thead>" in before:
        head, body = before, opening + rest
        return _UNSCOPED.sub('<th scope="col"', head) + _UNSCOPED.sub('<th scope="row"', body)
    length = 0
    for row in _TABLE_ROW.finditer(rest):
        if not _is_heading_row(row[0]) or row.start() != length:
            break
        length = row.end()
    rows, others = rest[:length], rest[length:]
    if not rows or "<tr>" not in others:
        return before + opening + _UNSCOPED.sub('<th scope="row"', rest)
    head = f"<thead>{rows}</thead>"
    return (
        before + _UNSCOPED.sub('<th scope="col"', head) + opening + _UNSCOPED.sub('<th scope="row"', others)
    )


def _is_heading_row(row: str) -> bool:
    return 'scope="col"' in row or ("<th" in row and "<td" not in row)


def render_rich_text(html: str) -> SafeString:
    """Return ``html`` ready for a template, cleaned again whatever the database holds."""
    return mark_safe(sanitise(html))  # noqa: S308 -- the one place where cleaned HTML is declared safe


def render_for_reading(html: str) -> SafeString:
    """Return ``html`` for a page, where a table wider than the screen is reached and scrolled by keyboard."""
    return mark_safe(_TABLE_TAG.sub('<table tabindex="0"', sanitise(html)))  # noqa: S308 -- as above


def render_comparison(html: str) -> SafeString:
    """Return ``html``, which may say what was inserted and deleted, ready for a template."""
    return mark_safe(_TABLE_TAG.sub('<table tabindex="0"', _COMPARISON_CLEANER.clean(html)))  # noqa: S308 -- as above


def to_plain_text(html: str) -> str:
    """Return the words of ``html``, with a space where a block ends."""
    spaced = re.sub(r"(?i)</(?:p|h[2-4]|li|td|th|caption|figcaption|blockquote|tr)>|<br>", r" ", html)
    return " ".join(strip_tags(spaced).split())


def count_text(html: str) -> tuple[int, int]:
    """Count the words and the characters of ``html``, as its reader would."""
    words = unescape(to_plain_text(html)).split()
    # A colon or a guillemet stands alone between its spaces, as French wants it, and is no word.
    return sum(any(map(str.isalnum, word)) for word in words), len(" ".join(words))


class RichTextWidget(ProseEditorWidget):  # type: ignore[misc]  # the package ships no types
    """The editor, dressed and named by the page; without JavaScript, the plain field with its tags."""

    @property
    def media(self) -> Media:
        # The catalogue is a classic script: it runs before the editor's modules, which read it once. The empty
        # style stands where Tiptap would inject an inline one, which the page's policy refuses; its rules are
        # in css/editor.css.
        ours: Media = PageMedia(
            css={"all": [InlineStyle("", **{"data-tiptap-style": True}), "css/editor.css"]},
            js=[Script(reverse_lazy("accounts:javascript-catalogue"))],
        )
        combined: Media = super().media + ours
        return combined


class RichTextFormField(ProseEditorFormField):  # type: ignore[misc]  # the package ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # A model's text field asks for a plain area, and the parent class would put its own editor there.
        super().__init__(*args, **kwargs | {"widget": RichTextWidget})


class RichTextField(ProseEditorField):  # type: ignore[misc]  # the library ships no types
    """A rich text that is cleaned whenever it is saved, by a form or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", EXTENSIONS)
        kwargs.setdefault("sanitize", sanitise)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 -- Django's signature
        clean = sanitise(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, clean)
        return clean

    def formfield(self, **kwargs: Any) -> Field | None:
        field: Field | None = super().formfield(**{"form_class": RichTextFormField, **kwargs})
        return field


class SimpleRichTextField(RichTextField):
    """A rich text under a heading of its own: see SIMPLE_EXTENSIONS."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("extensions", SIMPLE_EXTENSIONS)
        kwargs.setdefault("sanitize", sanitise_simply)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001 -- Django's signature
        clean = sanitise_simply(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, clean)
        return clean
