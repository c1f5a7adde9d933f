"""A site run by bin/start as a person runs it: real processes on a port, a folder and a database of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]


class Site:
    def __init__(self, data_dir, port, **environment):
        self.data_dir = data_dir
        self.url = f"http://127.0.0.1:{port}"
        settings = {
            "PORT": str(port),
            "DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
        }
        self.environment = {**os.environ, **settings, **environment}
        # A session of its own stands for the terminal: its group is the foreground group.
        self.process = subprocess.Popen(
            [sys.executable, "bin/start"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Ready: "):
                break

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as response:
            return response.read().decode()

    def processes(self):
        try:
            launcher = psutil.Process(self.process.pid)
            return [launcher, *launcher.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def wait_for_worker(self):
        """Wait until the worker consumes, which is when beat, its second thread, begins to turn."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            workers = [process for process in self.processes() if "celery" in process.cmdline()]
            if workers and workers[0].num_threads() > 1:
                return
            time.sleep(0.1)
        raise AssertionError("the worker has not started")

    def end(self):
        """Leave nothing behind, whatever the test did."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.stdout.close()
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def own_servers():
    """Yield the settings that keep a site apart from the suite's database and queue; none on the embedded default."""
    settings = {}
    with contextlib.ExitStack() as stack:
        if os.environ.get("REDIS_URL"):
            settings["CELERY_KEY_PREFIX"] = f"{uuid.uuid4().hex}:"
        address = os.environ.get("DATABASE_URL", "")
        if address.startswith("postgres"):
            name = f"site_{uuid.uuid4().hex}"
            server = stack.enter_context(psycopg.connect(address, autocommit=True))
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            stack.callback(
                server.execute, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )
            settings["DATABASE_URL"] = address.rpartition("/")[0] + f"/{name}"
        elif address:
            settings["DATABASE_URL"] = ""
        yield settings
