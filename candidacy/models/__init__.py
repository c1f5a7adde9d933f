from candidacy.models.aims import Indicator, Objective
from candidacy.models.candidacies import (
    Call,
    Candidacy,
    CandidacyQuerySet,
    Criterion,
    Membership,
    MembershipQuerySet,
    Phase,
    Piece,
    PopulationKind,
    Territory,
    validate_siren,
    validate_time_zone,
)

__all__ = [
    "Call",
    "Candidacy",
    "CandidacyQuerySet",
    "Criterion",
    "Indicator",
    "Membership",
    "MembershipQuerySet",
    "Objective",
    "Phase",
    "Piece",
    "PopulationKind",
    "Territory",
    "validate_siren",
    "validate_time_zone",
]
