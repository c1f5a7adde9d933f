from partners.models.deliberations import Deliberation, DeliberationQuerySet, Sitting, act_path
from partners.models.directory import (
    Contact,
    ContactQuerySet,
    Organisation,
    OrganisationQuerySet,
    organisations_of,
    validate_siret,
)

__all__ = [
    "Contact",
    "ContactQuerySet",
    "Deliberation",
    "DeliberationQuerySet",
    "Organisation",
    "OrganisationQuerySet",
    "Sitting",
    "act_path",
    "organisations_of",
    "validate_siret",
]
