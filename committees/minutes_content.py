"""What minutes say, by value: read from the rows until they are approved, kept with them from then on."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from committees.minutes_page import MinutesSheet, read_minutes
from committees.models import (
    Action,
    Decision,
    DecisionVote,
    Invitation,
    Meeting,
    MeetingSession,
    Minutes,
    protocol_rank,
)
from committees.representation import representatives
from core.plain import canonical_json, read_canonical

Attendance = Invitation.Attendance


@dataclass(frozen=True)
class Attendee:
    name: str
    organisation: str
    quality: str
    #: One of Invitation.Attendance.
    attendance: str
    is_voting: bool
    #: Who came in their place.
    represented_by: str = ""


@dataclass(frozen=True)
class Decided:
    number: str
    wording: str
    owner: str
    due_on: date | None
    #: How the committee voted, in words, where it did.
    vote: str = ""
    #: Under an item that is confidential.
    is_reserved: bool = False


@dataclass(frozen=True)
class ToDo:
    title: str
    owner: str
    due_on: date | None
    #: Noted, or born from a decision, under an item that is confidential.
    is_reserved: bool = False


@dataclass(frozen=True)
class Passage:
    """One text at its place, with what was decided there."""

    key: str
    title: str
    number: int | None
    kind: str
    rapporteur: str
    body: str
    decisions: tuple[Decided, ...]
    #: Of an item that is confidential.
    is_reserved: bool = False

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class MinutesContent:
    language: str
    time_zone: str
    accent_colour: str
    candidacy: str
    bearer: str
    is_fictitious: bool
    committee: str
    acronym: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    attendees: tuple[Attendee, ...]
    passages: tuple[Passage, ...]
    other_decisions: tuple[Decided, ...]
    actions: tuple[ToDo, ...]

    @property
    def present(self) -> list[Attendee]:
        return [one for one in self.attendees if one.attendance in {Attendance.PRESENT, Attendance.REMOTE}]

    @property
    def represented(self) -> list[Attendee]:
        return [one for one in self.attendees if one.represented_by]

    @property
    def excused(self) -> list[Attendee]:
        return [
            one for one in self.attendees if one.attendance == Attendance.EXCUSED and not one.represented_by
        ]

    @property
    def absent(self) -> list[Attendee]:
        return [
            one for one in self.attendees if one.attendance == Attendance.ABSENT and not one.represented_by
        ]

    @property
    def unknown(self) -> list[Attendee]:
        return [one for one in self.attendees if one.attendance == Attendance.UNKNOWN]

    @property
    def decisions(self) -> list[Decided]:
        """All that was decided, in the order of the numbers."""
        return [
            *(decision for passage in self.passages for decision in passage.decisions),
            *self.other_decisions,
        ]


def content_of(minutes: Minutes, *, with_reserved: bool) -> MinutesContent:
    """Return what the minutes say: what was approved, or what stands there now.

    Without ``with_reserved`` an item that is confidential keeps its number alone, as on the agenda: what was said,
    decided and begun there is left out.
    """
    content = read_canonical(MinutesContent, minutes.content) if minutes.content else read_content(minutes)
    return content if with_reserved else _without_reserved(content)


def _without_reserved(content: MinutesContent) -> MinutesContent:
    return replace(
        content,
        passages=tuple(_withheld(row) if row.is_reserved else row for row in content.passages),
        other_decisions=tuple(row for row in content.other_decisions if not row.is_reserved),
        actions=tuple(action for action in content.actions if not action.is_reserved),
    )


def _withheld(passage: Passage) -> Passage:
    return replace(passage, title=_("Point réservé"), kind="", rapporteur="", body="", decisions=())


def frozen(minutes: Minutes) -> str:
    """Write what the minutes say now as it is kept with them."""
    return canonical_json(read_content(minutes))


def read_content(minutes: Minutes) -> MinutesContent:
    meeting, candidacy = minutes.meeting, minutes.meeting.committee.candidacy
    sheet = read_minutes(minutes)
    session = MeetingSession.objects.filter(meeting=meeting).first()
    related = ("owner__organisation", "agenda_item", "decision__agenda_item")
    actions = meeting.actions.select_related(*related).order_by("pk")
    return MinutesContent(
        language=candidacy.language,
        time_zone=candidacy.time_zone,
        accent_colour=candidacy.accent_colour,
        candidacy=candidacy.title,
        bearer=candidacy.bearer_name,
        is_fictitious=candidacy.is_fictitious,
        committee=meeting.committee.name,
        acronym=meeting.committee.acronym,
        title=meeting.title,
        place=meeting.place,
        starts_at=session.opened_at if session else meeting.starts_at,
        ends_at=(session and session.closed_at) or meeting.ends_at,
        attendees=read_attendees(meeting),
        passages=_passages(sheet),
        other_decisions=tuple(map(_decided, sheet.other_decisions)),
        actions=tuple(map(_to_do, actions)),
    )


def read_attendees(meeting: Meeting) -> tuple[Attendee, ...]:
    """Read who was called and who came, in the order of protocol."""
    invitations = meeting.invitations.select_related("contact__organisation")
    ordered = sorted(invitations, key=protocol_rank)
    standing_in = representatives(meeting, ordered)
    return tuple(
        Attendee(
            name=one.contact.get_full_name(),
            organisation=one.contact.organisation.label,
            quality=one.quality_label,
            attendance=one.attendance,
            is_voting=one.is_voting,
            represented_by=standing_in.get(one.contact_id, ""),
        )
        for one in ordered
    )


def _passages(sheet: MinutesSheet) -> tuple[Passage, ...]:
    passages = []
    for row in sheet.texts:
        item = row.text.agenda_item
        passages.append(
            Passage(
                key=str(row.text.public_id),
                title=row.text.title,
                number=row.number,
                kind=str(item.get_kind_display()) if item else "",
                rapporteur=item.rapporteur if item else "",
                body=row.text.body,
                decisions=tuple(map(_decided, row.decisions)),
                is_reserved=item is not None and item.is_confidential,
            )
        )
    return tuple(passages)


def _decided(decision: Decision) -> Decided:
    vote: DecisionVote | None = getattr(decision, "vote", None)
    told = vote.told if vote else ""
    item = decision.agenda_item
    return Decided(
        decision.number,
        decision.wording,
        _person(decision),
        decision.due_on,
        told,
        is_reserved=item is not None and item.is_confidential,
    )


def _to_do(action: Action) -> ToDo:
    items = (action.agenda_item, action.decision.agenda_item if action.decision else None)
    is_reserved = any(item is not None and item.is_confidential for item in items)
    return ToDo(action.title, _person(action), action.due_on, is_reserved)


def _person(row: Decision | Action) -> str:
    if row.owner is None:
        return ""
    return f"{row.owner.get_full_name()} ({row.owner.organisation.label})"
