"""Rich text: what the editor offers is what the server keeps, and nothing else is ever stored or shown."""

import re
from typing import Any

import nh3
from django.db import models
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django_prose_editor.fields import ProseEditorField

#: One declaration for the editor's toolbar; the allow-list below repeats it for the server.
EXTENSIONS: dict[str, Any] = {
    "Bold": True,
    "Italic": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3, 4]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HorizontalRule": True,
    "HardBreak": True,
    "Link": {"enableTarget": False, "protocols": ["https", "http", "mailto"]},
    "Image": True,
    "Figure": True,
    "Caption": True,
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
    "History": True,
    "SpecialCharacters": True,
    "NoSpellCheck": False,
}

_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "th": {"scope", "rowspan", "colspan"},
    "td": {"rowspan", "colspan"},
}

#: The only addresses a picture may come from: the view that checks who may see it.
PICTURE_PATH = re.compile(
    r"\A/c/[-a-zA-Z0-9_]+/dossier/images/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/\Z"
)


def _keep_own_pictures(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not PICTURE_PATH.match(value):
        return None
    return value


_CLEANER = nh3.Cleaner(
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
    attribute_filter=_keep_own_pictures,
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

_EMPTY = re.compile(r"\A(?:\s|<p>(?:\s|&nbsp;|<br>)*</p>)*\Z")


def sanitise(html: str) -> str:
    """Keep the tags and attributes of the editor; an empty document becomes an empty string."""
    clean = _CLEANER.clean(html or "")
    return "" if _EMPTY.match(clean) else clean


def render_rich_text(html: str) -> SafeString:
    """Return ``html`` ready for a template, cleaned again whatever the database holds."""
    return mark_safe(sanitise(html))  # noqa: S308 -- the one place where cleaned HTML is declared safe


def to_plain_text(html: str) -> str:
    """Return the words of ``html``, with a space where a block ends."""
    spaced = re.sub(r"(?i)</(?:p|h[2-4]|li|td|th|caption|figcaption|blockquote|tr)>|<br>", r" ", html)
    return " ".join(strip_tags(spaced).split())


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
