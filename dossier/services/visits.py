from datetime import datetime, timedelta

from candidacy.models import Membership

#: Someone who comes back after this long begins a new visit.
VISIT_GAP = timedelta(minutes=30)
#: The row is written at most this often.
WRITE_EVERY = timedelta(minutes=5)
#: How far back a first visit looks.
FIRST_LOOK = timedelta(days=14)


def note_visit(*, membership: Membership, begun_from: datetime | None, now: datetime) -> datetime:
    """Note that the person is here, and return since when the page tells what changed.

    ``begun_from`` is what this returned earlier in the same session: within one visit the answer stays the same, so
    that a reload does not empty the page.
    """
    seen = membership.last_seen_at
    is_same_visit = seen is not None and begun_from is not None and now - seen <= VISIT_GAP
    since = begun_from if is_same_visit and begun_from else seen or now - FIRST_LOOK
    if seen is None or now - seen >= WRITE_EVERY:
        Membership.objects.filter(pk=membership.pk).update(last_seen_at=now)
    return since
