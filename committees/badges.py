"""In a word and a tone, where a meeting, a decision, an action or an answer stands."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from committees.models import Action, Correction, Decision, Invitation, Meeting, Minutes


class Badge(NamedTuple):
    label: str
    #: One of the tones of core.templatetags.badges.
    tone: str


MEETING_TONES = {
    Meeting.Status.CONVENED: "info",
    Meeting.Status.HELD: "good",
    Meeting.Status.CANCELLED: "bad",
}
DECISION_TONES = {Decision.Status.OPEN: "info", Decision.Status.APPLIED: "good"}
ACTION_TONES = {Action.Status.IN_PROGRESS: "info", Action.Status.DONE: "good"}
ANSWER_TONES = {
    Invitation.Answer.PRESENT: "good",
    Invitation.Answer.REMOTE: "good",
    Invitation.Answer.EXCUSED: "warn",
    **dict.fromkeys(Invitation.REPRESENTED, "info"),
}
MINUTES_TONES = {Minutes.Status.SENT: "info", Minutes.Status.APPROVED: "good"}
CORRECTION_TONES = {Correction.Outcome.PENDING: "warn", Correction.Outcome.ACCEPTED: "good"}
OPEN_ACTIONS = frozenset({Action.Status.TO_DO, Action.Status.IN_PROGRESS})


def meeting_badge(status: str) -> Badge:
    known = Meeting.Status(status)
    return Badge(str(known.label), MEETING_TONES.get(known, "neutral"))


def decision_badge(status: str, due_on: date | None, today: date) -> Badge:
    known = Decision.Status(status)
    if known == Decision.Status.OPEN and due_on and due_on < today:
        return Badge(_("en retard"), "bad")
    return Badge(str(known.label), DECISION_TONES.get(known, "neutral"))


def action_badge(status: str, due_on: date | None, today: date) -> Badge:
    known = Action.Status(status)
    if known in OPEN_ACTIONS and due_on and due_on < today:
        return Badge(_("en retard"), "bad")
    return Badge(str(known.label), ACTION_TONES.get(known, "neutral"))


def answer_badge(answer: str) -> Badge:
    known = Invitation.Answer(answer)
    return Badge(str(known.label), ANSWER_TONES.get(known, "neutral"))


def minutes_badge(status: str) -> Badge:
    known = Minutes.Status(status)
    return Badge(str(known.label), MINUTES_TONES.get(known, "neutral"))


def correction_badge(outcome: str) -> Badge:
    known = Correction.Outcome(outcome)
    return Badge(str(known.label), CORRECTION_TONES.get(known, "neutral"))
