"""The broker of the embedded default: Celery's folder of messages, but quick to stop, and there when it was removed.

A worker looks at its signals between two waits for messages, and waits once more after it has seen one. The
two seconds that Celery gives each wait would make a stop last up to four.
"""

from json import JSONDecodeError
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem

LONGEST_WAIT_SECONDS = 0.5


class FolderChannel(filesystem.Channel):
    """Makes the folders whenever it looks into them: nothing that is in them has to last."""

    @property
    def data_folder_in(self) -> str:
        return str(_made(super().data_folder_in))

    @property
    def data_folder_out(self) -> str:
        return str(_made(super().data_folder_out))

    @property
    def control_folder(self) -> Path:
        return _made(super().control_folder)

    # Kombu's two base classes disagree on this signature as well.
    def _get(self, queue: str) -> Any:  # type: ignore[override]
        """Take a message that is still being written, or was cut off, for none: what it asks for is due again soon."""
        try:
            return super()._get(queue)
        except JSONDecodeError as error:
            raise Empty from error


class FolderTransport(filesystem.Transport):
    Channel = FolderChannel

    # Kombu's two base classes disagree on this signature; this is the one it calls.
    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        super().drain_events(connection, timeout=timeout and min(timeout, LONGEST_WAIT_SECONDS))


def _made(folder: str | Path) -> Path:
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path
