"""Two ways of doing the same thing, measured in turn: on a machine that others use, only the ratio means something."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any


def compare(
    *,
    name: str,
    limit: float,
    ours: Callable[[], float],
    theirs: Callable[[], float],
    rounds: int = 5,
) -> dict[str, Any]:
    """Run both sides ``rounds`` times, each first in half of the rounds; each returns the seconds it took.

    The ratio is the median of the ratios of the pairs.
    """
    pairs: list[tuple[float, float]] = []
    for number in range(rounds):
        if number % 2:
            second = theirs()
            first = ours()
        else:
            first = ours()
            second = theirs()
        pairs.append((first, second))
    return {
        "name": name,
        "ratio": round(median(first / second for first, second in pairs), 3),
        "limit": limit,
        "rounds": rounds,
        "ours_seconds": round(median(first for first, _ in pairs), 3),
        "theirs_seconds": round(median(second for _, second in pairs), 3),
    }


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
