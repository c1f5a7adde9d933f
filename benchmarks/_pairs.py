"""Two ways of doing the same thing, measured in turn: on a machine that others use, only the ratio means something."""

import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import Any


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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
    return next(compare_each(ours={name: (limit, ours)}, theirs=theirs, rounds=rounds))


def compare_each(
    *,
    ours: Mapping[str, tuple[float, Callable[[], float]]],
    theirs: Callable[[], float],
    rounds: int = 5,
) -> Iterator[dict[str, Any]]:
    """Do the same for several of ours, by name with their limit: one run of theirs a round is compared with each."""
    measured: list[tuple[dict[str, float], float]] = []
    for number in range(rounds):
        if number % 2:
            floor = theirs()
            taken = {name: work() for name, (_limit, work) in ours.items()}
        else:
            taken = {name: work() for name, (_limit, work) in ours.items()}
            floor = theirs()
        measured.append((taken, floor))
    for name, (limit, _work) in ours.items():
        yield {
            "name": name,
            "ratio": round(median(taken[name] / floor for taken, floor in measured), 3),
            "limit": limit,
            "rounds": rounds,
            "ours_seconds": round(median(taken[name] for taken, _ in measured), 3),
            "theirs_seconds": round(median(floor for _, floor in measured), 3),
        }
