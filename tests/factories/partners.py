from itertools import count

from partners.models import Contact, Organisation
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
