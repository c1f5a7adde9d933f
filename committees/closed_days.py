"""Days on which the committees of a candidacy do not meet: public holidays, and the blackouts it has entered."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from committees.models import Blackout, Meeting
from core.templatetags.formats import short_date
from core.working_days import holiday_name, is_working_day

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ClosedDays:
    blackouts: Sequence[Blackout] = ()
    region: str = ""

    def reason(self, day: date) -> str:
        """Say why nobody meets on ``day``; empty where nothing stands against it."""
        if holiday := holiday_name(day, self.region):
            return _("jour férié (%(name)s)") % {"name": holiday}
        blackout = self.blackout_on(day)
        if blackout is None:
            return ""
        return _("période sans réunion (%(name)s, du %(first)s au %(last)s)") % {
            "name": blackout.name,
            "first": short_date(blackout.first_day),
            "last": short_date(blackout.last_day),
        }

    def blackout_on(self, day: date) -> Blackout | None:
        return next((blackout for blackout in self.blackouts if blackout.holds(day)), None)

    def is_open(self, day: date) -> bool:
        """Whether a committee may meet on ``day``: a working day outside the blackouts."""
        return is_working_day(day, self.region) and self.blackout_on(day) is None

    def last_open_day(self, first: date, last: date) -> date | None:
        """Return the last day of the range on which a committee may meet."""
        day = last
        while day >= first:
            if self.is_open(day):
                return day
            blackout = self.blackout_on(day)
            day = (blackout.first_day if blackout else day) - ONE_DAY
        return None


def read_closed_days(candidacy: Candidacy, region: str | None = None) -> ClosedDays:
    """Read when ``candidacy`` does not meet, with the public holidays of another ``region`` where one is asked for."""
    own = closed_days_of([candidacy])[candidacy.pk]
    return own if region is None else replace(own, region=region)


def closed_days_of(candidacies: Iterable[Candidacy]) -> dict[int, ClosedDays]:
    """Read, in one query, when each candidacy does not meet, by primary key."""
    region_of = {candidacy.pk: candidacy.holiday_region for candidacy in candidacies}
    by_candidacy: dict[int, list[Blackout]] = defaultdict(list)
    for blackout in Blackout.objects.of_candidacies(region_of):
        by_candidacy[blackout.candidacy_id].append(blackout)
    return {key: ClosedDays(tuple(by_candidacy[key]), region) for key, region in region_of.items()}


def closed_reason(meeting: Meeting) -> str:
    """Say why the day of a meeting still to come is a bad one; empty when it is not, or when it is over."""
    if meeting.is_cancelled or meeting.is_held or meeting.has_started:
        return ""
    return read_closed_days(meeting.committee.candidacy).reason(meeting.local_day)
