"""A year of committee meetings behind the loading day and a year ahead of it.

What is ahead is prepared and convened as a person would do it: the convocations are planned now and leave by
themselves. What is behind was never sent to anybody, and no message pretends that it was.
"""

import zlib
from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile

from committees.models import Action, AgendaItem, Committee, CommitteeMember, Invitation, Meeting
from committees.services.actions import create_action
from committees.services.agenda import add_agenda_item
from committees.services.committees import create_seat
from committees.services.decisions import record_decision
from committees.services.invitations import answer_invitation
from committees.services.meetings import (
    cancel_meeting,
    convene_meeting,
    create_meeting,
    hold_meeting,
    sitting_members,
)
from committees.services.papers import add_papers
from core.localtime import first_instant_from
from dossier.demonstration.cast import Cast, check_values
from dossier.demonstration.days import sitting_day
from dossier.demonstration.minutes import load_minutes

Answer = Invitation.Answer
Attendance = Invitation.Attendance
Status = Meeting.Status

#: A convocation of the past left at this hour.
CONVENED_AT = time(9, 0)


def load_meetings(cast: Cast) -> None:
    """Seat the committees that the founding created, and let them meet."""
    committees = {committee.acronym: committee for committee in cast.candidacy.committees.all()}
    for row in cast.source.table("committees")["committees"]:
        committee = committees[row["acronym"]]
        _seat_members(cast, committee, row)
        for meeting in row.get("meetings", ()):
            _load_meeting(cast, committee, row, meeting)


def _seat_members(cast: Cast, committee: Committee, row: dict[str, Any]) -> None:
    seats: dict[str, CommitteeMember] = {}
    for member in row["members"]:
        seats[member["contact"]] = create_seat(
            committee=committee,
            contact=cast.contacts[member["contact"]],
            quality=member["quality"],
            is_voting=member["voting"],
            deputy_of=seats.get(member.get("deputy_of", "")),
        )


def _load_meeting(cast: Cast, committee: Committee, habits: dict[str, Any], row: dict[str, Any]) -> None:
    day = sitting_day(cast.today, distance=row["day"], weekday=habits["weekday"])
    meeting = create_meeting(
        committee=committee,
        title=row["title"],
        starts_at=first_instant_from(day, time.fromisoformat(habits["time"]), cast.zone),
    )
    for point in row.get("agenda", ()):
        papers = point.pop("papers", ())
        item = add_agenda_item(meeting=meeting, **point)
        for paper in papers:
            _add_paper(cast, item, paper)
    if row["status"] == Status.CONVENED:
        _convene(cast, meeting)
    elif row["status"] == Status.HELD:
        _hold(cast, meeting, row)
    elif row["status"] == Status.CANCELLED:
        _call_off(cast, meeting, row)


def _add_paper(cast: Cast, item: AgendaItem, row: dict[str, Any]) -> None:
    """Put a paper that was printed beforehand under ``item``: see the command print_demonstration_papers."""
    file = ContentFile(cast.source.content(f"papers/{row['file']}.pdf"), name=f"{row['title']}.pdf")
    (paper,) = add_papers(item=item, files=[file], is_confidential=row.get("confidential", False))
    cast.stored.append(str(paper.file.name))


# --- ahead -------------------------------------------------------------------------------------------


def _convene(cast: Cast, meeting: Meeting) -> None:
    """Convene the members; two out of three have answered, and nobody who can sign in here."""
    contacts = [seat.contact for seat in sitting_members(meeting).select_related("contact")]
    convened = convene_meeting(
        meeting=meeting, by=cast.lead, expected_revision=meeting.revision, contacts=contacts
    )
    waited_for = {user.pk for user in cast.users.values()} - {cast.lead.pk}
    for rank, invitation in enumerate(_by_name(convened)):
        if invitation.contact.user_id in waited_for or rank % 4 == 3:
            continue
        answer = (Answer.PRESENT, Answer.PRESENT, Answer.EXCUSED, Answer.PRESENT, Answer.REMOTE)[rank % 5]
        answer_invitation(invitation=invitation, answer=answer)


# --- behind ------------------------------------------------------------------------------------------


def _hold(cast: Cast, meeting: Meeting, row: dict[str, Any]) -> None:
    held = hold_meeting(meeting=meeting)
    _remember_convening(cast, held)
    excused = {cast.contacts[key].pk for key in row.get("excused", ())}
    _remember_attendance(held, excused)
    items = list(held.agenda_items.filter(kind="decision"))
    for rank, decision in enumerate(row.get("decisions", ())):
        recorded = record_decision(
            meeting=held,
            agenda_item=items[rank] if rank < len(items) else None,
            wording=decision["wording"],
            owner=cast.contacts[decision["owner"]],
            due_on=cast.day(decision.get("due_days")),
            status=decision["status"],
            status_note=decision.get("note", ""),
        )
        cast.decisions[decision.get("key", recorded.number)] = recorded
    for action in row.get("actions", ()):
        _load_action(cast, held, action)
    if "record" in row:
        load_minutes(cast, held, row["record"])


def _remember_convening(cast: Cast, meeting: Meeting) -> None:
    """Say when the meeting was convened: those who were invited find it among theirs."""
    day = meeting.local_day - timedelta(days=meeting.committee.notice_days + 2)
    meeting.convened_at = first_instant_from(day, CONVENED_AT, cast.zone)
    meeting.convened_by = cast.lead
    check_values(meeting)
    meeting.save(update_fields=["convened_at", "convened_by", "updated_at"])


def _remember_attendance(meeting: Meeting, excused: set[int]) -> None:
    """Note who came: a deputy comes where the titular does not, one member in six is at a distance."""
    seats = {seat.contact_id: seat for seat in sitting_members(meeting).select_related("deputy_of")}
    invitations = _by_name(meeting)
    for invitation in invitations:
        titular = seats[invitation.contact_id].deputy_of
        if invitation.contact_id in excused or (titular and titular.contact_id not in excused):
            invitation.answer, invitation.attendance = Answer.EXCUSED, Attendance.EXCUSED
        elif _chance(meeting, invitation) % 6 == 0:
            invitation.answer, invitation.attendance = Answer.REMOTE, Attendance.REMOTE
        else:
            invitation.answer, invitation.attendance = Answer.PRESENT, Attendance.PRESENT
        invitation.answered_at = _answered_at(meeting, invitation)
    Invitation.objects.bulk_update(invitations, ["answer", "answered_at", "attendance"])


def _answered_at(meeting: Meeting, invitation: Invitation) -> datetime:
    convened_at = meeting.convened_at or meeting.starts_at
    days = (meeting.starts_at - convened_at).days
    return convened_at + timedelta(days=_chance(meeting, invitation) % max(days, 1), hours=2)


def _chance(meeting: Meeting, invitation: Invitation) -> int:
    """Return a number that looks drawn and is the same at each loading."""
    return zlib.crc32(f"{meeting.title}/{invitation.contact.email}".encode())


def _call_off(cast: Cast, meeting: Meeting, row: dict[str, Any]) -> None:
    cancelled = cancel_meeting(meeting=meeting, reason=row["reason"])
    _remember_convening(cast, cancelled)
    cancelled.cancelled_at = cancelled.starts_at - timedelta(days=2)
    check_values(cancelled)
    cancelled.save(update_fields=["cancelled_at", "updated_at"])


def _load_action(cast: Cast, meeting: Meeting, row: dict[str, Any]) -> None:
    action = create_action(
        candidacy=cast.candidacy,
        meeting=meeting,
        title=row["title"],
        owner=cast.contacts[row["owner"]],
        due_on=cast.day(row["due_days"]),
        status=row["status"],
        proof=row.get("proof", ""),
    )
    if not action.is_open:
        closed_on = cast.day(row["closed_days"])
        Action.objects.filter(pk=action.pk).update(closed_on=closed_on)
        Action.history.filter(id=action.pk).update(closed_on=closed_on)


def _by_name(meeting: Meeting) -> list[Invitation]:
    return list(meeting.invitations.select_related("contact", "meeting").order_by("contact__last_name", "pk"))
