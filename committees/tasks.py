from celery import shared_task

from committees.services.approval import approve_silent_minutes
from committees.services.reminders import replan_upcoming_meetings
from committees.services.replies import read_replies


@shared_task
def plan_meeting_reminders() -> None:
    replan_upcoming_meetings()


@shared_task
def approve_minutes_by_silence() -> None:
    approve_silent_minutes()


@shared_task
def read_calendar_replies() -> None:
    read_replies()
