"""The address book as plain lines: what each one shows is read and worked out once, not asked of models."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.core.paginator import Page
from django.db.models import TextChoices

from core.addresses import page_address
from partners.models import Organisation

_TONES = {
    Organisation.Stage.IDENTIFIED: "neutral",
    Organisation.Stage.COMMITTED: "good",
    Organisation.Stage.ACTIVE: "good",
    Organisation.Stage.WITHDRAWN: "bad",
}


@dataclass(frozen=True, slots=True)
class OrganisationLine:
    url: str
    name: str
    role: str
    kind: str
    circle: str
    stage: str
    #: One of the tones of core.templatetags.badges.
    tone: str
    stage_changed_on: date | None
    commune: str
    contact_count: int


def organisation_lines(page: Page[Organisation], slug: str) -> list[OrganisationLine]:
    address = partial(page_address, "partners:organisation-detail", slug)
    kinds, circles = _labels(Organisation.Kind), _labels(Organisation.Circle)
    stages = _labels(Organisation.Stage)
    organisations: Any = page.object_list  # an OrganisationQuerySet, which the paginator cut, with its counts
    rows = organisations.values_list(
        "public_id",
        "name",
        "role",
        "kind",
        "circle",
        "stage",
        "stage_changed_on",
        "territory__name",
        "contact_count",
        named=True,
    )
    return [
        OrganisationLine(
            url=address(row.public_id),
            name=row.name,
            role=row.role,
            kind=kinds[row.kind],
            circle=circles[row.circle],
            stage=stages[row.stage],
            tone=_TONES.get(row.stage, "info"),
            stage_changed_on=row.stage_changed_on,
            commune=row.territory__name or "",
            contact_count=row.contact_count,
        )
        for row in rows
    ]


def _labels(choices: type[TextChoices]) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}
