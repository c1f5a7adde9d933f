"""What the page of minutes shows: the texts in the order of the agenda, with what was decided under each."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from committees.models import Decision, Meeting, Minutes, MinutesText
from committees.models.meeting import MeetingQuerySet
from core.two_texts import TwoTexts, set_side_by_side
from core.working_days import is_working_day


@dataclass(frozen=True)
class WrittenText:
    """One text at its place, with its number on the agenda where it has one."""

    text: MinutesText
    number: int | None
    decisions: tuple[Decision, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.number}. {self.text.title}" if self.number else self.text.title


@dataclass(frozen=True)
class MinutesSheet:
    minutes: Minutes
    texts: tuple[WrittenText, ...]
    #: What was decided under no item in particular, or under one that has no text yet.
    other_decisions: tuple[Decision, ...]
    #: Items put on the agenda since the minutes were begun.
    lacks_texts: bool

    @property
    def written(self) -> int:
        return sum(bool(row.text.body) for row in self.texts)


def read_minutes(minutes: Minutes) -> MinutesSheet:
    """Read the minutes in three queries."""
    texts = in_order(minutes)
    with_text = {text.agenda_item_id for text in texts}
    decisions: dict[int | None, list[Decision]] = defaultdict(list)
    related = ("owner__organisation", "vote", "agenda_item")
    for decision in minutes.meeting.decisions.select_related(*related).order_by("pk"):
        item = decision.agenda_item_id
        decisions[item if item in with_text else None].append(decision)
    numbers = {key: rank for rank, key in enumerate(_agenda(minutes.meeting), start=1)}
    return MinutesSheet(
        minutes=minutes,
        texts=tuple(
            WrittenText(
                text,
                numbers.get(text.agenda_item_id or 0),
                tuple(decisions[text.agenda_item_id]) if text.agenda_item_id else (),
            )
            for text in texts
        ),
        other_decisions=tuple(decisions[None]),
        lacks_texts=bool(set(numbers) - with_text),
    )


def in_order(minutes: Minutes) -> list[MinutesText]:
    texts = minutes.texts.select_related("agenda_item")
    return sorted(texts, key=lambda text: text.rank)


def texts_shown(minutes: Minutes, *, with_reserved: bool) -> list[MinutesText]:
    """Return the texts in order, without those of confidential items where the reader is not told of them."""
    return [
        text
        for text in in_order(minutes)
        if with_reserved or text.agenda_item is None or not text.agenda_item.is_confidential
    ]


def send_by(meeting: Meeting) -> date:
    """Return the last day on which the committee wants its minutes sent: so many working days after the meeting."""
    day, left = meeting.local_day, meeting.committee.minutes_due_days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, meeting.committee.candidacy.holiday_region)
    return day


def later_meetings(minutes: Minutes) -> MeetingQuerySet:
    """Return the meetings of the committee that may have spoken of the minutes since."""
    meeting, now = minutes.meeting, timezone.now()
    begun = Q(status=Meeting.Status.HELD) | Q(status=Meeting.Status.CONVENED, starts_at__lte=now)
    later: MeetingQuerySet = Meeting.objects.filter(
        begun, committee=meeting.committee_id, starts_at__gt=meeting.starts_at
    )
    return later.select_related("committee__candidacy").order_by("starts_at", "pk")


def _agenda(meeting: Meeting) -> list[int]:
    return list(meeting.agenda_items.order_by("position", "pk").values_list("pk", flat=True))


def neighbours(
    texts: tuple[WrittenText, ...], text: MinutesText
) -> tuple[MinutesText | None, MinutesText | None]:
    """Return the text before and the text after ``text``."""
    place = next(rank for rank, row in enumerate(texts) if row.text.pk == text.pk)
    before = texts[place - 1].text if place else None
    after = texts[place + 1].text if place + 1 < len(texts) else None
    return before, after


def read_two_texts(*, text: MinutesText, typed: str, base_revision: int) -> TwoTexts:
    """Set the ``typed`` words against those that ``text`` has now."""
    newer = text.revisions.select_related("saved_by").filter(number=text.revision).first()
    begun = text.revisions.filter(number=base_revision).first()
    base = begun.body if begun else ("" if base_revision == 0 else None)
    return set_side_by_side(newer=newer, saved=text.body, typed=typed, base=base)
