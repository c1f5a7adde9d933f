"""The buttons of each row of a meeting's page.

What is the same on each row is put together once: as template nodes, the buttons of twenty people and twenty items took
a tenth of the time of the page.
"""

from functools import lru_cache

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.models import AgendaItem, Invitation, TemplateItem
from core.templatetags.icons import lucide

register = template.Library()

_PRESSED = SafeString(' aria-pressed="true"')
_DISABLED = SafeString(' aria-disabled="true"')
_NOT = SafeString("")


@register.simple_tag(takes_context=True)
def answer_buttons(context: template.Context, invitation: Invitation, address: str) -> SafeString:
    """Note what one person answered, in one click or on the page at ``address``."""
    return format_html(
        _answer_pattern(get_language()),
        address=address,
        token=context.get("csrf_token", ""),
        key=invitation.public_id,
        name=invitation.contact,
        **{
            value: _PRESSED if invitation.answer == value else _NOT
            for value in ("present", "remote", "excused")
        },
    )


@register.simple_tag(takes_context=True)
def agenda_buttons(
    context: template.Context,
    item: AgendaItem | TemplateItem,
    move_address: str,
    edit_address: str,
    *,
    is_first: bool,
    is_last: bool,
) -> SafeString:
    """Move one item of an agenda up or down, or edit it."""
    return format_html(
        _agenda_pattern(get_language()),
        address=move_address,
        edit_address=edit_address,
        token=context.get("csrf_token", ""),
        key=item.public_id,
        name=item.title,
        up=_DISABLED if is_first else _NOT,
        down=_DISABLED if is_last else _NOT,
    )


@lru_cache
def _answer_pattern(_language: str | None) -> str:
    choices = (
        ("present", "check", _("vient")),
        ("remote", "video", _("vient à distance")),
        ("excused", "x", _("s’excuse")),
    )
    buttons = [
        _button(value, "answer", icon, f"{{name}} {conditional_escape(words)}", title=words)
        for value, icon, words in choices
    ]
    more = conditional_escape(_("Réponse et invitation\u00a0:"))
    link = _link("{address}", "ellipsis", f"{more} {{name}}", title=more)
    return _form("invitations", buttons) + link


@lru_cache
def _agenda_pattern(_language: str | None) -> str:
    directions = (("up", "arrow-up", _("Monter")), ("down", "arrow-down", _("Descendre")))
    title = "«\u00a0{name}\u00a0»"
    buttons = [
        _button(value, "direction", icon, f"{conditional_escape(words)} {title}")
        for value, icon, words in directions
    ]
    link = _link("{edit_address}", "pencil", f"{conditional_escape(_('Modifier'))} {title}")
    return _form("ordre-du-jour", buttons) + link


def _form(part: str, buttons: list[str]) -> str:
    return (
        f'<form method="post" action="{{address}}" hx-post="{{address}}" hx-target="#{part}" hx-swap="outerHTML">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{{token}}">{"".join(buttons)}</form>'
    )


def _button(value: str, name: str, icon: str, label: str, *, title: str = "") -> str:
    """Return a button with the pattern's own place for its state, which has the name of its value."""
    return (
        f'<button type="submit" class="btn btn-sm btn-icon" id="{value}-{{key}}" name="{name}" value="{value}"'
        f"{{{value}}}{_title(title)}>{_labelled(icon, label)}</button>"
    )


def _link(address: str, icon: str, label: str, *, title: str = "") -> str:
    return f'<a class="btn btn-sm btn-icon" href="{address}"{_title(title)}>{_labelled(icon, label)}</a>'


def _title(title: str) -> str:
    return f' title="{conditional_escape(title)}"' if title else ""


def _labelled(icon: str, label: str) -> str:
    drawn = lucide(icon, size=16, aria_hidden="true")
    return f'{drawn}<span class="visually-hidden">{label}</span>'
