from celery import shared_task

from notifications.delivery import deliver_due


@shared_task
def send_due_messages() -> None:
    deliver_due()
