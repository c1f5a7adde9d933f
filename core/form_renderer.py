from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

_INPUTS = frozenset(
    f"django/forms/widgets/{kind}.html"
    for kind in (
        *("checkbox", "checkbox_option", "date", "email", "file", "hidden", "number", "password"),
        *("radio_option", "search", "tel", "text", "time", "url"),
    )
)


class FormRenderer(DjangoTemplates):
    """Writes an <input> in one go: Django renders three templates for it, and a page shows a thousand people to tick."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        widget = context.get("widget", {})
        if template_name not in _INPUTS or widget.get("wrap_label"):
            drawn: SafeString = super().render(template_name, context, request)  # type: ignore[assignment]  # it is safe
            return drawn
        known = {"type": widget["type"], "name": widget["name"], "value": widget["value"]}
        return format_html("<input{}>", flatatt(known | widget["attrs"]))
