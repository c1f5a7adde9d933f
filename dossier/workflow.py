"""The states of a section and the ways from one to the next: who may take them, and what the button says."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossier.models import Section

Status = Section.Status


@dataclass(frozen=True)
class Move:
    source: Section.Status
    target: Section.Status
    label: str | Promise
    #: Whether the organisation that writes the section may take it; lead and team may take every one.
    is_for_writers: bool
    #: Whether somebody will ask why, so that the form offers a line to say it.
    is_sending_back: bool = False


MOVES = (
    Move(Status.ORDERED, Status.WRITING, _("Commencer la rédaction"), is_for_writers=True),
    Move(Status.WRITING, Status.IN_REVIEW, _("Remettre pour relecture"), is_for_writers=True),
    Move(Status.IN_REVIEW, Status.VALIDATED, _("Valider"), is_for_writers=False),
    Move(
        Status.IN_REVIEW,
        Status.WRITING,
        _("Remettre en rédaction"),
        is_for_writers=True,
        is_sending_back=True,
    ),
    Move(
        Status.VALIDATED,
        Status.IN_REVIEW,
        _("Rouvrir la relecture"),
        is_for_writers=False,
        is_sending_back=True,
    ),
)

TONES = {
    Status.ORDERED: "neutral",
    Status.WRITING: "info",
    Status.IN_REVIEW: "warn",
    Status.VALIDATED: "good",
}


def find_move(source: str, target: str) -> Move | None:
    return next((move for move in MOVES if (move.source, move.target) == (source, target)), None)
