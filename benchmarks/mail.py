"""A thousand due reminders: none lost, none double when the worker is killed; their pace against a bare loop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
#: How many messages the first worker gets to send before it is killed.
KILL_AFTER = 300
PATIENCE_SECONDS = 300
WORKER = (
    *("-m", "celery", "--app", "config", "--quiet", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "error"),
)


def measure() -> Iterator[dict[str, Any]]:
    """Run on the PostgreSQL and the Redis that the environment names, or on the embedded default."""
    with _site() as site:
        site.run("-m", "benchmarks._mail_site", "load")
        yield _kill_on_the_way(site)
        yield {**json.loads(site.run("-m", "benchmarks._mail_site", "compare")), "servers": site.servers}


def _kill_on_the_way(site: "Site") -> dict[str, Any]:
    """Count what the mail server accepted, by Message-ID; the ratio is the share of lost and double messages."""
    start = time.perf_counter()
    worker = site.start(*WORKER)
    site.wait_until(lambda: len(site.accepted()) >= KILL_AFTER)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    killed_after = len(site.accepted())
    site.start(*WORKER)
    due = set(site.state()["due"])
    site.wait_until(lambda: set(site.accepted()) >= due and set(site.state()["states"]) == {"sent"})
    accepted = Counter(site.accepted())
    repeated = sum(count - 1 for count in accepted.values())
    # The one the killed worker held: the server may have accepted it before that could be written down.
    in_flight = min(repeated, 1)
    lost = len(due - set(accepted))
    site.stop_processes()
    return {
        "name": "mail-killed",
        "ratio": (lost + repeated - in_flight) / len(due),
        "limit": 0,
        "messages": len(due),
        "killed_after": killed_after,
        "lost": lost,
        "double": repeated - in_flight,
        "repeated_in_flight": in_flight,
        "seconds": round(time.perf_counter() - start, 1),
        "servers": site.servers,
    }


class Site:
    """The application and a mail server, each in processes of its own."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        self._ledger = folder / "accepted"
        self._ledger.touch()
        self._processes: list[subprocess.Popen[bytes]] = []
        port = _free_port()
        broker = "Redis" if os.environ.get("REDIS_URL") else "folder"
        self.servers = f"{urlsplit(database).scheme}, {broker}"
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "CELERY_KEY_PREFIX": f"benchmark-{os.getpid()}:",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "SECRET_KEY": "only-for-the-benchmark",
            "EMBED_BEAT": "1",
            "TICK_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
        }
        self._server = self._spawn("-m", "benchmarks._mail_server", str(port), str(self._ledger))

    def run(self, *command: str) -> str:
        result = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self._environment, check=True, stdout=subprocess.PIPE
        )
        return result.stdout.decode()

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        process = self._spawn(*command)
        self._processes.append(process)
        return process

    def state(self) -> dict[str, Any]:
        return json.loads(self.run("-m", "benchmarks._mail_site", "state"))

    def accepted(self) -> list[str]:
        return self._ledger.read_text().split()

    def wait_until(self, condition: Any) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.accepted())} messages after {PATIENCE_SECONDS} s")
            time.sleep(0.05)

    def stop_processes(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(30)
        self._processes.clear()

    def close(self) -> None:
        self.stop_processes()
        self._server.terminate()
        self._server.wait(10)

    def _spawn(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self._environment)


@contextmanager
def _site() -> Iterator[Site]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        address = os.environ.get("DATABASE_URL", "")
        if address.startswith("postgres"):
            database = stack.enter_context(_postgresql_database(address))
        else:
            database = f"sqlite:///{folder / 'candidacy.sqlite3'}"
        yield stack.enter_context(closing(Site(folder, database)))


@contextmanager
def _postgresql_database(address: str) -> Iterator[str]:
    """Make a database of our own beside the one that ``address`` names, and drop it afterwards."""
    name = f"candidacy_benchmark_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
