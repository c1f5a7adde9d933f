"""What the sheet of an organisation shows beside its fields, as plain values."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_staff
from notifications.models import OutboundMessage
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
    refusal: "Refusal | None" = None


@dataclass(frozen=True)
class Refusal:
    """What the mail server said of the last message that it would not take for an address."""

    message_id: UUID
    answer: str


@dataclass(frozen=True)
class Step:
    """One stage of engagement, passed, current or to come."""

    value: str
    label: str
    is_current: bool
    is_passed: bool


def contact_cards(organisation: Organisation, user: User) -> list[ContactCard]:
    """Dress the contacts that ``user`` may see, by name, in two queries, three for the team."""
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
    refusals = _refusals(organisation.candidacy, contacts) if is_staff(user, organisation.candidacy) else {}
    return [
        _card(contact, memberships.get(contact.user_id or 0), refusals.get(_address_of(contact)), user)
        for contact in contacts
    ]


def _refusals(candidacy: Candidacy, contacts: list[Contact]) -> dict[str, Refusal]:
    """Return by address what was said of the last message refused for it."""
    addresses = {address for contact in contacts if (address := _address_of(contact))}
    refused = OutboundMessage.objects.in_scope(candidacy.public_id).refused()
    rows = refused.filter(recipient_address__in=addresses).order_by("updated_at", "pk")
    columns = rows.values_list("recipient_address", "public_id", "last_error")
    return {address: Refusal(message_id, answer) for address, message_id, answer in columns}


def _address_of(contact: Contact) -> str:
    return contact.email or (contact.user.email if contact.user else "")


def _card(
    contact: Contact, membership: Membership | None, refusal: Refusal | None, user: User
) -> ContactCard:
    edits_all = can_edit_contact(user, contact)
    invites = membership is None and can_invite_contact(user, contact) and bool(contact.email or contact.user)
    return ContactCard(
        contact=contact,
        membership=membership,
        shows_internals=edits_all,
        may_edit=edits_all or can_edit_own_contact(user, contact),
        may_remove=can_remove_contact(user, contact),
        invitations=tuple((role.value, str(role.label)) for role in roles_of(contact)) if invites else (),
        refusal=refusal,
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
