"""The web server of the application on a scratch database, for the benchmarks that ask it for pages."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def scratch_environment(scratch: Path, settings: str) -> dict[str, str]:
    """Return the environment of an installation without servers in ``scratch``, its tables made."""
    environment = os.environ | {
        "DATA_DIR": str(scratch),
        "DJANGO_SETTINGS_MODULE": settings,
        "LOG_LEVEL": "WARNING",
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    for command in (["migrate", "--verbosity=0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    return environment


def output_of(environment: dict[str, str], *command: str, told: str = "") -> str:
    """Return what a program prints that was ``told`` something at its input."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        input=told,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(environment: dict[str, str], *options: str, log: Path | None = None) -> Iterator[int]:
    """Serve the application with the project's own settings of gunicorn but for ``options``; yield the port.

    What the server says goes to ``log`` if there is one.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}"]
    with ExitStack() as stack:
        stderr = stack.enter_context(log.open("wb")) if log else None
        server = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stderr=stderr)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
