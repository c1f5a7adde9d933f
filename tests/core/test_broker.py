"""The queue of files that the embedded default runs on."""

from queue import Empty

import pytest
from kombu import Connection

from config.broker import FolderTransport


def test_a_message_that_is_still_being_written_ends_nothing(tmp_path):
    folder = tmp_path / "queue"
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection(transport=FolderTransport, transport_options=options) as connection:
        queue = connection.SimpleQueue("celery")
        queue.put({"task": "tick"})
        (folder / "0_begun.celery.msg").write_bytes(b"")

        with pytest.raises(Empty):
            queue.get(block=False)
        assert queue.get(timeout=5).payload == {"task": "tick"}
        queue.close()
