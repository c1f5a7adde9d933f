from celery import shared_task

from committees.services.reminders import replan_upcoming_meetings
from committees.services.replies import read_replies


@shared_task
def plan_meeting_reminders() -> None:
    replan_upcoming_meetings()


@shared_task
def read_calendar_replies() -> None:
    read_replies()
