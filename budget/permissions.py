from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_lead, is_staff, membership_in


def can_read_plan(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_edit_plan(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_remove_plan_lines(user: User, candidacy: Candidacy) -> bool:
    return is_lead(user, candidacy)


def can_read_plan_summary(user: User, candidacy: Candidacy) -> bool:
    """Key figures of the plan: lead, team and elected officials, and an observer to whom the lead grants them."""
    membership = membership_in(user, candidacy)
    if membership is None:
        return False
    if membership.role == Membership.Role.OBSERVER:
        return membership.can_read_funding
    return membership.role != Membership.Role.PARTNER


def can_read_own_funding(user: User, candidacy: Candidacy) -> bool:
    membership = membership_in(user, candidacy)
    return membership is not None and membership.role == Membership.Role.PARTNER
