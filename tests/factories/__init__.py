"""Builders of rows for the tests. Called without arguments each makes a valid, boring row."""

from tests.factories.budget import make_expense_line, make_income_line, make_plan
from tests.factories.candidacy import (
    make_call_copy,
    make_candidacy,
    make_criterion,
    make_indicator,
    make_member,
    make_objective,
    make_phase,
    make_piece,
    make_territory,
    make_user,
)
from tests.factories.committees import (
    make_action,
    make_agenda_item,
    make_committee,
    make_decision,
    make_invitation,
    make_meeting,
    make_seat,
)
from tests.factories.dossier import (
    make_comment,
    make_export,
    make_live_figure,
    make_picture,
    make_proof,
    make_section,
    make_thread,
    make_word_import,
)
from tests.factories.partners import make_contact, make_organisation

__all__ = [
    "make_action",
    "make_agenda_item",
    "make_call_copy",
    "make_candidacy",
    "make_comment",
    "make_committee",
    "make_contact",
    "make_criterion",
    "make_decision",
    "make_expense_line",
    "make_export",
    "make_income_line",
    "make_indicator",
    "make_invitation",
    "make_live_figure",
    "make_meeting",
    "make_member",
    "make_objective",
    "make_organisation",
    "make_phase",
    "make_picture",
    "make_piece",
    "make_plan",
    "make_proof",
    "make_seat",
    "make_section",
    "make_territory",
    "make_thread",
    "make_user",
    "make_word_import",
]
