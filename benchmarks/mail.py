"""Eight thousand due reminders: each leaves once through kills and failures; their pace against a bare loop."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
#: How many messages have left when something fails.
FAIL_AFTER = 2000
REFUSED_ONE_IN = 10
PATIENCE_SECONDS = 1200
WORKER = (
    *("-m", "celery", "--app", "config", "--quiet", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "critical"),
)


def measure() -> Iterator[dict[str, Any]]:
    """Run on the PostgreSQL that the environment names, with a Redis of our own if it names one; or embedded."""
    with _site() as site:
        site.run("-m", "benchmarks._mail_site", "load")
        yield _trial(site, "mail-killed", kill=True)
        yield _trial(site, "mail-broker", restart_broker=True)
        yield _trial(site, "mail-refused", refused_one_in=REFUSED_ONE_IN)
        yield _trial(site, "mail-all", kill=True, restart_broker=True, refused_one_in=REFUSED_ONE_IN)
        site.open_server()
        yield {**json.loads(site.run("-m", "benchmarks._mail_site", "compare")), "servers": site.servers}


def _trial(
    site: "Site", name: str, *, kill: bool = False, restart_broker: bool = False, refused_one_in: int = 0
) -> dict[str, Any]:
    """Let two workers send while things fail; the ratio is the share of messages lost or double.

    With a broker restart, half of the messages fall due after it: the ticks that they need are new ones.
    """
    start = time.perf_counter()
    site.open_server(refused_one_in)
    first = site.start_worker()
    if site.rows_lock:
        site.start_worker()
    site.run("-m", "benchmarks._mail_site", "release", *(["half"] if restart_broker else []))
    site.wait_until(site.accepted)
    if not site.rows_lock:
        site.start_worker()  # after the other, which is thus the one that sends
    site.wait_until(lambda: len(site.accepted()) >= FAIL_AFTER)
    failed_after, senders = len(site.accepted()), site.senders()
    if kill:
        first.send_signal(signal.SIGKILL)
        first.wait()
    if restart_broker:
        site.restart_broker()
    site.wait_until(lambda: set(site.state()["states"]) == {"sent"})
    site.stop_processes()
    due, accepted = set(site.state()["due"]), Counter(site.accepted())
    repeated = sum(count - 1 for count in accepted.values())
    # The one the killed worker held: the server may have accepted it before that could be written down.
    in_flight = min(repeated, int(kill))
    lost = len(due - set(accepted))
    return {
        "name": name,
        "ratio": (lost + repeated - in_flight) / len(due),
        "limit": 0,
        "messages": len(due),
        "failed_after": failed_after,
        "senders": senders,
        "refused": site.refused(),
        "lost": lost,
        "double": repeated - in_flight,
        "repeated_in_flight": in_flight,
        "seconds": round(time.perf_counter() - start, 1),
        "servers": site.servers,
    }


class Site:
    """The application, a mail server and a broker, each in processes of its own."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        self._ledger = folder / "ledger"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._server: subprocess.Popen[bytes] | None = None
        self._redis: subprocess.Popen[bytes] | None = None
        self._mail_port, self._redis_port = _free_port(), _free_port()
        self._has_redis = bool(os.environ.get("REDIS_URL"))
        self.rows_lock = database.startswith("postgres")
        self.servers = f"{urlsplit(database).scheme}, {'Redis' if self._has_redis else 'folder'}"
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "EMAIL_URL": f"smtp://127.0.0.1:{self._mail_port}",
            "SECRET_KEY": "only-for-the-benchmark",
            "EMBED_BEAT": "1",
            "TICK_SECONDS": "5",
            "PYTHONPATH": str(ROOT),
        }
        if self._has_redis:
            self._environment["REDIS_URL"] = f"redis://127.0.0.1:{self._redis_port}/0"
            self._start_redis()

    def run(self, *command: str) -> str:
        result = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self._environment, check=True, stdout=subprocess.PIPE
        )
        return result.stdout.decode()

    def start_worker(self) -> subprocess.Popen[bytes]:
        started = self._folder / f"worker-{time.monotonic_ns()}"
        worker = self._spawn(*WORKER, "--pidfile", str(started))
        self._processes.append(worker)
        self.wait_until(started.exists)
        return worker

    def open_server(self, refused_one_in: int = 0) -> None:
        """Start the mail server anew, with an empty ledger."""
        _stop(self._server)
        self._ledger.write_text("")
        self._server = self._spawn(
            "-m", "benchmarks._mail_server", str(self._mail_port), str(self._ledger), str(refused_one_in)
        )
        self.wait_until(lambda: _answers(self._mail_port))

    def restart_broker(self) -> None:
        """Let the broker lose everything: Redis is killed and comes back empty, the folder is removed."""
        if self._has_redis:
            self._redis.kill()
            self._redis.wait()
            time.sleep(1)
            self._start_redis()
        else:
            shutil.rmtree(self._folder / "queue")

    def state(self) -> dict[str, Any]:
        """Return what became of the messages, after which those put off are due at once."""
        return json.loads(self.run("-m", "benchmarks._mail_site", "state"))

    def accepted(self) -> list[str]:
        return [message_id for answer, message_id, _sender in self._lines() if answer == "accepted"]

    def refused(self) -> int:
        return sum(1 for answer, *_ in self._lines() if answer == "refused")

    def senders(self) -> int:
        """Return how many connections the last messages came by."""
        return len({sender for *_, sender in self._lines()[-50:]})

    def wait_until(self, condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.accepted())} messages after {PATIENCE_SECONDS} s")
            time.sleep(0.1)

    def stop_processes(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(60)
        self._processes.clear()

    def close(self) -> None:
        self.stop_processes()
        _stop(self._server)
        _stop(self._redis)

    def _lines(self) -> list[list[str]]:
        whole, _, _being_written = self._ledger.read_text().rpartition("\n")
        return [line.split() for line in whole.splitlines()]

    def _start_redis(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("REDIS_URL asks for Redis, and there is no redis-server to start")
        self._redis = subprocess.Popen(
            [
                program,
                "--port",
                str(self._redis_port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        self.wait_until(lambda: _answers(self._redis_port))

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


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
