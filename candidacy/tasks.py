from celery import shared_task

from candidacy.services.reminders import replan_reminders


@shared_task
def plan_reminders() -> None:
    replan_reminders()
