from committees.models.agenda import TemplateItem
from committees.models.approval import Correction, Rectification
from committees.models.blackout import Blackout
from committees.models.committee import Committee, CommitteeMember, ReminderRule, protocol_rank
from committees.models.feeds import CalendarFeed
from committees.models.followup import Action, Decision
from committees.models.meeting import AgendaItem, Invitation, Meeting
from committees.models.minutes import Minutes, MinutesDraft, MinutesRevision, MinutesText
from committees.models.papers import AgendaConcern, AgendaPaper
from committees.models.poll import DatePoll, PollAnswer, PollParticipant, PollSlot
from committees.models.series import MeetingSeries
from committees.models.session import Arrival, DecisionVote, ItemPassage, MeetingSession

__all__ = [
    "Action",
    "AgendaConcern",
    "AgendaItem",
    "AgendaPaper",
    "Arrival",
    "Blackout",
    "CalendarFeed",
    "Committee",
    "CommitteeMember",
    "Correction",
    "DatePoll",
    "Decision",
    "DecisionVote",
    "Invitation",
    "ItemPassage",
    "Meeting",
    "MeetingSeries",
    "MeetingSession",
    "Minutes",
    "MinutesDraft",
    "MinutesRevision",
    "MinutesText",
    "PollAnswer",
    "PollParticipant",
    "PollSlot",
    "Rectification",
    "ReminderRule",
    "TemplateItem",
    "protocol_rank",
]
