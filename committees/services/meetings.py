"""The life of one meeting: draft, convened, held; or cancelled, and then perhaps restored."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from committees.agenda_digest import agenda_digest
from committees.models import Committee, CommitteeMember, Invitation, Meeting, MeetingSeries
from committees.models.committee import CommitteeMemberQuerySet
from committees.services.locking import (
    already_made,
    changed_fields,
    check_revision,
    identity,
    lock,
    save_changes,
)
from committees.services.reminders import replan_meeting
from committees.services.template_agenda import copy_template_agenda
from core.errors import DomainError
from partners.models import Contact

Status = Meeting.Status

#: What a calendar shows of a meeting: a change of these is announced to those who were convened.
CALENDAR_FIELDS = frozenset({"title", "starts_at", "duration_minutes", "place", "video_url"})


class MeetingFields(TypedDict, total=False):
    title: str
    starts_at: datetime
    duration_minutes: int
    place: str
    video_url: str
    introduction: str
    series: MeetingSeries


@transaction.atomic
def create_meeting(
    *, committee: Committee, public_id: UUID | None = None, **fields: Unpack[MeetingFields]
) -> Meeting:
    """Draft a meeting; nobody is told. What is not given comes from the committee's habits, its agenda too."""
    locked = lock(committee)
    if (meeting := already_made(locked.meetings.all(), public_id)) is not None:
        return meeting
    meeting = Meeting(committee=locked, **identity(public_id), **fields)
    meeting.title = meeting.title or usual_title(locked, meeting.starts_at)
    meeting.duration_minutes = fields.get("duration_minutes", locked.default_minutes)
    meeting.place = fields.get("place", locked.default_place)
    meeting.video_url = fields.get("video_url", locked.default_video_url)
    meeting.full_clean()
    meeting.save()
    copy_template_agenda(meeting)
    return meeting


@transaction.atomic
def edit_meeting(*, meeting: Meeting, expected_revision: int, **fields: Unpack[MeetingFields]) -> Meeting:
    """Change a meeting; once it is convened, what calendars show is announced as an update.

    Answers were given for a day: another day asks for them anew, another hour keeps them.
    """
    locked = lock(meeting)
    if locked.is_cancelled:
        raise DomainError(_("La réunion est annulée\u00a0: rétablissez-la d’abord."))
    if "title" in fields:
        fields["title"] = fields["title"] or usual_title(
            locked.committee, fields.get("starts_at", locked.starts_at)
        )
    changed = changed_fields(locked, fields)
    if not changed:
        return locked
    check_revision(locked, expected_revision)
    if "starts_at" in changed:
        _prepare_move(locked, fields["starts_at"])
        if "title" not in changed:
            fields["title"] = _title_after_move(locked, fields["starts_at"])
    if locked.is_convened and CALENDAR_FIELDS.intersection(changed):
        locked.sequence += 1
    save_changes(locked, fields, expected_revision=expected_revision)
    if locked.is_convened:
        replan_meeting(meeting=locked)
    return locked


@transaction.atomic
def move_meeting(
    *, meeting: Meeting, expected_revision: int, starts_at: datetime, duration_minutes: int, place: str
) -> Meeting:
    return edit_meeting(
        meeting=meeting,
        expected_revision=expected_revision,
        starts_at=starts_at,
        duration_minutes=duration_minutes,
        place=place,
    )


@transaction.atomic
def convene_meeting(
    *, meeting: Meeting, by: User, expected_revision: int, contacts: Collection[Contact]
) -> Meeting:
    """Call ``contacts`` to the meeting: each has an invitation, and a convocation is planned for each.

    A member sitting that day keeps their quality and their vote, anybody else is a guest. Convening what is
    already convened changes nothing, so a double click is harmless.
    """
    locked = lock(meeting)
    if locked.is_convened:
        return locked
    if not locked.is_draft:
        raise DomainError(_("Seule une réunion en préparation se convoque."))
    check_revision(locked, expected_revision)
    if locked.has_started:
        raise DomainError(_("La date de la réunion est passée\u00a0: déplacez-la avant de convoquer."))
    if not contacts:
        raise DomainError(_("Choisissez au moins une personne à convoquer."))
    _invite(locked, contacts)
    locked.announced_agenda = _digest_of(locked)
    locked.status = Status.CONVENED
    locked.convened_at = timezone.now()
    locked.convened_by = by
    _save_step(locked)
    return locked


@transaction.atomic
def announce_agenda(*, meeting: Meeting) -> bool:
    """Tell those who were convened that the agenda has changed; return whether it has, since they were told last."""
    locked = lock(meeting)
    if not locked.is_convened:
        raise DomainError(_("Seule une réunion convoquée annonce un changement."))
    if locked.has_started:
        raise DomainError(_("La réunion a commencé\u00a0: on ne change plus la convocation."))
    digest = _digest_of(locked)
    if digest == locked.announced_agenda:
        return False
    locked.announced_agenda = digest
    locked.sequence += 1
    _save_step(locked)
    return True


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str) -> Meeting:
    """Call a meeting off; those who were convened are told why. Twice is once."""
    locked = lock(meeting)
    if locked.is_cancelled:
        return locked
    if locked.is_held:
        raise DomainError(_("Une réunion tenue ne s’annule pas."))
    _refuse_once_decided(locked)
    if not reason.strip():
        raise DomainError(_("Dites pourquoi la réunion est annulée."))
    locked.status = Status.CANCELLED
    locked.cancelled_at = timezone.now()
    locked.cancellation_reason = reason.strip()
    _announce(locked)
    _save_step(locked)
    return locked


@transaction.atomic
def restore_meeting(*, meeting: Meeting) -> Meeting:
    """Take a cancellation back: what was convened is convened again, and the people are told."""
    locked = lock(meeting)
    if not locked.is_cancelled:
        return locked
    if locked.convened_at and locked.has_started:
        raise DomainError(_("La date de la réunion est passée\u00a0: préparez-en une autre."))
    locked.status = Status.CONVENED if locked.convened_at else Status.DRAFT
    locked.cancelled_at = None
    locked.cancellation_reason = ""
    _announce(locked)
    _save_step(locked)
    return locked


@transaction.atomic
def hold_meeting(*, meeting: Meeting) -> Meeting:
    """Record that the meeting took place.

    One that was called by other means is recorded from its draft: whoever sat that day is listed so that
    attendance can be taken, and nobody is written to.
    """
    locked = lock(meeting)
    if locked.is_held:
        return locked
    if locked.is_cancelled:
        raise DomainError(_("La réunion est annulée\u00a0: elle n’a pas eu lieu."))
    if not locked.has_started:
        raise DomainError(_("La réunion n’a pas commencé."))
    if locked.is_draft:
        _invite(locked, [seat.contact for seat in sitting_members(locked).select_related("contact")])
    locked.status = Status.HELD
    _save_step(locked)
    return locked


@transaction.atomic
def invite_contacts(*, meeting: Meeting, contacts: Iterable[Contact]) -> int:
    """Add people to a meeting that is convened or held; return how many are new."""
    locked = lock(meeting)
    if locked.is_draft or locked.is_cancelled:
        raise DomainError(_("On invite à une réunion convoquée ou tenue."))
    added = _invite(locked, contacts)
    if added:
        replan_meeting(meeting=locked)
    return added


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation) -> None:
    """Take somebody off the list; what was going to be sent to them is cancelled."""
    meeting = lock(invitation.meeting)
    if meeting.is_held:
        raise DomainError(_("La réunion est tenue\u00a0: la liste des personnes invitées ne change plus."))
    Invitation.objects.filter(pk=invitation.pk).delete()
    replan_meeting(meeting=meeting)


def sitting_members(meeting: Meeting) -> CommitteeMemberQuerySet:
    """Return the seats whose mandate covers the day of the meeting, on the candidacy's clock."""
    return CommitteeMember.objects.filter(committee=meeting.committee_id).sitting_on(meeting.local_day)


def usual_title(committee: Committee, starts_at: datetime) -> str:
    local = starts_at.astimezone(committee.candidacy.zone)
    day = "1er" if local.day == 1 else str(local.day)
    return _("%(acronym)s du %(day)s %(month)s") % {
        "acronym": committee.acronym,
        "day": day,
        "month": date_format(local.date(), "F Y"),
    }


def _invite(meeting: Meeting, contacts: Iterable[Contact]) -> int:
    seats = {seat.contact_id: seat for seat in sitting_members(meeting)}
    known = set(meeting.invitations.values_list("contact", flat=True))
    new = {contact.pk: contact for contact in contacts if contact.pk not in known}
    if any(contact.candidacy_id != meeting.committee.candidacy_id for contact in new.values()):
        raise DomainError(_("Cette personne n’est pas un contact de la candidature."))
    invitations = []
    for contact in new.values():
        seat = seats.get(contact.pk)
        quality = seat.quality if seat else CommitteeMember.Quality.INVITED
        is_voting = bool(seat and seat.is_voting)
        invitations.append(Invitation(meeting=meeting, contact=contact, quality=quality, is_voting=is_voting))
    return len(Invitation.objects.bulk_create(invitations))


def _prepare_move(meeting: Meeting, starts_at: datetime) -> None:
    if starts_at == meeting.starts_at:
        return
    if meeting.is_held and starts_at > timezone.now():
        raise DomainError(_("Une réunion tenue ne peut pas être datée dans l’avenir."))
    if meeting.is_convened and starts_at <= timezone.now():
        raise DomainError(_("La nouvelle date est déjà passée."))
    _refuse_once_decided(meeting)
    zone = meeting.committee.candidacy.zone
    if meeting.is_convened and starts_at.astimezone(zone).date() != meeting.local_day:
        meeting.invitations.update(
            answer=Invitation.Answer.NONE, answer_comment="", answered_at=None, stand_in=None
        )


def _title_after_move(meeting: Meeting, starts_at: datetime) -> str:
    """Keep a title that somebody wrote; one that only said the old day says the new one."""
    if meeting.title == usual_title(meeting.committee, meeting.starts_at):
        return usual_title(meeting.committee, starts_at)
    return meeting.title


def _digest_of(meeting: Meeting) -> str:
    items = meeting.agenda_items.prefetch_related("papers")
    return agenda_digest((item, item.papers.all()) for item in items)


def _refuse_once_decided(meeting: Meeting) -> None:
    """The number of a decision carries the month of its meeting, and a decision was taken somewhere."""
    if meeting.decisions.exists():
        raise DomainError(_("Des décisions sont enregistrées\u00a0: la réunion a eu lieu à cette date."))


def _announce(meeting: Meeting) -> None:
    """Number the update that calendars get; nobody's calendar holds a meeting that was never convened."""
    if meeting.convened_at:
        meeting.sequence += 1


def _save_step(meeting: Meeting) -> None:
    """Save a step of the meeting's life and let what is planned about it follow."""
    meeting.revision += 1
    meeting.full_clean()
    meeting.save()
    replan_meeting(meeting=meeting)
