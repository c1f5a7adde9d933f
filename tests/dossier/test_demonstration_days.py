from datetime import UTC, date, datetime

import pytest
import time_machine

from candidacy.models import Candidacy
from committees.models import Meeting
from committees.rhythm import rhythms
from core.working_days import holiday_name
from dossier.demonstration.days import office_day, sitting_day
from dossier.demonstration.loading import load_demonstration


def test_a_committee_sits_on_its_weekday_nearest_to_the_distance():
    assert sitting_day(date(2026, 11, 22), distance=10, weekday="thursday") == date(2026, 12, 3)
    assert sitting_day(date(2026, 11, 22), distance=-24, weekday="thursday") == date(2026, 10, 29)


def test_a_committee_that_would_sit_on_a_holiday_sits_a_week_further_away():
    assert sitting_day(date(2025, 12, 15), distance=10, weekday="thursday") == date(2026, 1, 8)
    assert sitting_day(date(2026, 1, 18), distance=-24, weekday="thursday") == date(2025, 12, 18)


def test_offices_are_open_on_the_day_of_the_deposit():
    assert office_day(date(2026, 1, 1), 9) == date(2026, 1, 9)
    assert office_day(date(2026, 12, 20), 5) == date(2026, 12, 24)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2028, 2, 28, 22, 30, tzinfo=UTC),  # the evening before a leap day, in Paris
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # the clocks have just gone forward
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # half past two comes for the first time
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),  # already the new year in Paris
    ],
)
def test_the_bid_loads_on_any_day_of_the_year(moment):
    with time_machine.travel(moment, tick=False):
        candidacy = load_demonstration().candidacy

    zone = candidacy.zone
    clocks = {"COTECH": (3, 9, 30), "COPIL": (1, 14, 30), "SOUTIEN": (2, 18, 30), "GT-PART": (0, 17, 0)}
    for meeting in Meeting.objects.select_related("committee"):
        local = meeting.starts_at.astimezone(zone)
        assert (local.weekday(), local.hour, local.minute) == clocks[meeting.committee.acronym]
        assert not holiday_name(local.date())
        assert (meeting.status in {"held", "cancelled"}) == (meeting.starts_at < moment)
    chief = candidacy.committees.filter(kind__in=["cotech", "copil"]).select_related("candidacy")
    assert [rhythm.missing for rhythm in rhythms(list(chief), moment).values()] == [0, 0]
    assert candidacy.deposit_on.year + 2 == candidacy.title_year
    assert list(candidacy.funding_plan.years) == [candidacy.title_year + step for step in (-1, 0, 1)]
    phases = [day for day in candidacy.phases.values_list("planned_on", flat=True) if day]
    assert phases == sorted(phases)
    assert Candidacy.objects.count() == 1
