from candidacy.models.aims import Indicator, Objective
from candidacy.models.backward_plan import LONGEST_DAYS, PlanStep
from candidacy.models.call_copies import CallTemplateCopy, CallTemplateCopyQuerySet
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
from candidacy.models.reminders import RecallRule

__all__ = [
    "LONGEST_DAYS",
    "Call",
    "CallTemplateCopy",
    "CallTemplateCopyQuerySet",
    "Candidacy",
    "CandidacyQuerySet",
    "Criterion",
    "Indicator",
    "Membership",
    "MembershipQuerySet",
    "Objective",
    "Phase",
    "Piece",
    "PlanStep",
    "PopulationKind",
    "RecallRule",
    "Territory",
    "validate_siren",
    "validate_time_zone",
]
