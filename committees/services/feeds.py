"""Addresses to subscribe to. Each is its holder's own, shown once, and gone for good when taken back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from candidacy.models import Candidacy
from committees.models import CalendarFeed, Committee
from core.secret_addresses import digest_of_token, make_token

#: Programs ask every few hours: knowing the day is enough, and writes less.
_NOTED_EVERY = timedelta(hours=1)


@transaction.atomic
def open_feed(*, candidacy: Candidacy, user: User, committee: Committee | None = None) -> str:
    """Return the token of a new address; the one that ``user`` had for the same calendar opens nothing more.

    The token is known here and nowhere later.
    """
    token = make_token()
    CalendarFeed.objects.update_or_create(
        candidacy=candidacy,
        user=user,
        committee=committee,
        defaults={
            "token_sha256": digest_of_token(token),
            "created_at": timezone.now(),
            "last_read_at": None,
        },
    )
    return token


def close_feed(*, feed: CalendarFeed) -> None:
    """Take the address back: what subscribes to it gets « not found » from now on."""
    feed.delete()


def note_reading(*, feed: CalendarFeed, now: datetime) -> None:
    """Keep when the address was last read, so that its holder sees whether somebody still uses it."""
    stale = Q(last_read_at__isnull=True) | Q(last_read_at__lt=now - _NOTED_EVERY)
    CalendarFeed.objects.filter(stale, pk=feed.pk).update(last_read_at=now)
