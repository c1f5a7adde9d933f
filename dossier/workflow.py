"""The states of a section and the ways from one to the next: who may take them, and what the button says."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossier.models import Section

Status = Section.Status


class Hat(Enum):
    """In what quality somebody acts on a section; one person may wear several."""

    LEAD = "lead"
    TEAM = "team"
    #: A contact of the organisation that writes.
    WRITER = "writer"
    #: Named in the contract.
    REVIEWER = "reviewer"


STAFF = frozenset({Hat.LEAD, Hat.TEAM})
WRITING = STAFF | {Hat.WRITER}


@dataclass(frozen=True)
class Move:
    source: Section.Status
    target: Section.Status
    label: str | Promise
    takers: frozenset[Hat]
    #: Whether somebody will ask why, so that the form offers a line to say it.
    is_sending_back: bool = False
    #: Whether that line may not stay empty.
    needs_reason: bool = False


MOVES = (
    Move(Status.ORDERED, Status.WRITING, _("Commencer la rédaction"), WRITING),
    Move(Status.WRITING, Status.IN_REVIEW, _("Remettre pour relecture"), WRITING),
    Move(Status.IN_REVIEW, Status.VALIDATED, _("Valider"), STAFF),
    Move(
        Status.IN_REVIEW,
        Status.WRITING,
        _("Remettre en rédaction"),
        WRITING | {Hat.REVIEWER},
        is_sending_back=True,
    ),
    Move(Status.VALIDATED, Status.IN_REVIEW, _("Rouvrir la relecture"), STAFF, is_sending_back=True),
    Move(Status.VALIDATED, Status.FROZEN, _("Figer"), frozenset({Hat.LEAD})),
    Move(
        Status.FROZEN,
        Status.VALIDATED,
        _("Lever le gel"),
        frozenset({Hat.LEAD}),
        is_sending_back=True,
        needs_reason=True,
    ),
)

#: Who may recommend that a text in review be validated, without validating it.
RECOMMENDERS = frozenset({Hat.REVIEWER})

TONES = {
    Status.ORDERED: "neutral",
    Status.WRITING: "info",
    Status.IN_REVIEW: "warn",
    Status.VALIDATED: "good",
    Status.FROZEN: "good",
}


def find_move(source: str, target: str) -> Move | None:
    return next((move for move in MOVES if (move.source, move.target) == (source, target)), None)


def moves_from(status: str, hats: frozenset[Hat]) -> tuple[Move, ...]:
    """Return the ways from ``status`` that somebody in these qualities may take."""
    return tuple(move for move in MOVES if move.source == status and move.takers & hats)
