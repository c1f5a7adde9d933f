"""The worker's half of the checking of links: take those that wait, ask a few at once, write what was found.

The row is the truth: a message delivered twice, or two workers at once, ask each address once.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from core.weblinks import LinkAnswer, LinkState, ask_link
from dossier.models import LinkCheck

logger = logging.getLogger(__name__)

_AT_ONCE = 4
_TAKEN_AT_ONCE = 2 * _AT_ONCE
#: Longer than what is taken at once may take, when every server is slow.
SILENCE = timedelta(minutes=3)

Status = LinkCheck.Status


def check_waiting(candidacy_id: int) -> int:
    """Ask for each waiting link of a candidacy; return how many this call settled."""
    settled = 0
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="links") as pool:
        while taken := _take(candidacy_id):
            answers = pool.map(_ask, [row.address for row in taken])
            settled += sum(_write(row, answer) for row, answer in zip(taken, answers, strict=True))
    return settled


def waiting_without_worker() -> list[int]:
    """Return the candidacies whose links wait for a worker that does not come any more."""
    return LinkCheck.objects.of_a_lost_worker(timezone.now(), silence=SILENCE)


def _take(candidacy_id: int) -> list[LinkCheck]:
    """Take a few links that wait; of two workers that try, the database lets one through."""
    now = timezone.now()
    waiting = LinkCheck.objects.waiting().filter(candidacy=candidacy_id)
    free = waiting.filter(taken_at=None) | waiting.filter(taken_at__lt=now - SILENCE)
    taken = []
    for row in free.order_by("pk")[:_TAKEN_AT_ONCE]:
        same = LinkCheck.objects.waiting().filter(pk=row.pk, taken_at=row.taken_at)
        if same.update(taken_at=now):
            row.taken_at = now
            taken.append(row)
    return taken


def _ask(address: str) -> LinkAnswer:
    try:
        return ask_link(address, private_hosts=settings.LINK_CHECK_PRIVATE_HOSTS)
    except Exception:
        # A bug, told in full by the log: the other links are asked all the same, and this one is not asked for ever.
        logger.exception("asking for %s failed", address)
        return LinkAnswer(LinkState.UNREACHABLE, _("la vérification a échoué"))


def _write(row: LinkCheck, answer: LinkAnswer) -> int:
    return (
        LinkCheck.objects.waiting()
        .filter(pk=row.pk, taken_at=row.taken_at)
        .update(status=answer.state.value, reason=answer.reason[:300], checked_at=timezone.now())
    )
