"""Lists of 50 rows of 1,000, detail pages and the dashboard against a bare Django list view on the same server."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._pairs import compare

ROOT = Path(__file__).resolve().parents[1]
ROWS = 1000
REQUESTS = 15


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as scratch, _served(Path(scratch)) as (port, cookie, pages):
        get = _visitor(port, cookie)
        for name, ours, floor, limit in pages:
            get(ours)
            get(floor)
            yield compare(
                name=f"pages-{name}",
                limit=limit,
                ours=lambda address=ours: _typical(get, address),
                theirs=lambda address=floor: _typical(get, address),
                rounds=7,
            )


def _typical(get: Callable[[str], float], address: str) -> float:
    return median(get(address) for _ in range(REQUESTS))


def _visitor(port: int, cookie: str) -> Callable[[str], float]:
    """Return a function that fetches one page over one kept connection and says how many seconds it took."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(address: str) -> float:
        start = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": f"sessionid={cookie}"})
        response = connection.getresponse()
        body = response.read()
        elapsed = time.perf_counter() - start
        if response.status != 200:
            raise RuntimeError(f"{address} answered {response.status}: {body[:300]!r}")
        return elapsed

    return get


@contextmanager
def _served(scratch: Path) -> Iterator[tuple[int, str, list[tuple[str, str, str, float]]]]:
    """Serve a candidacy of many rows from a scratch database by one process of the web server."""
    environment = os.environ | {
        "DATA_DIR": str(scratch),
        "DJANGO_SETTINGS_MODULE": "benchmarks._pages_settings",
        "LOG_LEVEL": "WARNING",
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    for command in (["migrate", "--verbosity=0"], ["createcachetable"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    listing = subprocess.run(
        [sys.executable, "-m", "benchmarks._many_rows", str(ROWS)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    cookie, *addresses = listing
    pages = [
        (name, ours, floor, float(limit))
        for name, ours, floor, limit in (row.split("\t") for row in addresses)
    ]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        [*command, "--workers", "1", "--threads", "2", "--log-level", "warning", "--no-control-socket"],
        cwd=ROOT,
        env=environment,
    )
    try:
        _wait_for(port)
        yield port, cookie, pages
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
