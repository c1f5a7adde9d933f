from collections.abc import Collection
from datetime import date, time
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import Committee, MeetingSeries
from committees.services.locking import already_made, identity, lock
from committees.services.meetings import create_meeting
from core.errors import DomainError
from core.localtime import local_instant


class SeriesFields(TypedDict, total=False):
    frequency: str
    interval: int
    rank: int | None
    weekday: int
    local_time: time
    first_day: date
    last_day: date
    when_closed: str


@transaction.atomic
def create_series(
    *,
    committee: Committee,
    days: Collection[date],
    public_id: UUID | None = None,
    **rule: Unpack[SeriesFields],
) -> MeetingSeries:
    """Draft one meeting on each of ``days``, at the same hour of the wall clock whatever the season; nobody is told.

    The days are those that the person kept of what the rule proposed.
    """
    locked = lock(committee)
    if (series := already_made(locked.series.all(), public_id)) is not None:
        return series
    if not days:
        raise DomainError(_("Gardez au moins une date."))
    series = MeetingSeries(committee=locked, **identity(public_id), **rule)
    series.full_clean()
    series.save()
    for day in sorted(set(days)):
        starts_at = local_instant(day, series.local_time, locked.candidacy.zone)
        create_meeting(committee=locked, starts_at=starts_at, series=series)
    return series
