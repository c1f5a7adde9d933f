"""What the sheet of an organisation shows beside its fields, as plain values."""

from dataclasses import dataclass

from accounts.models import User
from candidacy.models import Membership
from partners.models import Contact, Organisation
from partners.permissions import (
    can_edit_contact,
    can_edit_own_contact,
    can_invite_contact,
    can_remove_contact,
)
from partners.services.contacts import roles_of


@dataclass(frozen=True)
class ContactCard:
    """One person, whether they can sign in, and what the reader may do about them."""

    contact: Contact
    membership: Membership | None
    shows_internals: bool
    may_edit: bool
    may_remove: bool
    invitations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Step:
    """One stage of engagement, passed, current or to come."""

    value: str
    label: str
    is_current: bool
    is_passed: bool


def contact_cards(organisation: Organisation, user: User) -> list[ContactCard]:
    """Dress the contacts that ``user`` may see, by name, in two queries."""
    contacts = list(
        organisation.contacts.visible_to(user).select_related("user").order_by("search_text", "pk")
    )
    for contact in contacts:
        contact.candidacy = organisation.candidacy
    users = [contact.user_id for contact in contacts if contact.user_id]
    memberships = {
        row.user_id: row
        for row in Membership.objects.filter(candidacy=organisation.candidacy, user__in=users)
    }
    return [_card(contact, memberships.get(contact.user_id or 0), user) for contact in contacts]


def _card(contact: Contact, membership: Membership | None, user: User) -> ContactCard:
    edits_all = can_edit_contact(user, contact)
    invites = membership is None and can_invite_contact(user, contact) and bool(contact.email or contact.user)
    return ContactCard(
        contact=contact,
        membership=membership,
        shows_internals=edits_all,
        may_edit=edits_all or can_edit_own_contact(user, contact),
        may_remove=can_remove_contact(user, contact),
        invitations=tuple((role.value, str(role.label)) for role in roles_of(contact)) if invites else (),
    )


def stage_steps(organisation: Organisation) -> list[Step]:
    """Put the stages in order; « retiré » stands apart and passes nothing."""
    stages = list(Organisation.Stage)
    current = Organisation.Stage(organisation.stage)
    reached = stages.index(current) if current != Organisation.Stage.WITHDRAWN else -1
    return [
        Step(
            value=stage.value,
            label=str(stage.label),
            is_current=stage == current,
            is_passed=stages.index(stage) < reached,
        )
        for stage in stages
    ]
