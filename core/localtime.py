"""Instants written on a wall clock, where one hour a year does not exist and another comes twice."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.errors import DomainError


def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant when the clocks of ``zone`` show ``at`` on ``day``, in UTC.

    An hour that comes twice (end of summer time) is the first of the two.
    Raises DomainError for an hour that the clocks skip.
    """
    wall = datetime.combine(day, at)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != wall:
        raise DomainError(
            _(
                "Le %(day)s, l’heure %(time)s n’existe pas : on passe à l’heure d’été. Choisissez une autre heure."
            )
            % {"day": day.strftime("%d/%m/%Y"), "time": at.strftime("%H h %M")}
        )
    return instant


def first_instant_from(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the first instant at or after ``at`` on ``day``: an hour that is skipped slides to the next one."""
    return datetime.combine(day, at).replace(tzinfo=zone).astimezone(UTC)
