"""The life of minutes: sent for correction, corrected, approved, and from then on only rectified."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy, Membership
from committees.announcements import recipient_key
from committees.minutes_content import frozen
from committees.models import Correction, Invitation, Meeting, Minutes, MinutesText, Rectification
from committees.representation import took_part
from committees.services.locking import already_made, identity, lock
from committees.services.minutes import begin_minutes
from core.errors import DomainError
from notifications.models import OutboundMessage
from notifications.services import Plan, plan_messages

#: The kinds of messages that committees.minutes_messages writes.
MINUTES_SENT = "minutes-sent"
CORRECTION = "minutes-correction"
Approval, Outcome, Status = Minutes.Approval, Correction.Outcome, Minutes.Status

_messages = OutboundMessage.objects.filter(kind=MINUTES_SENT, about=OuterRef("public_id"))
_HAS_LEFT = Exists(_messages.filter(status=OutboundMessage.Status.SENT))
_IS_TO_LEAVE = Exists(_messages.planned())


@transaction.atomic
def send_minutes(*, minutes: Minutes, by: User) -> Minutes:
    """Send the minutes to whoever was called to the meeting; the days of silence begin. Twice is once."""
    locked = lock(minutes)
    if not locked.is_draft:
        return locked
    meeting = locked.meeting
    if not meeting.is_held:
        raise DomainError(_("La réunion n’est pas encore marquée comme tenue."))
    begin_minutes(meeting=meeting)  # items put on the agenda since have their places too
    if not locked.texts.exclude(body="").exists() and not meeting.decisions.exists():
        raise DomainError(_("Le compte rendu est vide\u00a0: rien n’est à relire."))
    invitations = list(meeting.invitations.select_related("contact"))
    if not invitations:
        raise DomainError(_("Personne n’est sur la liste de la réunion\u00a0: invitez d’abord qui était là."))
    locked.status = Status.SENT
    locked.sent_at = timezone.now()
    locked.sent_by = by
    locked.silence_on = _silence_on(meeting)
    locked.full_clean()
    locked.save()
    plan_messages(_plan(locked, invitation) for invitation in invitations)
    return locked


@transaction.atomic
def propose_correction(
    *,
    minutes: Minutes,
    invitation: Invitation,
    text: MinutesText | None,
    wording: str,
    public_id: UUID | None = None,
) -> Correction:
    """Write down what somebody who took part asks to change, in one text or in general."""
    locked = lock(minutes)
    if (correction := already_made(locked.corrections.all(), public_id)) is not None:
        return correction
    if not locked.is_sent:
        raise DomainError(_("Ce compte rendu ne reçoit pas de correction."))
    if invitation.meeting_id != locked.meeting_id or not took_part(invitation):
        raise DomainError(_("Seules les personnes qui ont pris part à la réunion proposent une correction."))
    if text is not None and text.minutes_id != locked.pk:
        raise DomainError(_("Ce passage est celui d’un autre compte rendu."))
    correction = Correction(
        minutes=locked, text=text, contact=invitation.contact, wording=wording.strip(), **identity(public_id)
    )
    correction.full_clean()
    correction.save()
    candidacy = locked.meeting.committee.candidacy
    plan_messages(_tell(lead, correction, candidacy) for lead in leads_to_tell(candidacy))
    return correction


def leads_to_tell(candidacy: Candidacy) -> list[User]:
    """Return who is told of a correction: all the leads, whoever sent the minutes."""
    members = candidacy.memberships.filter(role=Membership.Role.LEAD, user__is_active=True)
    return [member.user for member in members.select_related("user").order_by("pk")]


@transaction.atomic
def decide_correction(*, correction: Correction, is_accepted: bool, reply: str, by: User) -> Correction:
    """Accept or refuse a correction with a word; a refusal says why. What is accepted is then written by hand.

    Deciding again takes the place of the first decision until the minutes are approved.
    """
    minutes = lock(correction.minutes)
    locked = lock(correction)
    if minutes.is_approved:
        raise DomainError(_("Le compte rendu est approuvé\u00a0: ses corrections sont closes."))
    locked.outcome = Outcome.ACCEPTED if is_accepted else Outcome.REFUSED
    locked.reply = reply.strip()
    locked.decided_at = timezone.now()
    locked.decided_by = by
    locked.full_clean()
    locked.save()
    return locked


@transaction.atomic
def approve_minutes(*, minutes: Minutes, by: User, in_meeting: Meeting | None = None) -> Minutes:
    """Approve the minutes, in the name of a later meeting where one did. Twice is once."""
    locked = lock(minutes)
    if locked.is_approved:
        return locked
    if not locked.is_sent:
        raise DomainError(_("Le compte rendu n’a pas encore été envoyé pour correction."))
    if locked.corrections.filter(outcome=Outcome.PENDING).exists():
        raise DomainError(_("Des corrections attendent encore une réponse."))
    if in_meeting is not None:
        check_later(locked, in_meeting)
    _approve(locked, Approval.MEETING if in_meeting else Approval.LEAD, by=by, in_meeting=in_meeting)
    return locked


def approve_silent_minutes() -> int:
    """Approve what silence approves today on the clock of each candidacy; return how many.

    A run that was missed is made up for by the next one, and what somebody holds is left to it. Who was sent nothing
    is not silent: the days begin when the first message leaves, and nothing is approved while one is still to leave.
    """
    _put_silence_off()
    ahead = timezone.now().date() + timedelta(days=1)  # the first clocks are a day ahead of the last
    approved = 0
    for key in Minutes.objects.silent_on(ahead).values_list("pk", flat=True):
        with transaction.atomic():
            rows = Minutes.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            minutes = rows.filter(pk=key, status=Status.SENT).first()
            if minutes is None:
                continue
            due = Minutes.objects.filter(pk=key).silent_on(_today(minutes.meeting))
            if due.filter(_HAS_LEFT, ~_IS_TO_LEAVE).exists():
                _approve(minutes, Approval.SILENCE)
                approved += 1
    return approved


def has_left(minutes: Minutes) -> bool:
    """Whether anybody has been sent the minutes; until then the days of silence do not run."""
    return Minutes.objects.filter(_HAS_LEFT, pk=minutes.pk).exists()


def _put_silence_off() -> None:
    """Move the end of the silence along, day by day, for minutes of which no message has left."""
    unheard = Minutes.objects.filter(~_HAS_LEFT, status=Status.SENT, silence_on__isnull=False)
    for minutes in unheard.select_related("meeting__committee__candidacy"):
        silence_on = _silence_on(minutes.meeting)
        if silence_on is not None:
            still_short = Minutes.objects.filter(pk=minutes.pk, status=Status.SENT, silence_on__lt=silence_on)
            still_short.update(silence_on=silence_on, updated_at=timezone.now())


@transaction.atomic
def rectify_minutes(
    *, minutes: Minutes, meeting: Meeting, wording: str, by: User, public_id: UUID | None = None
) -> Rectification:
    """Write down what a later meeting of the committee set right in approved minutes, which do not change."""
    locked = lock(minutes)
    if (rectification := already_made(locked.rectifications.all(), public_id)) is not None:
        return rectification
    if not locked.is_approved:
        raise DomainError(_("Ce compte rendu n’est pas approuvé\u00a0: corrigez-le."))
    check_later(locked, meeting)
    rectification = Rectification(
        minutes=locked, meeting=meeting, wording=wording.strip(), recorded_by=by, **identity(public_id)
    )
    rectification.full_clean()
    rectification.save()
    return rectification


def check_later(minutes: Minutes, meeting: Meeting) -> None:
    """Refuse a meeting that cannot have spoken of the minutes."""
    own = minutes.meeting
    if meeting.committee_id != own.committee_id or meeting.starts_at <= own.starts_at:
        raise DomainError(_("Choisissez une réunion suivante du même comité."))
    if not (meeting.is_held or (meeting.is_convened and meeting.has_started)):
        raise DomainError(_("Cette réunion n’a pas encore commencé."))


def _approve(
    minutes: Minutes, approval: str, *, by: User | None = None, in_meeting: Meeting | None = None
) -> None:
    # Holds the meeting as well: nothing is decided there between what is kept and the end of this transaction.
    begin_minutes(meeting=minutes.meeting)
    minutes.status = Status.APPROVED
    minutes.approval = approval
    minutes.approved_at = timezone.now()
    minutes.approved_by = by
    minutes.approved_in = in_meeting
    minutes.content = frozen(minutes)
    minutes.full_clean()
    minutes.save()


def _silence_on(meeting: Meeting) -> date | None:
    """Return the day on which silence that begins today approves, where the committee has such a rule."""
    days = meeting.committee.minutes_silence_days
    return _today(meeting) + timedelta(days=days) if days else None


def _today(meeting: Meeting) -> date:
    return timezone.localdate(timezone=meeting.committee.candidacy.zone)


def _tell(lead: User, correction: Correction, candidacy: Candidacy) -> Plan:
    return Plan(
        scope=candidacy.public_id,
        kind=CORRECTION,
        about=correction.public_id,
        rule=CORRECTION,
        recipient_key=f"user:{lead.public_id}",
        occurrence="1",
        due_at=timezone.now(),
        title=_("Correction proposée\u00a0: %(title)s") % {"title": correction.minutes.meeting.title},
        recipient_name=str(lead),
    )


def _plan(minutes: Minutes, invitation: Invitation) -> Plan:
    return Plan(
        scope=minutes.meeting.committee.candidacy.public_id,
        kind=MINUTES_SENT,
        about=minutes.public_id,
        rule="at-once",
        recipient_key=recipient_key(invitation.contact),
        occurrence="0",
        due_at=timezone.now(),
        title=_("Compte rendu à relire\u00a0: %(title)s") % {"title": minutes.meeting.title},
        recipient_name=invitation.contact.get_full_name(),
    )
