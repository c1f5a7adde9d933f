"""Days on which offices are closed in France: weekends, and the public holidays of the region."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from holidays import country_holidays

SATURDAY = 5
#: Where holidays differ from those of the whole of France, under the codes of the library.
REGIONS = {
    "": _("France"),
    "57": _("Alsace-Moselle"),
    "971": _("Guadeloupe"),
    "972": _("Martinique"),
    "973": _("Guyane"),
    "974": _("La Réunion"),
    "976": _("Mayotte"),
}
_ALSACE_MOSELLE = ("57", "67", "68")


def holiday_name(day: date, region: str = "") -> str:
    """Name the public holiday of ``day`` in ``region``; empty on any other day."""
    return _holidays(day.year, region).get(day, "")


def is_working_day(day: date, region: str = "") -> bool:
    return day.weekday() < SATURDAY and not holiday_name(day, region)


def region_of_commune(insee_code: str) -> str:
    """Return the region whose holidays a commune keeps."""
    if insee_code.startswith(_ALSACE_MOSELLE):
        return "57"
    return insee_code[:3] if insee_code[:3] in REGIONS else ""


@lru_cache(maxsize=256)
def _holidays(year: int, region: str) -> Mapping[date, str]:
    named = country_holidays("FR", subdiv=region or None, years=year, language="fr")
    return {day: name.replace("'", "’") for day, name in named.items()}
