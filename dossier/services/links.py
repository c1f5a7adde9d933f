from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from candidacy.models import Candidacy
from dossier.links import texts_by_address
from dossier.models import Edition, LinkCheck
from dossier.models.links import MAX_ADDRESS
from dossier.snapshots import read_snapshot
from dossier.tasks import check_links

#: A page that answered so recently is not asked again.
_JUST_NOW = timedelta(minutes=10)
_ASKED_ANEW = ["status", "asked_at", "taken_at"]

Status = LinkCheck.Status


@transaction.atomic
def request_link_check(*, edition: Edition) -> int:
    """Have the external links of ``edition`` tried, and return how many: those under way go on as they are."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.candidacy_id)
    now = timezone.now()
    known = {check.address: check for check in edition.candidacy.link_checks.all()}
    new, again = [], []
    for address in texts_by_address(read_snapshot(edition).sections):
        check = known.get(address)
        if len(address) > MAX_ADDRESS:
            continue
        if check is None:
            new.append(LinkCheck(candidacy=edition.candidacy, address=address, asked_at=now))
        elif not _goes_without_saying(check):
            check.status, check.asked_at, check.taken_at = Status.WAITING, now, None
            again.append(check)
    LinkCheck.objects.bulk_create(new)
    LinkCheck.objects.bulk_update(again, _ASKED_ANEW)
    if new or again:
        # Robust: a broker that does not answer must not turn into an error page; the rows are found by the tick.
        transaction.on_commit(partial(check_links.delay, edition.candidacy_id), robust=True)
    return len(new) + len(again)


def _goes_without_saying(check: LinkCheck) -> bool:
    if check.status == Status.WAITING:
        return True
    just_now = timezone.now() - _JUST_NOW
    return check.status == Status.ALIVE and check.checked_at is not None and check.checked_at >= just_now
