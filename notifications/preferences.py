"""Which messages people with an account do without. What calls somebody or guards their account is not among them."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from notifications.models import Refusal
from notifications.registry import refusable_kinds


def refused_by(kind: str, users: Collection[int]) -> set[int]:
    """Return who, among ``users`` given by primary key, does without ``kind``; no query where nobody can."""
    if not users or kind not in refusable_kinds():
        return set()
    return set(Refusal.objects.filter(kind=kind, user__in=users).values_list("user_id", flat=True))


def kinds_refused_by(user: User) -> set[str]:
    return set(Refusal.objects.filter(user=user).values_list("kind", flat=True))


@transaction.atomic
def choose_messages(*, user: User, wanted: Collection[str]) -> None:
    """Let ``user`` get the refusable kinds among ``wanted``, and no other refusable one."""
    refused = set(refusable_kinds()) - set(wanted)
    Refusal.objects.filter(user=user).exclude(kind__in=refused).delete()
    Refusal.objects.bulk_create(
        [Refusal(user=user, kind=kind) for kind in sorted(refused)], ignore_conflicts=True
    )
