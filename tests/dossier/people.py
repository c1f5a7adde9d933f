from candidacy.models import Membership
from tests.factories import make_contact, make_member, make_organisation

Role = Membership.Role


def make_partner(*, candidacy=None, organisation=None):
    """Make a person who signs in for ``organisation``."""
    organisation = organisation or make_organisation(candidacy=candidacy)
    member = make_member(candidacy=organisation.candidacy, role=Role.PARTNER)
    make_contact(organisation=organisation, user=member.user)
    return member.user
