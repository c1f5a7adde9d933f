"""How often a committee promised to meet, and how often it did, in words. A list of committees writes fifty of each."""

from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from committees.models import Committee
from committees.rhythm import Rhythm
from core.templatetags.badges import badge

register = template.Library()


@register.simple_tag
def rhythm_state(rhythm: Rhythm) -> SafeString:
    """Draw whether a committee keeps its rhythm over one period."""
    return badge(rhythm.state.value, rhythm.state.tone)


@register.simple_tag
def rhythm_rule(committee: Committee) -> str:
    """Write « 1 à 2 réunions par mois »."""
    low, high = committee.rhythm_min, committee.rhythm_max
    period = committee.get_rhythm_period_display()
    if low and high and low != high:
        return _("%(low)s à %(high)s réunions %(period)s") % {"low": low, "high": high, "period": period}
    if low and high:
        told = ngettext("%(n)s réunion %(period)s", "%(n)s réunions %(period)s", low)
    elif low:
        told = ngettext("au moins %(n)s réunion %(period)s", "au moins %(n)s réunions %(period)s", low)
    elif high:
        told = ngettext("au plus %(n)s réunion %(period)s", "au plus %(n)s réunions %(period)s", high)
    else:
        return _("pas de rythme fixé")
    return told % {"n": low or high, "period": period}


@register.simple_tag
def rhythm_count(rhythm: Rhythm) -> SafeString:
    """Write what a period counts: « mars 2026 : 1 tenue, **1 manquante** »."""
    counts = list(_counts(rhythm)) or [_("aucune réunion")]
    return format_html(
        "{}\u00a0: {}", rhythm.period.label, format_html_join(", ", "{}", ((count,) for count in counts))
    )


def _counts(rhythm: Rhythm) -> Iterator[str]:
    if rhythm.held:
        yield ngettext("%(n)s tenue", "%(n)s tenues", rhythm.held) % {"n": rhythm.held}
    if rhythm.convened:
        yield ngettext("%(n)s convoquée", "%(n)s convoquées", rhythm.convened) % {"n": rhythm.convened}
    if rhythm.missing:
        missing = ngettext("%(n)s manquante", "%(n)s manquantes", rhythm.missing)
        yield format_html("<strong>{}</strong>", missing % {"n": rhythm.missing})
