"""What the worker does each minute, for machines that have cron and no worker."""

import math
from typing import Any

from django.core.management.base import BaseCommand

from notifications.delivery import Status, deliver_due
from notifications.planners import plan_everything


class Command(BaseCommand):
    help = "Send the messages that are due; safe beside a running worker and beside itself."

    def handle(self, *args: Any, **options: Any) -> None:
        plan_everything()
        tally = deliver_due(seconds=math.inf)
        self.stdout.write(
            f"{tally[Status.SENT]} envoyé(s), {tally[Status.PLANNED]} remis à plus tard, "
            f"{tally[Status.FAILED]} en échec, {tally[Status.CANCELLED]} sans objet."
        )
