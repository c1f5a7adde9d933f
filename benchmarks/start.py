"""A second start by bin/start, with and without the demonstration, against the bare web server of the same installation."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._pairs import compare_each, seconds
from benchmarks._web import ROOT, free_port, output_of, scratch_environment, served

SETTINGS = "config.settings.local"
LIMIT = 3.5


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as nothing, TemporaryDirectory() as bid:
        empty = scratch_environment(Path(nothing), SETTINGS) | {"DEMONSTRATION": "0"}
        loaded = scratch_environment(Path(bid), SETTINGS) | {"DEMONSTRATION": "1"}
        output_of(loaded, "manage.py", "load_demonstration")
        yield from compare_each(
            ours={
                "start": (LIMIT, lambda: seconds(lambda: _start(empty))),
                "start-demonstration": (LIMIT, lambda: seconds(lambda: _start(loaded))),
            },
            theirs=lambda: _served_after(empty),
            rounds=7,
        )


def _start(environment: dict[str, str]) -> None:
    """Run bin/start up to its line, as in a terminal of its own; what ends it is not waited for."""
    process = subprocess.Popen(
        [sys.executable, "bin/start"],
        cwd=ROOT,
        env=environment | {"PORT": str(free_port())},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    ready = any(line.startswith("Ready: ") for line in process.stdout or ())
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if not ready:
        raise RuntimeError("bin/start ended before it was ready")


def _served_after(environment: dict[str, str]) -> float:
    with ExitStack() as stack:
        return seconds(lambda: stack.enter_context(served(environment)))
