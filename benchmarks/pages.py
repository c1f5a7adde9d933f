"""Lists of 50 rows of 1,000, detail pages and the dashboard against a bare Django list view on the same server."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._pairs import compare
from benchmarks._web import output_of, scratch_environment, served

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
    environment = scratch_environment(scratch, "benchmarks._pages_settings")
    cookie, *addresses = output_of(environment, "-m", "benchmarks._many_rows", str(ROWS)).splitlines()
    pages = [
        (name, ours, floor, float(limit))
        for name, ours, floor, limit in (row.split("\t") for row in addresses)
    ]
    options = ("--workers", "1", "--threads", "2", "--log-level", "warning", "--no-control-socket")
    with served(environment, *options) as port:
        yield port, cookie, pages
