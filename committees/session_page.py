"""What the screen of the room shows: where one is, how long is left, who is there, what was decided."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from committees.models import (
    AgendaItem,
    Decision,
    DecisionVote,
    Invitation,
    ItemPassage,
    Meeting,
    MeetingSession,
    MinutesDraft,
    MinutesText,
    protocol_rank,
)
from committees.representation import CAME
from committees.voices import count_voices


@dataclass(frozen=True)
class RoomItem:
    item: AgendaItem
    number: int
    passage: ItemPassage | None

    @property
    def is_current(self) -> bool:
        return self.passage is not None and self.passage.ended_at is None

    @property
    def is_done(self) -> bool:
        return self.passage is not None and self.passage.ended_at is not None


@dataclass(frozen=True)
class RoomPerson:
    invitation: Invitation
    arrived_at: datetime | None
    signature: str

    @property
    def is_here(self) -> bool:
        return self.invitation.attendance in CAME


@dataclass(frozen=True)
class RoomDecision:
    decision: Decision
    vote: DecisionVote | None


@dataclass(frozen=True)
class Room:
    meeting: Meeting
    session: MeetingSession | None
    items: tuple[RoomItem, ...]
    people: tuple[RoomPerson, ...]
    #: Voices that are there, and all that there are.
    voices: int
    voting: int
    decisions: tuple[RoomDecision, ...]
    text: MinutesText | None

    @property
    def current(self) -> RoomItem | None:
        return next((row for row in self.items if row.is_current), None)

    @property
    def before(self) -> RoomItem | None:
        return self._beside(-1)

    @property
    def after(self) -> RoomItem | None:
        return self._beside(1)

    def _beside(self, step: int) -> RoomItem | None:
        if self.current is None:
            return None
        place = self.items.index(self.current) + step
        return self.items[place] if 0 <= place < len(self.items) else None

    @property
    def present(self) -> int:
        return sum(one.is_here for one in self.people)

    @property
    def quorum(self) -> int | None:
        return self.meeting.committee.quorum

    @property
    def missing_voices(self) -> int:
        return max(0, (self.quorum or 0) - self.voices)


def read_room(meeting: Meeting) -> Room:
    session = MeetingSession.objects.filter(meeting=meeting).first()
    passages = {row.agenda_item_id: row for row in session.passages.all()} if session else {}
    items = tuple(
        RoomItem(item, number, passages.get(item.pk))
        for number, item in enumerate(meeting.agenda_items.all(), start=1)
    )
    people = read_people(meeting)
    counted = count_voices(meeting, [person.invitation for person in people])
    current = next((row for row in items if row.is_current), None)
    return Room(
        meeting=meeting,
        session=session,
        items=items,
        people=people,
        voices=counted.present,
        voting=counted.total,
        decisions=tuple(
            RoomDecision(decision, getattr(decision, "vote", None))
            for decision in meeting.decisions.select_related("agenda_item", "owner", "vote").order_by("-pk")
        ),
        text=_text_of(current) if current else None,
    )


def read_people(meeting: Meeting) -> tuple[RoomPerson, ...]:
    """Read who was called, in the order of protocol, with what was noted when they came."""
    invitations = meeting.invitations.select_related("contact__organisation", "arrival")
    people = []
    for invitation in sorted(invitations, key=protocol_rank):
        arrival = getattr(invitation, "arrival", None)
        came = arrival if invitation.attendance in CAME else None
        people.append(RoomPerson(invitation, came and came.arrived_at, came.signature if came else ""))
    return tuple(people)


def items_with_draft(meeting: Meeting, reader: User) -> set[int | None]:
    """Return the items in whose text ``reader`` has typed what is not saved yet."""
    drafts = MinutesDraft.objects.visible_to(reader).filter(text__minutes__meeting=meeting)
    return set(drafts.values_list("text__agenda_item", flat=True))


def _text_of(row: RoomItem) -> MinutesText | None:
    return row.item.minutes_texts.select_related("minutes", "agenda_item").first()
