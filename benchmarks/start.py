"""A second start by bin/start, everything in place, against the bare web server of the same installation."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._pairs import compare, seconds
from benchmarks._web import ROOT, free_port, scratch_environment, served


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as scratch:
        environment = scratch_environment(Path(scratch), "config.settings.local")
        environment["DEMONSTRATION"] = "0"
        yield compare(
            name="start",
            limit=3.5,
            ours=lambda: seconds(lambda: _start(environment)),
            theirs=lambda: _served_after(environment),
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
