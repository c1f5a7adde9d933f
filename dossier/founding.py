"""Founding a candidacy: from a call's template to a bid one can work in, in one transaction.

The browser's steps and the demonstration both come here; nothing is half founded.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from budget.services import set_plan_years
from candidacy.call_templates import CallTemplate, SectionTemplate
from candidacy.models import Candidacy, Phase, Territory
from candidacy.services.founding import CandidacyFields, create_candidacy
from committees.services.committees import DEFAULT_REMINDERS, CommitteeFields, Reminder, create_committee
from core.errors import DomainError
from core.working_days import region_of_commune
from dossier.models import Proof, Section


class TerritoryFields(TypedDict, total=False):
    name: str
    insee_code: str
    siren: str
    role: str
    population_municipal: int | None
    population_total: int | None
    population_source: str
    population_on: date | None


@dataclass(frozen=True, kw_only=True)
class PhaseDates:
    planned_on: date | None = None
    planned_label: str = ""
    actual_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class CommitteeEntry:
    fields: CommitteeFields
    reminders: Sequence[Reminder] = DEFAULT_REMINDERS


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What surrounds the candidacy from its first day: who it joins, when, with whom, over which years."""

    plan_years: tuple[int, int]
    plan_note: str = ""
    territories: Sequence[TerritoryFields] = ()
    #: By the key of the phase; a phase that is not named keeps the template's dates only in the template's edition.
    phases: Mapping[str, PhaseDates] = field(default_factory=dict)
    committees: Sequence[CommitteeEntry] = ()


def found_candidacy(
    *,
    founder: User,
    template: CallTemplate,
    surroundings: Surroundings,
    public_id: UUID | None = None,
    **fields: Unpack[CandidacyFields],
) -> Candidacy:
    """Create a candidacy with its call, outline, territories, committees and empty plan; ``founder`` leads it.

    With ``public_id`` the same founding sent twice makes one candidacy, and returns it.
    """
    founded = _founded_before(public_id)
    if founded is not None:
        return founded
    try:
        return _found(
            founder=founder, template=template, surroundings=surroundings, public_id=public_id, fields=fields
        )
    except IntegrityError as error:  # somebody takes the address, or the same form arrives, at this instant
        founded = _founded_before(public_id)
        if founded is None:
            raise DomainError(
                _("Cette adresse courte vient d’être prise : choisissez-en une autre.")
            ) from error
        return founded


def _founded_before(public_id: UUID | None) -> Candidacy | None:
    return Candidacy.objects.filter(public_id=public_id).first() if public_id else None


@transaction.atomic
def _found(
    *,
    founder: User,
    template: CallTemplate,
    surroundings: Surroundings,
    public_id: UUID | None,
    fields: CandidacyFields,
) -> Candidacy:
    fields = {"holiday_region": _holidays_kept(surroundings.territories), **fields}
    candidacy = create_candidacy(founder=founder, template=template, public_id=public_id, **fields)
    _name_the_edition(candidacy, template)
    _date_phases(candidacy, template, surroundings.phases)
    _add_territories(candidacy, surroundings.territories)
    lay_outline(candidacy=candidacy, sections=template.sections)
    first_year, last_year = surroundings.plan_years
    set_plan_years(
        candidacy=candidacy, first_year=first_year, last_year=last_year, note=surroundings.plan_note
    )
    for committee in surroundings.committees:
        create_committee(candidacy=candidacy, reminders=committee.reminders, **committee.fields)
    return candidacy


@transaction.atomic
def lay_outline(*, candidacy: Candidacy, sections: Sequence[SectionTemplate]) -> None:
    """Order the sections of a template: two levels, with their briefs, limits and the arguments that each criterion expects of them."""
    criteria = {criterion.code: criterion for criterion in candidacy.criteria.all()}
    laid: dict[str, Section] = {}
    for level in (
        [row for row in sections if not row.parent],
        [row for row in sections if row.parent],
    ):
        positions: Counter[str] = Counter()
        ordered = []
        for row in level:
            positions[row.parent] += 1
            ordered.append(_ordered_section(candidacy, row, laid.get(row.parent), positions[row.parent]))
        for section in bulk_create_with_history(ordered, Section):
            laid[section.key] = section
    Proof.objects.bulk_create(
        Proof(section=laid[row.key], criterion=criteria[code]) for row in sections for code in row.criteria
    )


def _ordered_section(
    candidacy: Candidacy, row: SectionTemplate, parent: Section | None, position: int
) -> Section:
    section = Section(
        candidacy=candidacy,
        parent=parent,
        key=row.key,
        position=position,
        kind=row.kind,
        title=row.title,
        brief=row.brief,
        questions=list(row.questions),
        limit_value=row.limit_value,
        limit_unit=row.limit_unit,
    )
    section.clean_fields(exclude=["candidacy", "parent"])
    return section


def is_edition_of(template: CallTemplate, title_year: int) -> bool:
    """Whether the template describes the very edition that is bid for, so that its dates are those of the bid."""
    return template.title_year is not None and template.title_year == title_year


def edition_name(template: CallTemplate, title_year: int) -> str:
    """Return the name of the call for the year that is bid for: a template names the edition it was written on."""
    return template.name.replace(str(template.title_year), str(title_year))


def _name_the_edition(candidacy: Candidacy, template: CallTemplate) -> None:
    call = candidacy.call
    call.name = edition_name(template, candidacy.title_year)
    call.full_clean()
    call.save()


def _date_phases(candidacy: Candidacy, template: CallTemplate, dates: Mapping[str, PhaseDates]) -> None:
    """Give each phase the dates of this bid; those of another edition would be read as its own."""
    is_edition = is_edition_of(template, candidacy.title_year)
    phases = list(candidacy.phases.all())
    for phase in phases:
        own = dates.get(phase.key)
        if own is not None:
            phase.planned_on, phase.planned_label = own.planned_on, own.planned_label
        elif not is_edition:
            phase.planned_on, phase.planned_label = None, ""
        known = phase.actual_on if is_edition else None
        phase.actual_on = (own.actual_on if own else None) or known
        phase.clean_fields()
    Phase.objects.bulk_update(phases, ["planned_on", "planned_label", "actual_on"])


def _add_territories(candidacy: Candidacy, entries: Sequence[TerritoryFields]) -> None:
    territories = [Territory(candidacy=candidacy, **fields) for fields in entries]
    codes = [territory.insee_code for territory in territories]
    for territory in territories:
        territory.clean_fields(exclude=["candidacy"])
        if codes.count(territory.insee_code) > 1:
            raise DomainError(
                _("Le code INSEE %(code)s est donné deux fois.") % {"code": territory.insee_code}
            )
    Territory.objects.bulk_create(territories)


def _holidays_kept(territories: Sequence[TerritoryFields]) -> str:
    """Return the region of the first commune that bids; the settings change it."""
    codes = (row.get("insee_code", "") for row in territories if row.get("role") == Territory.Role.BEARER)
    return region_of_commune(next(filter(None, codes), ""))
