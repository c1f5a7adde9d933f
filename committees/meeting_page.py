"""What the page of a meeting shows: plain values read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from committees.announcements import address_of, has_lost_access, reaching, recipient_key
from committees.concerns import Concern, shown_concerns
from committees.convening import Reach
from committees.models import (
    AgendaConcern,
    AgendaPaper,
    Committee,
    CommitteeMember,
    Invitation,
    Meeting,
    Minutes,
    protocol_rank,
)
from committees.models.agenda import AgendaPoint
from committees.reserved import as_shown, is_withheld, papers_shown
from committees.voices import Voices, voices_of
from notifications.models import OutboundMessage

Answer = Invitation.Answer
Attendance = Invitation.Attendance


@dataclass(frozen=True)
class AgendaLine:
    item: AgendaPoint
    number: int
    starts_at: datetime | None
    #: Whether the item ends after the meeting does.
    is_beyond: bool
    is_first: bool
    is_last: bool
    papers: Sequence[AgendaPaper] = ()
    concerns: Sequence[Concern] = ()


@dataclass(frozen=True)
class Agenda:
    lines: tuple[AgendaLine, ...]
    total: int
    duration: int

    @property
    def overflow(self) -> int:
        return max(0, self.total - self.duration)

    @property
    def spare(self) -> int:
        return max(0, self.duration - self.total)


@dataclass(frozen=True)
class Step:
    label: str
    #: "done", "current" or "next", the words of the style sheet.
    state: str
    moment: datetime | None = None


@dataclass(frozen=True)
class Roll:
    """Who is called, what they said and who came."""

    meeting: Meeting
    invitations: tuple[Invitation, ...]
    counted: Voices
    #: What stands between the messages of a meeting that is ahead and its people, by invitation.
    problems: Mapping[int, str] = field(default_factory=dict)

    @property
    def people(self) -> list[tuple[Invitation, str]]:
        """Each of them with what keeps messages from reaching them, or nothing."""
        return [(invitation, self.problems.get(invitation.pk, "")) for invitation in self.invitations]

    @cached_property
    def unrepresented(self) -> frozenset[int]:
        """The invitations whose stand-in has since said that they stay away, or is on the list no more."""
        expected = {row.contact_id for row in self.invitations if row.answer not in Invitation.AWAY}
        return frozenset(
            row.pk for row in self.invitations if row.stand_in_id and row.stand_in_id not in expected
        )

    @cached_property
    def answers(self) -> dict[str, int]:
        given = [invitation.answer for invitation in self.invitations]
        return {answer.name.lower(): given.count(answer) for answer in Answer}

    @cached_property
    def attendance(self) -> dict[str, int]:
        noted = [invitation.attendance for invitation in self.invitations]
        return {attendance.name.lower(): noted.count(attendance) for attendance in Attendance}

    @property
    def answered(self) -> int:
        return len(self.invitations) - self.answers["none"]

    @property
    def is_attendance_noted(self) -> bool:
        return self.attendance["unknown"] < len(self.invitations)

    @property
    def quorum(self) -> int | None:
        return self.meeting.committee.quorum

    @property
    def voices(self) -> int:
        """Voices that count now: announced until attendance is noted, present from then on."""
        return self.counted.present if self.is_attendance_noted else self.counted.announced

    @property
    def represented(self) -> int:
        return self.answers["deputy"] + self.answers["proxy"]

    @property
    def missing_voices(self) -> int:
        return max(0, (self.quorum or 0) - self.voices)

    @property
    def without_address(self) -> list[Invitation]:
        return [invitation for invitation in self.invitations if not address_of(invitation.contact)]


def read_agenda(meeting: Meeting, reader: User, *, with_reserved: bool) -> Agenda:
    """Lay the agenda out as ``reader`` may read it, with the papers and what each item is about."""
    # Prefetching costs more than it reads where a meeting has few papers, and none has many.
    papers = defaultdict(list)
    for paper in AgendaPaper.objects.filter(item__meeting=meeting):
        papers[paper.item_id].append(paper)
    items = list(meeting.agenda_items.select_related("carried_from__meeting"))
    shown = as_shown(items, with_reserved=with_reserved)
    agenda = lay_out(shown, meeting.duration_minutes, meeting.starts_at)
    told = {item.pk for item in shown if not is_withheld(item)}
    about = AgendaConcern.objects.filter(item__meeting=meeting)
    concerns = shown_concerns(
        reader, meeting.committee.candidacy, (row for row in about if row.item_id in told)
    )
    lines = (
        replace(
            line,
            papers=papers_shown(item, papers[item.pk], with_reserved=with_reserved),
            concerns=concerns.get(item.pk, ()),
        )
        for line, item in zip(agenda.lines, shown, strict=True)
    )
    return replace(agenda, lines=tuple(lines))


def read_template_agenda(committee: Committee) -> Agenda:
    """Lay the template agenda out over the usual duration; its lines have no hour."""
    return lay_out(list(committee.template_items.all()), committee.default_minutes, None)


def lay_out(items: Sequence[AgendaPoint], duration: int, opens_at: datetime | None) -> Agenda:
    """Give each item its number and, where the meeting has an hour, its own."""
    lines, minutes = [], 0
    for number, item in enumerate(items, start=1):
        starts_at = opens_at + timedelta(minutes=minutes) if opens_at else None
        minutes += item.minutes
        lines.append(
            AgendaLine(
                item=item,
                number=number,
                starts_at=starts_at,
                is_beyond=minutes > duration,
                is_first=number == 1,
                is_last=number == len(items),
            )
        )
    return Agenda(lines=tuple(lines), total=minutes, duration=duration)


def read_seats(meeting: Meeting) -> list[CommitteeMember]:
    """Read who sits, sat or will sit on the committee of ``meeting``; a draft calls nobody yet."""
    if meeting.is_draft:
        return []
    return list(CommitteeMember.objects.filter(committee=meeting.committee_id).select_related("contact"))


def read_roll(meeting: Meeting, seats: Iterable[CommitteeMember]) -> Roll:
    """Read who is on the list, how many voices that makes, and whom messages do not reach."""
    called = reaching(meeting.invitations.all(), "meeting__committee__candidacy")
    invitations = tuple(sorted(called.select_related("contact__organisation", "stand_in"), key=protocol_rank))
    return Roll(
        meeting=meeting,
        invitations=invitations,
        counted=voices_of(invitations, seats),
        problems=_problems(meeting, invitations) if meeting.is_convened else {},
    )


def _problems(meeting: Meeting, invitations: Sequence[Invitation]) -> dict[int, str]:
    """Say of each person what keeps messages from reaching them, in one query."""
    scope = OutboundMessage.objects.in_scope(meeting.committee.candidacy.public_id)
    failed = list(
        scope.failed()
        .filter(~Q(recipient_address="") | Q(about=meeting.public_id))
        .values_list("about", "recipient_key", "recipient_address")
    )
    reach = Reach(
        refused=frozenset(address for _about, _key, address in failed if address),
        members=frozenset(
            invitation.contact.user_id
            for invitation in invitations
            if invitation.contact.user_id and not has_lost_access(invitation)
        ),
    )
    unsent = {key for about, key, _address in failed if about == meeting.public_id}
    problems = {}
    for invitation in invitations:
        problem = reach.problem(invitation.contact)
        if not problem and recipient_key(invitation.contact) in unsent:
            problem = _("un message n’est pas parti")
        problems[invitation.pk] = problem
    return problems


def read_steps(meeting: Meeting) -> tuple[Step, ...]:
    """Tell how far the meeting has come: prepare, convene, hold, minute, approve. One called by other means has no second step."""
    if meeting.is_cancelled:
        return ()
    prepare = Step(_("Préparer"), "current" if meeting.is_draft else "done")
    convene = Step(_("Convoquer"), "done" if meeting.convened_at else "next", meeting.convened_at)
    hold = Step(
        _("Tenir"),
        {Meeting.Status.HELD: "done", Meeting.Status.CONVENED: "current"}.get(
            Meeting.Status(meeting.status), "next"
        ),
        meeting.starts_at if meeting.is_held else None,
    )
    minute, approve = _minutes_steps(meeting)
    if meeting.is_held and not meeting.convened_at:
        return prepare, hold, minute, approve
    return prepare, convene, hold, minute, approve


def _minutes_steps(meeting: Meeting) -> tuple[Step, Step]:
    minutes: Minutes | None = getattr(meeting, "minutes", None)
    if minutes is None or minutes.is_draft:
        state = "current" if meeting.is_held else "next"
        return Step(_("Rédiger"), state), Step(_("Approuver"), "next")
    done = Step(_("Rédiger"), "done", minutes.sent_at)
    return done, Step(_("Approuver"), "done" if minutes.is_approved else "current", minutes.approved_at)


def uninvited_members(
    meeting: Meeting, invitations: Iterable[Invitation], seats: Iterable[CommitteeMember]
) -> list[CommitteeMember]:
    """Return who sits on the day of the meeting and is not called: mandates and dates move."""
    called = {invitation.contact_id for invitation in invitations}
    sitting = (seat for seat in seats if seat.sits_on(meeting.local_day))
    return sorted((seat for seat in sitting if seat.contact_id not in called), key=protocol_rank)
