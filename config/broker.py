"""The broker of the embedded default: Celery's folder of messages, but quick to stop.

A worker looks at its signals between two waits for messages, and waits once more after it has seen one. The
two seconds that Celery gives each wait would make a stop last up to four.
"""

from typing import Any

from kombu.transport import filesystem

LONGEST_WAIT_SECONDS = 0.5


class FolderTransport(filesystem.Transport):
    # Kombu's two base classes disagree on this signature; this is the one it calls.
    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        super().drain_events(connection, timeout=timeout and min(timeout, LONGEST_WAIT_SECONDS))
