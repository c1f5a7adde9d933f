from committees.models.agenda import TemplateItem
from committees.models.blackout import Blackout
from committees.models.committee import Committee, CommitteeMember, ReminderRule, protocol_rank
from committees.models.feeds import CalendarFeed
from committees.models.followup import Action, Decision
from committees.models.meeting import AgendaItem, Invitation, Meeting
from committees.models.papers import AgendaConcern, AgendaPaper
from committees.models.poll import DatePoll, PollAnswer, PollParticipant, PollSlot
from committees.models.series import MeetingSeries

__all__ = [
    "Action",
    "AgendaConcern",
    "AgendaItem",
    "AgendaPaper",
    "Blackout",
    "CalendarFeed",
    "Committee",
    "CommitteeMember",
    "DatePoll",
    "Decision",
    "Invitation",
    "Meeting",
    "MeetingSeries",
    "PollAnswer",
    "PollParticipant",
    "PollSlot",
    "ReminderRule",
    "TemplateItem",
    "protocol_rank",
]
