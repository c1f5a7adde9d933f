"""Whom the people of a committee ask, and to whom their answers go."""

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_staff
from committees.calendar import Person


def organiser_of(candidacy: Candidacy, person: User | None) -> Person | None:
    """Return ``person``, who called people together, or a lead when they no longer prepare the bid."""
    if person is None or not (person.is_active and is_staff(person, candidacy)):
        leads = candidacy.memberships.filter(role=Membership.Role.LEAD, user__is_active=True)
        lead = leads.select_related("user").order_by("pk").first()
        person = lead.user if lead else None
    return Person(str(person), person.email) if person else None
