from datetime import date
from itertools import count

from accounts.models import User
from candidacy.call_templates import load_template
from candidacy.models import (
    Call,
    Candidacy,
    Criterion,
    Indicator,
    Membership,
    Objective,
    Phase,
    Piece,
    PlanStep,
    Territory,
)
from candidacy.services.call_copies import copy_template

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


def make_call_copy(*, by=None, template="cfc-2024"):
    return copy_template(template=load_template(template), by=by or make_user(may_found_candidacies=True))


def make_member(*, candidacy=None, role=Membership.Role.LEAD, user=None, **fields):
    """Make a membership; for a partner or an elected official, link a contact with make_contact(user=…)."""
    return Membership.objects.create(
        candidacy=candidacy or make_candidacy(), user=user or make_user(), role=role, **fields
    )


def make_criterion(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("code", f"C{n}")
    fields.setdefault("position", n % 1000)
    fields.setdefault("title", f"critère {n}")
    return Criterion.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_objective(*, criterion=None, **fields):
    n = next(_serial)
    criterion = criterion or make_criterion(candidacy=fields.pop("candidacy", None))
    fields.setdefault("position", n % 1000)
    fields.setdefault("statement", f"Objectif {n}")
    return Objective.objects.create(candidacy=criterion.candidacy, criterion=criterion, **fields)


def make_indicator(*, criterion=None, **fields):
    n = next(_serial)
    criterion = criterion or make_criterion(candidacy=fields.pop("candidacy", None))
    fields.setdefault("position", n % 1000)
    fields.setdefault("name", f"Indicateur {n}")
    fields.setdefault("method", "Comptage des billets.")
    return Indicator.objects.create(candidacy=criterion.candidacy, criterion=criterion, **fields)


def make_territory(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("name", f"Commune {n}")
    fields.setdefault("insee_code", f"{n % 90000 + 1000:05d}")
    fields.setdefault("population_municipal", 1000)
    if fields["population_municipal"] is not None or fields.get("population_total") is not None:
        fields.setdefault("population_source", "Insee")
        fields.setdefault("population_on", date(2024, 1, 1))
    return Territory.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_phase(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("key", f"phase-{n}")
    fields.setdefault("position", n % 1000)
    fields.setdefault("name", f"Phase {n}")
    return Phase.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_piece(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("key", f"piece-{n}")
    fields.setdefault("position", n % 1000)
    fields.setdefault("name", f"Pièce {n}")
    return Piece.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_plan_step(*, candidacy=None, after=(), **fields):
    fields.setdefault("title", f"Tâche {next(_serial)}")
    step = PlanStep.objects.create(candidacy=candidacy or make_candidacy(), **fields)
    step.predecessors.set(after)
    return step
