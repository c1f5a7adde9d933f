from datetime import date

from django import template
from django.utils.safestring import SafeString

from committees.badges import action_badge, answer_badge, decision_badge, meeting_badge
from committees.models import Action, Decision, Invitation, Meeting
from core.templatetags.badges import badge

register = template.Library()


@register.simple_tag
def meeting_status(meeting: Meeting) -> SafeString:
    return badge(*meeting_badge(meeting.status))


@register.simple_tag
def decision_status(decision: Decision, today: date) -> SafeString:
    return badge(*decision_badge(decision.status, decision.due_on, today))


@register.simple_tag
def action_status(action: Action, today: date) -> SafeString:
    return badge(*action_badge(action.status, action.due_on, today))


@register.simple_tag
def answer_status(invitation: Invitation) -> SafeString:
    return badge(*answer_badge(invitation.answer))
