from datetime import date

from django import template
from django.utils.safestring import SafeString

from committees.badges import (
    action_badge,
    answer_badge,
    correction_badge,
    decision_badge,
    meeting_badge,
    minutes_badge,
)
from committees.models import Action, Correction, Decision, Invitation, Meeting, Minutes
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


@register.simple_tag
def minutes_status(minutes: Minutes) -> SafeString:
    return badge(*minutes_badge(minutes.status))


@register.simple_tag
def correction_status(correction: Correction) -> SafeString:
    return badge(*correction_badge(correction.outcome))
