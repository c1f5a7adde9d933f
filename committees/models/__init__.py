from committees.models.agenda import TemplateItem
from committees.models.blackout import Blackout
from committees.models.committee import Committee, CommitteeMember, ReminderRule, protocol_rank
from committees.models.feeds import CalendarFeed
from committees.models.followup import Action, Decision
from committees.models.meeting import AgendaItem, Invitation, Meeting
from committees.models.series import MeetingSeries

__all__ = [
    "Action",
    "AgendaItem",
    "Blackout",
    "CalendarFeed",
    "Committee",
    "CommitteeMember",
    "Decision",
    "Invitation",
    "Meeting",
    "MeetingSeries",
    "ReminderRule",
    "TemplateItem",
    "protocol_rank",
]
