from datetime import date, timedelta
from itertools import count

from partners.models import Contact, Deliberation, Organisation, Sitting
from tests.factories.candidacy import make_candidacy

_serial = count(1)


def make_organisation(*, candidacy=None, **fields):
    fields.setdefault("name", f"Structure {next(_serial)}")
    fields.setdefault("kind", Organisation.Kind.ASSOCIATION)
    return Organisation.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_contact(*, organisation=None, candidacy=None, **fields):
    """Make a contact; ``user`` links the account that signs in for them."""
    n = next(_serial)
    organisation = organisation or make_organisation(candidacy=candidacy)
    fields.setdefault("first_name", "Dominique")
    fields.setdefault("last_name", f"Lefebvre {n}")
    fields.setdefault("email", f"contact{n}@exemple.example")
    return Contact.objects.create(organisation=organisation, candidacy=organisation.candidacy, **fields)


def make_sitting(*, organisation=None, candidacy=None, **fields):
    """Make a sitting long past, each on a day of its own; its agenda closes ten days before it."""
    organisation = organisation or make_organisation(candidacy=candidacy)
    fields.setdefault("held_on", date(1990, 1, 1) + timedelta(days=next(_serial) % 10_000))
    fields.setdefault("agenda_closes_on", fields["held_on"] - timedelta(days=10))
    return Sitting.objects.create(organisation=organisation, candidacy=organisation.candidacy, **fields)


def make_deliberation(*, organisation=None, candidacy=None, **fields):
    """Make a deliberation to be put on an agenda; with a status that needs a sitting, one long past."""
    if organisation is None:
        sitting = fields.get("sitting")
        organisation = sitting.organisation if sitting else make_organisation(candidacy=candidacy)
    fields.setdefault("title", f"Soutien à la candidature {next(_serial)}")
    if (
        fields.get("status") in {*Deliberation.VOTED, Deliberation.Status.SCHEDULED}
        and "sitting" not in fields
    ):
        fields["sitting"] = make_sitting(organisation=organisation)
    return Deliberation.objects.create(organisation=organisation, candidacy=organisation.candidacy, **fields)
