"""The whole application in the foreground of one terminal: web server, worker and beat."""

import ctypes
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path

import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

# docker-compose.yml gives its containers the same two commands; a test holds them together. The web server's
# options are in gunicorn.conf.py.
WEB = ("gunicorn", "config.wsgi")
WORKER = (
    *("celery", "--app", "config", "--quiet", "worker", "--pool", "threads", "--concurrency", "2"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"),
)
#: Everything is gone within five seconds: three for the processes to end by themselves, then they are killed.
PATIENCE_SECONDS = 3.0
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class Command(BaseCommand):
    help = (
        "Bring the database up to date, load the demonstration into an empty one, then run the web server, "
        "the worker and beat until Ctrl-C."
    )
    # bin/start has just checked what can be missing, and these checks cost a third of a quiet start.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--without-demonstration",
            action="store_true",
            help="Leave an empty database empty (also: DEMONSTRATION=0).",
        )

    def handle(self, *, without_demonstration: bool, **options: object) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self._prepare_database()
            self._ask_redis()
            if not without_demonstration and os.environ.get("DEMONSTRATION") != "0":
                call_command("load_demonstration", if_empty=True, stdout=self.stdout)
                self.stdout.flush()
            self._run(int(os.environ.get("PORT") or 8000))
        except KeyboardInterrupt:
            # Both preparations are transactions: half of one leaves nothing behind.
            sys.exit(130)

    def _prepare_database(self) -> None:
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
        except DatabaseError as error:
            raise CommandError(f"La base de données ne répond pas : {error}") from error
        finally:
            connection.close()

    def _ask_redis(self) -> None:
        try:
            if settings.REDIS_URL:
                redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5).ping()
        except redis.RedisError as error:
            raise CommandError(f"Redis ne répond pas : {error}") from error

    def _run(self, port: int) -> None:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        _adopt_orphans()
        processes = {
            "serveur web": _spawn(*WEB, "--bind", f"127.0.0.1:{port}"),
            # A container's only user is often root, and the warning about it hides the lines that matter.
            "travail de fond": _spawn(
                *WORKER, EMBED_BEAT="1", PYTHONWARNINGS="ignore:You're running the worker"
            ),
        }
        ended = None
        ready = False
        try:
            while ended is None and not stop.wait(0.1):
                ended = next(
                    (name for name, process in processes.items() if process.poll() is not None), None
                )
                if not ready and _answers(port):
                    ready = True
                    self.stdout.write(f"Ready: http://127.0.0.1:{port}")
                    self.stdout.flush()
        finally:
            _end(list(processes.values()))
        if ended is not None and not stop.is_set():
            raise CommandError(f"Arrêt : le {ended} s’est interrompu (état {processes[ended].returncode}).")


def _spawn(module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    parent = os.getpid()

    def die_with_parent() -> None:
        # A launcher killed outright cannot stop anything: the kernel does it in its place.
        if sys.platform == "linux":
            _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(  # noqa: S603 -- the words are ours
        [sys.executable, "-m", module, *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **environment},
        preexec_fn=die_with_parent,  # noqa: PLW1509 -- this process runs no other thread
    )


def _answers(port: int) -> bool:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        asked.request("GET", "/sante/")
        return asked.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process to finish, then kill what is left, down to the children of the children."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    # Children whose parent has gone are ours now, and killing one may bring us its own.
    while orphans := _children():
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _adopt_orphans() -> None:
    """Become the parent of every process below whose own parent ends first (a PDF being drawn, say)."""
    if sys.platform == "linux":
        _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _children() -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state ppid …: a name may hold spaces and brackets.
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == os.getpid():
            found.append(int(stat.parent.name))
    return found


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
