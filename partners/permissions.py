from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_lead, is_staff, role_in
from partners.models import Contact, Deliberation, Organisation, Sitting, organisations_of


def can_read_directory(user: User, candidacy: Candidacy) -> bool:
    """The whole address book, on screen or as a file."""
    return is_staff(user, candidacy)


def can_read_own_sheet(user: User, candidacy: Candidacy) -> bool:
    return role_in(user, candidacy) == Membership.Role.PARTNER


def can_create_organisation(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_edit_organisation(user: User, organisation: Organisation) -> bool:
    """Every field of the sheet, internal notes included."""
    return is_staff(user, organisation.candidacy)


def can_edit_own_organisation(user: User, organisation: Organisation) -> bool:
    """The address and the site, for the partner whose organisation it is."""
    return (
        can_read_own_sheet(user, organisation.candidacy)
        and organisations_of(user).filter(organisation=organisation).exists()
    )


def can_remove_organisation(user: User, organisation: Organisation) -> bool:
    return is_lead(user, organisation.candidacy)


def can_edit_contact(user: User, contact: Contact) -> bool:
    return is_staff(user, contact.candidacy)


def can_edit_own_contact(user: User, contact: Contact) -> bool:
    """Their job title and their telephone, for the person whose sheet it is."""
    return contact.user_id == user.pk and can_read_own_sheet(user, contact.candidacy)


def can_remove_contact(user: User, contact: Contact) -> bool:
    return is_lead(user, contact.candidacy)


def can_invite_contact(user: User, contact: Contact) -> bool:
    """Opening an account is a matter of members, hence of the lead."""
    return is_lead(user, contact.candidacy)


def can_read_deliberations(user: User, candidacy: Candidacy) -> bool:
    """Those of every partner, as one list."""
    return is_staff(user, candidacy)


def can_create_deliberation(user: User, organisation: Organisation) -> bool:
    """And the sittings that vote them."""
    return is_staff(user, organisation.candidacy)


def can_edit_deliberation(user: User, row: Deliberation | Sitting) -> bool:
    """A deliberation, or a sitting."""
    return is_staff(user, row.candidacy)


def can_remove_deliberation(user: User, row: Deliberation | Sitting) -> bool:
    """A deliberation, or a sitting."""
    return is_lead(user, row.candidacy)
