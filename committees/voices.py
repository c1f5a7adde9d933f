"""Who votes at a meeting, by what was answered and by who came."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from committees.models import CommitteeMember, Invitation, Meeting


class Voices(NamedTuple):
    """How many vote, on the list, by what they answered, and by who came."""

    total: int
    announced: int
    present: int


def count_voices(meeting: Meeting, invitations: Iterable[Invitation] | None = None) -> Voices:
    """Count who votes at ``meeting``; ``invitations`` are all of its own, for whoever has read them already."""
    called = meeting.invitations.all() if invitations is None else invitations
    return voices_of(called, CommitteeMember.objects.filter(committee=meeting.committee_id))


def voices_of(invitations: Iterable[Invitation], seats: Iterable[CommitteeMember]) -> Voices:
    """Count who votes: all of them, those announced, and those in the room or represented there.

    A titular and their deputies bring one voice, however many of them come. Whoever is represented counts where the
    person who stands in for them comes.
    """
    called = list(invitations)
    seat_of = {seat.contact_id: seat.deputy_of_id or seat.pk for seat in seats}
    announced = {row.contact_id for row in called if row.answer in Invitation.COMING}
    there = {row.contact_id for row in called if row.attendance in Invitation.COMING}

    def voices(of: Collection[int] | None) -> int:
        return len(
            {
                seat_of.get(row.contact_id, f"without a seat: {row.contact_id}")
                for row in called
                if row.is_voting and (of is None or row.contact_id in of or row.stand_in_id in of)
            }
        )

    return Voices(total=voices(None), announced=voices(announced), present=voices(there))
