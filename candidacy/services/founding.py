"""The first day of a candidacy: its row, its first lead, and the rules of its call."""

from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.call_templates import CallTemplate
from candidacy.models import Call, Candidacy, Criterion, Membership, Phase, Piece
from core.errors import DomainError

_SLUG_LENGTH = 60


class CandidacyFields(TypedDict, total=False):
    """What is known of a candidacy on its first day; the model says what it cannot do without."""

    slug: str
    title: str
    tagline: str
    title_year: int
    deposit_on: date | None
    bearer_name: str
    bearer_kind: str
    bearer_siren: str
    population: int | None
    population_kind: str
    population_source: str
    population_on: date | None
    time_zone: str
    holiday_region: str
    accent_colour: str
    is_fictitious: bool


@transaction.atomic
def create_candidacy(
    *, founder: User, template: CallTemplate, public_id: UUID | None = None, **fields: Unpack[CandidacyFields]
) -> Candidacy:
    """Found a candidacy under the rules of ``template``; ``founder`` is its lead from the start."""
    candidacy = Candidacy(language=template.language, **fields)
    candidacy.slug = candidacy.slug or free_slug(candidacy.title)
    if public_id is not None:
        candidacy.public_id = public_id
    candidacy.full_clean()
    candidacy.save()
    Membership.objects.create(candidacy=candidacy, user=founder, role=Membership.Role.LEAD)
    apply_template(candidacy=candidacy, template=template)
    return candidacy


@transaction.atomic
def apply_template(*, candidacy: Candidacy, template: CallTemplate) -> Call:
    """Copy the rules of ``template`` into ``candidacy``: call, criteria, phases and pieces.

    From then on they are the candidacy's own; the sections of the outline are laid by the dossier.
    """
    if Call.objects.filter(candidacy=candidacy).exists():
        raise DomainError(_("Cette candidature a déjà un appel."))
    call = Call(
        candidacy=candidacy,
        template_key=template.key,
        template_version=template.version,
        name=template.name,
        authority=template.authority,
        description=template.description,
        source=template.source,
        population_min=template.population_min,
        population_max=template.population_max,
        population_kind=template.population_kind,
        is_population_kind_confirmed=template.is_population_kind_confirmed,
        prize_amount=template.prize_amount,
        page_limit=template.page_limit,
    )
    call.full_clean()
    call.save()
    _copy_criteria(candidacy, template)
    _copy_pieces(candidacy, template, _copy_phases(candidacy, template))
    return call


def _copy_criteria(candidacy: Candidacy, template: CallTemplate) -> None:
    Criterion.objects.bulk_create(
        Criterion(
            candidacy=candidacy,
            code=row.code,
            position=position,
            title=row.title,
            is_official=row.is_official,
            prompts=list(row.prompts),
        )
        for position, row in enumerate(template.criteria, start=1)
    )


def _copy_phases(candidacy: Candidacy, template: CallTemplate) -> dict[str, Phase]:
    rows = [
        Phase(
            candidacy=candidacy,
            key=row.key,
            position=position,
            name=row.name,
            planned_on=row.planned_on,
            planned_label=row.planned_label,
            actual_on=row.actual_on,
        )
        for position, row in enumerate(template.phases, start=1)
    ]
    return {phase.key: phase for phase in Phase.objects.bulk_create(rows)}


def _copy_pieces(candidacy: Candidacy, template: CallTemplate, phases: dict[str, Phase]) -> None:
    Piece.objects.bulk_create(
        Piece(
            candidacy=candidacy,
            key=row.key,
            position=position,
            name=row.name,
            description=row.description,
            phase=phases.get(row.phase),
            is_required=row.is_required,
            is_confirmed=row.is_confirmed,
        )
        for position, row in enumerate(template.pieces, start=1)
    )


def free_slug(title: str) -> str:
    """Derive a short address from ``title``, with a number where it is taken."""
    stem = slugify(title)[: _SLUG_LENGTH - 4].strip("-") or "candidature"
    taken = set(Candidacy.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)
