"""What stands beside a section: its contract, what its date and its state went through, and the ways on."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.models import User
from dossier.forms import RecommendationForm, StatusForm
from dossier.models import Section
from dossier.outline import OutlineEntry
from dossier.permissions import hats_of
from dossier.workflow import RECOMMENDERS, STAFF, TONES, WRITING, moves_from


def contract_context(
    user: User, section: Section, entries: Iterable[OutlineEntry], *, today: date
) -> dict[str, Any]:
    """Read it in a fixed number of queries; ``entries`` is the whole outline."""
    reviewers = list(section.reviewers.select_related("contact__organisation", "membership__user"))
    hats = hats_of(user, section, reviewers)
    is_open_to_staff = bool(hats & STAFF) and not section.is_frozen
    state_changes = section.state_changes.in_order().select_related("moved_by")
    # A reviewer from elsewhere reads when a section moved and where to, never why: that is between those who write it.
    reads_reasons = bool(hats & WRITING)
    is_waiting = section.status == Section.Status.IN_REVIEW
    return {
        "moves": [
            (move, StatusForm.asking_why(move) if move.is_sending_back else None)
            for move in moves_from(section.status, hats)
        ],
        "recommendation_form": RecommendationForm() if is_waiting and RECOMMENDERS & hats else None,
        "can_tick_expected_proofs": bool(hats & WRITING) and not section.is_frozen,
        "can_merge": is_open_to_staff and all(entry.parent_id != section.pk for entry in entries),
        "is_late": section.is_late(today),
        "tone": TONES[Section.Status(section.status)],
        "reviewers": reviewers,
        "expected_proofs": section.expected_proofs.select_related("provided_by"),
        "reads_reasons": reads_reasons,
        "status_note": section.status_note if reads_reasons else "",
        "due_changes": section.due_changes.select_related("changed_by"),
        "state_changes": [
            (
                change,
                TONES[Section.Status(change.target)],
                change.reason if reads_reasons or change.moved_by_id == user.pk else "",
            )
            for change in state_changes
        ],
    }
