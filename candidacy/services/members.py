"""Who belongs to a candidacy, and as what. Accounts come from here alone."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import account_at
from candidacy.models import Candidacy, Membership
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from notifications.models import OutboundMessage
from notifications.services import cancel_messages, plan_message

#: The kind of message that candidacy.invitations writes.
INVITATION = "membership_invitation"

Role = Membership.Role


@transaction.atomic
def invite_member(
    *,
    candidacy: Candidacy,
    email: str,
    role: str,
    first_name: str = "",
    last_name: str = "",
    can_read_funding: bool = False,
) -> Membership:
    """Let a person in: their account, where they have none, their role, and the message that tells them."""
    _lock_members(candidacy)
    user = account_at(email=email, first_name=first_name, last_name=last_name)
    if not user.is_active:
        raise DomainError(_("Le compte de cette personne est désactivé."))
    if Membership.objects.filter(candidacy=candidacy, user=user).exists():
        raise DomainError(_("%(name)s est déjà membre de la candidature.") % {"name": user})
    membership = Membership(
        candidacy=candidacy, user=user, role=role, can_read_funding=can_read_funding and role == Role.OBSERVER
    )
    membership.full_clean()
    membership.save()
    send_invitation(membership=membership)
    return membership


@transaction.atomic
def send_invitation(*, membership: Membership) -> OutboundMessage:
    """Plan the message that tells a member how to sign in; while one is waiting to leave, it is that one."""
    sent = OutboundMessage.objects.about(INVITATION, membership.public_id)
    waiting = sent.planned().first()
    if waiting is not None:
        return waiting
    return plan_message(
        scope=membership.candidacy.public_id,
        kind=INVITATION,
        about=membership.public_id,
        rule="invitation",
        recipient_key=f"user:{membership.user.public_id}",
        occurrence=str(sent.count() + 1),
        due_at=timezone.now(),
        title=_("Invitation à rejoindre la candidature"),
        recipient_name=str(membership.user),
    )


@transaction.atomic
def change_member(
    *, membership: Membership, role: str, can_read_funding: bool = False, seen: str | None = None
) -> Membership:
    """Give a member another role. The candidacy keeps at least one lead."""
    _lock_members(membership.candidacy)
    locked = lock_row(membership)
    if role != Role.LEAD:
        _require_another_lead(locked)
    fields = {"role": role, "can_read_funding": can_read_funding and role == Role.OBSERVER}
    save_changes(locked, fields, seen=seen)
    return locked


@transaction.atomic
def remove_member(*, membership: Membership) -> None:
    """Shut a person out of the candidacy. Their contact sheet and what they wrote stay."""
    _lock_members(membership.candidacy)
    locked = Membership.objects.select_for_update(of=("self",)).filter(pk=membership.pk).first()
    if locked is None:
        return
    _require_another_lead(locked)
    cancel_messages(
        kind=INVITATION,
        about=locked.public_id,
        reason=_("Cette personne n’est plus membre de la candidature."),
    )
    locked.delete()


def membership_at(*, candidacy: Candidacy, email: str) -> Membership | None:
    """Return the membership of whoever signs in with ``email``."""
    members = Membership.objects.select_related("user", "candidacy")
    return members.filter(candidacy=candidacy, user__email__iexact=email).first()


def _lock_members(candidacy: Candidacy) -> None:
    """Let one person at a time change who belongs: two leads who demote each other must not both succeed."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)


def _require_another_lead(membership: Membership) -> None:
    leads = Membership.objects.filter(
        candidacy=membership.candidacy_id, role=Role.LEAD, user__is_active=True
    ).exclude(pk=membership.pk)
    if membership.role == Role.LEAD and not leads.exists():
        raise DomainError(
            _("Une candidature garde au moins un·e chef·fe de projet : nommez-en un·e autre d’abord.")
        )
