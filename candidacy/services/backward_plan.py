"""Writing the backward plan: its tasks, what waits for what, and the dates that the team keeps to."""

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from candidacy.backward_plan import dates_of
from candidacy.models import Candidacy, PlanStep
from candidacy.plan_reading import facts_of
from core.errors import DomainError, StaleRevisionError
from core.staleness import fingerprint, lock_row, save_changes

STANDARD_PLAN = Path(__file__).parents[1] / "backward_plans.toml"


def state_of_step(step: PlanStep, names: Collection[str]) -> str:
    """Return a digest of the fields ``names`` and of what the task waits for."""
    waits = sorted(step.predecessors.values_list("pk", flat=True))
    return hashlib.sha256(f"{fingerprint(step, names)} {waits}".encode()).hexdigest()[:32]


@transaction.atomic
def save_step(
    *,
    candidacy: Candidacy,
    fields: Mapping[str, Any],
    predecessors: Collection[PlanStep],
    step: PlanStep | None = None,
    seen: str | None = None,
    public_id: UUID | None = None,
) -> PlanStep:
    """Write a task; refuse a circle, a task of another bid, and what somebody else has changed meanwhile.

    ``public_id`` is the identifier that the form chose: the same form sent twice makes one task.
    """
    _lock_plan(candidacy)
    if any(row.candidacy_id != candidacy.pk for row in predecessors):
        raise DomainError(_("Une tâche de la liste n’est pas de ce rétroplanning."))
    if step is None:
        made = candidacy.plan_steps.filter(public_id=public_id).first() if public_id else None
        if made is not None:
            return made
        saved = PlanStep(candidacy=candidacy, **fields)
        if public_id:
            saved.public_id = public_id
        saved.full_clean()
        saved.save()
    else:
        saved = lock_row(step)
        waits = set(saved.predecessors.values_list("pk", flat=True))
        changes = waits != {row.pk for row in predecessors} or any(
            getattr(saved, name) != value for name, value in fields.items()
        )
        if changes and seen is not None and state_of_step(saved, fields.keys()) != seen:
            raise StaleRevisionError(
                _("Quelqu’un a modifié cette tâche pendant que vous l’aviez sous les yeux.")
            )
        save_changes(saved, fields, seen=None)
    saved.predecessors.set(predecessors)
    _require_order(candidacy)
    return saved


@transaction.atomic
def follow_step(*, step: PlanStep, deed: str, today: date) -> PlanStep:
    """Note that a task begins or ends today, or that it is open again; the same click twice changes nothing more."""
    locked = lock_row(step)
    if deed == "start":
        locked.started_on = locked.started_on or today
    elif deed == "finish":
        locked.started_on = min(locked.started_on or today, today)
        locked.finished_on = locked.finished_on or today
    elif deed == "reopen":
        locked.finished_on = None
    else:
        raise DomainError(_("Cette opération n’existe pas."))
    locked.full_clean()
    locked.save()
    return locked


@transaction.atomic
def remove_step(*, step: PlanStep) -> None:
    """Take a task off; those that waited for it wait for what it waited for."""
    _lock_plan(step.candidacy)
    before = list(step.predecessors.all())
    for after in step.successors.all():
        after.predecessors.add(*before)
    step.delete()


@transaction.atomic
def load_standard_plan(candidacy: Candidacy) -> int:
    """Fill an empty plan with the usual tasks and return how many there are; one that has tasks is left alone."""
    _lock_plan(candidacy)
    if candidacy.plan_steps.exists():
        raise DomainError(
            _("Le rétroplanning contient déjà des tâches\u00a0: ajoutez celles qui manquent une à une.")
        )
    steps: dict[str, PlanStep] = {}
    for row in tomllib.loads(STANDARD_PLAN.read_text(encoding="utf-8"))["steps"]:
        fields = {name: row[name] for name in ("title", "duration", "day_kind") if name in row}
        steps[row["key"]] = save_step(
            candidacy=candidacy,
            fields=fields,
            predecessors=[steps[key] for key in row.get("after", ())],
        )
    return len(steps)


@transaction.atomic
def keep_latest_dates(candidacy: Candidacy, *, today: date) -> int:
    """Make the latest dates the planned ones of what has not begun; return how many tasks have new dates."""
    _lock_plan(candidacy)
    if candidacy.deposit_on is None:
        raise DomainError(_("Donnez d’abord la date de dépôt dans les réglages."))
    steps = list(candidacy.plan_steps.prefetch_related("predecessors"))
    dates = dates_of(
        map(facts_of, steps), deposit_on=candidacy.deposit_on, today=today, region=candidacy.holiday_region
    )
    changed = 0
    for step in steps:
        latest = dates[step.pk]
        window = (latest.latest_start, latest.latest_end)
        if step.started_on is None and (step.planned_from, step.planned_until) != window:
            step.planned_from, step.planned_until = window
            step.save()
            changed += 1
    return changed


def _lock_plan(candidacy: Candidacy) -> None:
    """Let one at a time change what waits for what: two halves of a circle are refused only together."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)


def _require_order(candidacy: Candidacy) -> None:
    links = PlanStep.predecessors.through.objects.filter(from_planstep__candidacy=candidacy)
    waits: dict[int, set[int]] = {}
    for after, before in links.values_list("from_planstep", "to_planstep"):
        waits.setdefault(after, set()).add(before)
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        raise DomainError(
            _(
                "Ces tâches s’attendent en rond\u00a0: aucune ne pourrait commencer. Retirez l’une des attentes."
            )
        ) from error
