from itertools import count

from accounts.models import User
from candidacy.models import Call, Candidacy, Criterion, Membership

_serial = count(1)


def make_user(**fields):
    n = next(_serial)
    fields.setdefault("email", f"personne{n}@exemple.example")
    fields.setdefault("first_name", "Camille")
    fields.setdefault("last_name", f"Dupuis {n}")
    return User.objects.create_user(**fields)


def make_candidacy(**fields):
    n = next(_serial)
    fields.setdefault("slug", f"candidature-{n}")
    fields.setdefault("title", f"Candidature {n}")
    fields.setdefault("title_year", 2030)
    fields.setdefault("bearer_name", "Ville de Lens")
    fields.setdefault("bearer_kind", Candidacy.BearerKind.COMMUNE)
    candidacy = Candidacy.objects.create(**fields)
    Call.objects.create(candidacy=candidacy, template_key="blank", template_version=1, name="Appel libre")
    return candidacy


def make_member(*, candidacy=None, role=Membership.Role.LEAD, user=None, **fields):
    """Make a membership; for a partner or an elected official, link a contact with make_contact(user=…)."""
    return Membership.objects.create(
        candidacy=candidacy or make_candidacy(), user=user or make_user(), role=role, **fields
    )


def make_criterion(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("code", str(n))
    fields.setdefault("position", n % 1000)
    fields.setdefault("title", f"critère {n}")
    return Criterion.objects.create(candidacy=candidacy or make_candidacy(), **fields)
