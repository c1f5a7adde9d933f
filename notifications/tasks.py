import threading

from celery import shared_task

from notifications.delivery import deliver_due

_sending = threading.Lock()


@shared_task
def send_due_messages() -> None:
    """Send what is due. One thread of a worker does at a time: one message is then in flight when it is killed."""
    if _sending.acquire(blocking=False):
        try:
            deliver_due()
        finally:
            _sending.release()
