"""Sums of money. SQLite adds decimals as floats, so every total passes through here and leaves in whole cents."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import QuerySet, Sum

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def to_cents(amount: Decimal | float | int | None) -> Decimal:
    """Round ``amount`` to the cent; nothing counts as zero."""
    return Decimal(amount or 0).quantize(CENT, rounding=ROUND_HALF_UP)


def add_up(amounts: Iterable[Decimal | None]) -> Decimal:
    return to_cents(sum((amount or ZERO for amount in amounts), ZERO))


def total(rows: QuerySet[Any], field: str) -> Decimal:
    """Sum ``field`` over ``rows`` exactly, on every database."""
    return to_cents(rows.aggregate(total=Sum(field))["total"])


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return ``part`` of ``whole`` in percent to one decimal place, or None where there is no whole."""
    if not whole:
        return None
    return (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
