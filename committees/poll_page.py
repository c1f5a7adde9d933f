"""What the lead reads of a date poll: who can come when, and whether that makes a quorum."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import User
from candidacy.models import Candidacy
from committees.announcements import address_of
from committees.closed_days import read_closed_days
from committees.models import Committee, DatePoll, PollAnswer, PollParticipant, PollSlot, protocol_rank

Value = PollAnswer.Value


@dataclass(frozen=True)
class SlotLine:
    """One slot: how many answered what, and how many voices that brings."""

    slot: PollSlot
    yes: int
    if_needed: int
    no: int
    voices: int
    #: With those who can come if need be.
    voices_if_needed: int
    quorum: int | None
    #: Why the day is a bad one, or nothing.
    closed_reason: str
    is_past: bool

    @property
    def has_quorum(self) -> bool:
        return self.quorum is not None and self.voices >= self.quorum

    @property
    def has_quorum_if_needed(self) -> bool:
        return self.quorum is not None and self.voices_if_needed >= self.quorum

    @property
    def rank(self) -> tuple[bool, bool, int, int]:
        """Sort slots: quorum first, then who can come, then who can if need be."""
        return self.has_quorum, self.has_quorum_if_needed, self.yes, self.yes + self.if_needed


@dataclass(frozen=True)
class ParticipantRow:
    participant: PollParticipant
    #: In the order of the slots; nothing where the person has not answered.
    answers: Sequence[PollAnswer | None]

    @property
    def has_address(self) -> bool:
        return bool(address_of(self.participant.contact))


@dataclass(frozen=True)
class PollGrid:
    lines: Sequence[SlotLine]
    rows: Sequence[ParticipantRow]

    @property
    def answered(self) -> int:
        return sum(row.participant.answered_at is not None for row in self.rows)

    @property
    def best(self) -> SlotLine | None:
        """The slot that suits best, once somebody can come at all."""
        free = [line for line in self.lines if not line.is_past and line.yes + line.if_needed]
        return max(free, key=lambda line: line.rank, default=None)


def read_grid(poll: DatePoll, now: datetime) -> PollGrid:
    """Lay out every answer, in a fixed number of queries.

    A titular and their deputies bring one voice, however many of them can come.
    """
    committee = poll.committee
    people = poll.participants.select_related("contact__organisation", "contact__user")
    participants = sorted(people.prefetch_related("answers"), key=protocol_rank)
    seats = committee.members.values_list("contact", "pk", "deputy_of")
    voices = {contact: deputy_of or seat for contact, seat, deputy_of in seats}
    closed = read_closed_days(committee.candidacy)
    slots = list(poll.slots.all())
    given = {
        participant.pk: {answer.slot_id: answer for answer in participant.answers.all()}
        for participant in participants
    }

    def line(slot: PollSlot) -> SlotLine:
        said = {person: answers[slot.pk].value for person, answers in given.items() if slot.pk in answers}
        values = list(said.values())
        yes = [person for person in participants if said.get(person.pk) == Value.YES]
        able = [person for person in participants if said.get(person.pk) in {Value.YES, Value.IF_NEEDED}]
        return SlotLine(
            slot=slot,
            yes=values.count(Value.YES),
            if_needed=values.count(Value.IF_NEEDED),
            no=values.count(Value.NO),
            voices=_count_voices(yes, voices),
            voices_if_needed=_count_voices(able, voices),
            quorum=committee.quorum,
            closed_reason=closed.reason(slot.starts_at.astimezone(committee.candidacy.zone).date()),
            is_past=slot.starts_at <= now,
        )

    return PollGrid(
        lines=[line(slot) for slot in slots],
        rows=[
            ParticipantRow(participant, [given[participant.pk].get(slot.pk) for slot in slots])
            for participant in participants
        ],
    )


def _count_voices(people: Iterable[PollParticipant], voices: dict[int, int]) -> int:
    return len({voices.get(person.contact_id, -person.contact_id) for person in people if person.is_voting})


def open_polls_of(committee: Committee) -> list[DatePoll]:
    """Return the open polls of ``committee``, each with its ``answered_count`` and ``asked_count``."""
    counted = committee.polls.open().annotate(
        asked_count=Count("participants"),
        answered_count=Count("participants", filter=Q(participants__answered_at__isnull=False)),
    )
    return list(counted.order_by("created_at", "pk"))


def asked_of(user: User, candidacy: Candidacy) -> list[PollParticipant]:
    """Return the open polls in which ``user`` is asked, those still without their answer first."""
    own = PollParticipant.objects.filter(
        contact__user=user, poll__committee__candidacy=candidacy, poll__closed_at__isnull=True
    )
    rows = own.select_related("poll__committee").order_by("poll__created_at", "pk")
    return sorted(rows, key=lambda row: row.answered_at is not None)
