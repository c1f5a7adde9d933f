"""The habits of the demonstration’s committees: who animates, what each agenda begins with, when nobody meets, a poll."""

from datetime import date, time
from typing import Any

from committees.models import Committee, DatePoll
from committees.services.blackouts import create_blackout
from committees.services.committees import edit_committee
from committees.services.polls import answer_poll, create_poll
from committees.services.template_agenda import add_template_item
from core.localtime import first_instant_from
from dossier.demonstration.cast import Cast
from dossier.demonstration.days import office_day


def load_bodies(cast: Cast) -> None:
    """Settle the committees once they have met: a template agenda reaches only what is drafted after it."""
    facts = cast.source.table("committees")
    for row in facts["blackouts"]:
        _enter_blackout(cast, row)
    committees = {committee.acronym: committee for committee in cast.candidacy.committees.all()}
    for row in facts["committees"]:
        committee = committees[row["acronym"]]
        if "animators" in row:
            _name_animators(cast, committee, row["animators"])
        for item in row.get("template_agenda", ()):
            add_template_item(committee=committee, **item)
        if "poll" in row:
            _ask_for_dates(cast, committee, row["poll"])


def _enter_blackout(cast: Cast, row: dict[str, Any]) -> None:
    """Enter the next days of the year that are not over, in the year or across its end."""
    year = cast.today.year
    while (last := date(year + row.get("years", 0), *row["last"])) < cast.today:
        year += 1
    create_blackout(
        candidacy=cast.candidacy, name=row["name"], first_day=date(year, *row["first"]), last_day=last
    )


def _name_animators(cast: Cast, committee: Committee, keys: list[str]) -> None:
    animator, co_animator = (cast.contacts[key] for key in keys)
    edit_committee(
        committee=committee,
        expected_revision=committee.revision,
        animator=animator,
        co_animator=co_animator,
    )


def _ask_for_dates(cast: Cast, committee: Committee, row: dict[str, Any]) -> None:
    slots = [
        first_instant_from(office_day(cast.today, slot["day"]), time.fromisoformat(slot["time"]), cast.zone)
        for slot in row["slots"]
    ]
    poll = create_poll(
        committee=committee,
        by=cast.lead,
        slots=slots,
        title=row["title"],
        message=row["message"],
        duration_minutes=committee.default_minutes,
        place=committee.default_place,
    )
    for answer in row["answers"]:
        _answer(cast, poll, answer)


def _answer(cast: Cast, poll: DatePoll, row: dict[str, Any]) -> None:
    participant = poll.participants.get(contact=cast.contacts[row["contact"]])
    slots = [slot.public_id for slot in poll.slots.all()]
    answer_poll(
        participant=participant,
        answers=dict(zip(slots, row["values"], strict=True)),
        comment=row.get("comment", ""),
    )
