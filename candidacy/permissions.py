"""What a role allows. The memberships of a person are read once and kept on the user of the request."""

from collections.abc import Collection

from accounts.models import User
from candidacy.models import Candidacy, Membership

Role = Membership.Role

#: Who prepares the bid from inside the bearing authority.
STAFF = frozenset({Role.LEAD, Role.TEAM})
#: Who sees of it what concerns them.
GUESTS = frozenset(Role) - STAFF


def memberships_of(user: User) -> dict[int, Membership]:
    """Return the memberships of ``user`` by candidacy, read once a request."""
    cached: dict[int, Membership] | None = user.__dict__.get("_memberships")
    if cached is None:
        rows = user.memberships.select_related("candidacy").order_by("candidacy__title")
        cached = {membership.candidacy_id: membership for membership in rows}
        user.__dict__["_memberships"] = cached
    return cached


def candidacies_of(user: User, roles: Collection[str]) -> list[int]:
    """Return the primary keys of the candidacies in which ``user`` has one of ``roles``.

    Querysets are narrowed by these few numbers: a subquery for each of them costs more to write than to run.
    """
    return [key for key, membership in memberships_of(user).items() if membership.role in roles]


def membership_in(user: User, candidacy: Candidacy) -> Membership | None:
    return memberships_of(user).get(candidacy.pk)


def role_in(user: User, candidacy: Candidacy) -> Membership.Role | None:
    membership = membership_in(user, candidacy)
    return Role(membership.role) if membership else None


def is_staff(user: User, candidacy: Candidacy) -> bool:
    """Whether ``user`` prepares the bid: lead or team."""
    return role_in(user, candidacy) in STAFF


def is_lead(user: User, candidacy: Candidacy) -> bool:
    return role_in(user, candidacy) == Role.LEAD


def can_change_settings(user: User, candidacy: Candidacy) -> bool:
    return is_lead(user, candidacy)


def can_change_members(user: User, candidacy: Candidacy) -> bool:
    return is_lead(user, candidacy)


def can_read_call(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_change_call(user: User, candidacy: Candidacy) -> bool:
    """Rules, criteria, dates and territories are settings."""
    return is_lead(user, candidacy)


def can_follow_piece(user: User, candidacy: Candidacy) -> bool:
    """Say how far a piece has come; what the call asks for stays the lead's."""
    return is_staff(user, candidacy)


def can_read_backward_plan(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_change_backward_plan(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_remove_plan_step(user: User, candidacy: Candidacy) -> bool:
    """Removal for good is the lead's."""
    return is_lead(user, candidacy)


def can_read_outbox(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_steer_outbox(user: User, candidacy: Candidacy) -> bool:
    """Hold a message back, send it now, try it again."""
    return is_staff(user, candidacy)


def can_create_candidacy(user: User) -> bool:
    """A lead founds further candidacies; the first lead of an installation has none yet."""
    return user.may_found_candidacies or any(
        membership.role == Role.LEAD for membership in memberships_of(user).values()
    )
