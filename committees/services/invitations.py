from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from committees.models import Invitation, Meeting
from committees.representation import deputies_of, proxy_holders_for
from committees.services.locking import lock
from committees.services.meetings import invite_contacts
from committees.services.reminders import replan_meeting
from core.errors import DomainError
from partners.models import Contact

Answer = Invitation.Answer
Attendance = Invitation.Attendance


@transaction.atomic
def answer_invitation(
    *, invitation: Invitation, answer: str, comment: str | None = None, stand_in: Contact | None = None
) -> Invitation:
    """Write down whether somebody comes, or who stands in for them; they may change their mind until the meeting starts.

    A deputy who was not called is called by this. Without ``comment`` the word given earlier stays. Whoever stays away is
    reminded no more.
    """
    meeting = lock(invitation.meeting)
    locked = lock(invitation)
    locked.meeting = meeting
    if not meeting.is_convened:
        raise DomainError(_("Cette réunion n’attend pas de réponse."))
    if meeting.has_started:
        raise DomainError(_("La réunion a commencé\u00a0: les réponses sont closes."))
    locked.stand_in = _stand_in(locked, answer, stand_in)
    locked.answer = answer
    if comment is not None:
        locked.answer_comment = comment.strip()
    locked.answered_at = None if answer == Answer.NONE else timezone.now()
    locked.full_clean()
    locked.save(update_fields=["answer", "answer_comment", "answered_at", "stand_in", "updated_at"])
    if answer == Answer.DEPUTY and locked.stand_in is not None:
        invite_contacts(meeting=meeting, contacts=[locked.stand_in])
    replan_meeting(meeting=meeting)
    return locked


def _stand_in(invitation: Invitation, answer: str, person: Contact | None) -> Contact | None:
    """Return who stands in, if ``answer`` wants somebody; raise where they may not, or may not any more."""
    if answer not in Invitation.REPRESENTED:
        return None
    if person is None:
        raise DomainError(_("Dites qui vous représente."))
    if answer == Answer.DEPUTY:
        if person not in deputies_of(invitation):
            raise DomainError(_("%(name)s ne vous supplée pas à ce comité.") % {"name": person})
    elif person not in proxy_holders_for(invitation):
        raise DomainError(_("%(name)s ne peut pas recevoir de pouvoir, ou en a déjà un.") % {"name": person})
    return person


@transaction.atomic
def record_attendance(*, meeting: Meeting, attendance: Mapping[UUID, str]) -> int:
    """Note who came, by invitation; those not named keep what is noted. Return how many changed."""
    locked = _attended(meeting)
    changed = []
    for invitation in locked.invitations.filter(public_id__in=attendance):
        if invitation.attendance != attendance[invitation.public_id]:
            invitation.attendance = Attendance(attendance[invitation.public_id])
            changed.append(invitation)
    Invitation.objects.bulk_update(changed, ["attendance"])
    return len(changed)


@transaction.atomic
def take_answers_as_attendance(*, meeting: Meeting) -> int:
    """Note as come, remote or excused whoever said so; what was noted by hand stays. Return how many."""
    locked = _attended(meeting)
    said = locked.invitations.filter(attendance=Attendance.UNKNOWN)
    return sum(
        said.filter(answer=answer).update(attendance=attendance)
        for answer, attendance in (
            (Answer.PRESENT, Attendance.PRESENT),
            (Answer.REMOTE, Attendance.REMOTE),
            *((answer, Attendance.EXCUSED) for answer in Invitation.AWAY),
        )
    )


def _attended(meeting: Meeting) -> Meeting:
    locked = lock(meeting)
    if not (locked.is_held or (locked.is_convened and locked.has_started)):
        raise DomainError(_("On relève les présences à partir de l’ouverture de la réunion."))
    return locked
