from datetime import date
from typing import Any

from django import template

from committees.badges import action_badge, answer_badge, decision_badge, meeting_badge
from committees.models import Action, Decision, Invitation, Meeting

register = template.Library()

COMPONENT = "components/status_badge.html"


@register.inclusion_tag(COMPONENT)
def meeting_status(meeting: Meeting) -> dict[str, Any]:
    return meeting_badge(meeting.status)._asdict()


@register.inclusion_tag(COMPONENT)
def decision_status(decision: Decision, today: date) -> dict[str, Any]:
    return decision_badge(decision.status, decision.due_on, today)._asdict()


@register.inclusion_tag(COMPONENT)
def action_status(action: Action, today: date) -> dict[str, Any]:
    return action_badge(action.status, action.due_on, today)._asdict()


@register.inclusion_tag(COMPONENT)
def answer_status(invitation: Invitation) -> dict[str, Any]:
    return answer_badge(invitation.answer)._asdict()
