"""What the passing of time decides, worked out before anything leaves. Applications register it when Django starts.

A worker has a task for each on its schedule; a machine without a worker runs them all from `manage.py send_due`.
"""

from collections.abc import Callable

Planner = Callable[[], object]

_planners: list[Planner] = []


def register(planner: Planner) -> None:
    if planner not in _planners:
        _planners.append(planner)


def plan_everything() -> None:
    """Bring the outbox to what it should hold."""
    for planner in _planners:
        planner()
