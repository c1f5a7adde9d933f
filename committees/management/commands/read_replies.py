"""What the worker does each minute, for machines that have cron and no worker."""

from typing import Any

from django.core.management.base import BaseCommand

from committees.services.replies import read_replies


class Command(BaseCommand):
    help = "Read the answers of calendars in the mailbox of REPLY_MAILBOX_URL; safe beside a running worker."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{read_replies()} réponse(s) notée(s).")
