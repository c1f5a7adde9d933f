from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Membership
from candidacy.services.members import invite_member, membership_at, send_invitation
from core.dependants import dependants_of, enumerate_dependants
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from partners.models import Contact, Organisation

Role = Membership.Role


@transaction.atomic
def create_contact(
    *, organisation: Organisation, fields: Mapping[str, Any], public_id: UUID | None = None
) -> Contact:
    """Add a person to ``organisation``; the same form sent twice, with its ``public_id``, makes one."""
    lock_row(organisation)
    made = organisation.contacts.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    contact = Contact(organisation=organisation, candidacy=organisation.candidacy, **fields)
    if public_id is not None:
        contact.public_id = public_id
    contact.full_clean()
    contact.save()
    return contact


@transaction.atomic
def change_contact(*, contact: Contact, fields: Mapping[str, Any], seen: str | None = None) -> Contact:
    locked = lock_row(contact)
    save_changes(locked, fields, seen=seen)
    return locked


@transaction.atomic
def remove_contact(*, contact: Contact) -> None:
    """Delete a person who left no trace. Whoever sits, was invited or answers for something stays in the records."""
    locked = lock_row(contact)
    found = dependants_of(locked)
    if found:
        raise DomainError(
            _("%(name)s ne peut être supprimé·e : %(what)s s’y rattachent, et doivent garder leur nom.")
            % {"name": locked, "what": enumerate_dependants(found)}
        )
    if locked.user is not None and membership_at(candidacy=locked.candidacy, email=locked.user.email):
        raise DomainError(
            _("%(name)s a un accès à la candidature : retirez-le d’abord, à la page des membres.")
            % {"name": locked}
        )
    locked.delete()


@transaction.atomic
def invite_contact(*, contact: Contact, role: str) -> Membership:
    """Let the person of ``contact`` sign in as a partner, or as the elected official they are.

    Somebody who already belongs to the candidacy is linked to their sheet and keeps their role; only whoever
    comes in is written to.
    """
    if role not in roles_of(contact):
        raise DomainError(_("Ce rôle ne convient pas à ce contact."))
    locked = lock_row(contact)
    email = locked.user.email if locked.user else locked.email
    if not email:
        raise DomainError(_("Indiquez d’abord l’adresse électronique de cette personne."))
    membership = membership_at(candidacy=locked.candidacy, email=email)
    if membership is None:
        membership = invite_member(
            candidacy=locked.candidacy,
            email=email,
            role=role,
            first_name=locked.first_name,
            last_name=locked.last_name,
        )
    elif locked.user_id == membership.user_id:
        send_invitation(membership=membership)
    _link(locked, membership.user)
    return membership


def roles_of(contact: Contact) -> list[Role]:
    """Return the roles that the person of ``contact`` may be given from their sheet."""
    if contact.role == Contact.Role.ELECTED:
        return [Role.ELECTED, Role.PARTNER]
    return [Role.PARTNER]


def _link(contact: Contact, user: User) -> None:
    other = Contact.objects.filter(candidacy=contact.candidacy, user=user).exclude(pk=contact.pk).first()
    if other is not None:
        raise DomainError(
            _("Le compte %(email)s est déjà celui de %(name)s (%(organisation)s).")
            % {"email": user.email, "name": other, "organisation": other.organisation}
        )
    contact.user = user
    contact.full_clean()
    contact.save(update_fields=["user", "updated_at"])
