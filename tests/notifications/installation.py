"""The application in processes of its own, on the rows that a test has made."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from django.db import connection
from redis import Redis

ROOT = Path(__file__).resolve().parents[2]


class Installation:
    """Processes on the test's PostgreSQL database, or on a copy of its SQLite database in a file.

    `open` hands the rows over, `close` stops the processes and brings the rows back.
    """

    def __init__(self, folder, **environment):
        self.folder = folder
        self.database = folder / "candidacy.sqlite3"
        self.processes = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "CELERY_KEY_PREFIX"},
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "SECRET_KEY": "only-for-the-tests",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url() or f"sqlite:///{self.database}",
            "CELERY_KEY_PREFIX": f"test-{folder.name}-{os.getpid()}:",
            "BASE_URL": "https://candidacy.example",
            "PYTHONPATH": str(ROOT),
            **environment,
        }

    def open(self):
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.database) as copy:
                connection.connection.backup(copy)
            copy.close()
        return self

    def read_back(self):
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.database) as copy:
                copy.backup(connection.connection)
            copy.close()

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(30)
        self.read_back()

    def start(self, *command):
        """Start a Python program of the project, such as ``manage.py send_due``."""
        log = (self.folder / f"process-{len(self.processes)}.log").open("w")
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        self.processes.append(process)
        return process

    def start_worker(self):
        """Start the worker as `bin/start` does, with beat as a thread of it."""
        return self.start(
            *("-m", "celery", "--app", "config", "worker", "--pool", "threads", "--concurrency", "2"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"),
        )

    def lose_the_queue(self):
        """Take from the broker all that it keeps, under the eyes of the worker."""
        if address := self.environment.get("REDIS_URL"):
            broker = Redis.from_url(address)
            for key in broker.scan_iter(f"{self.environment['CELERY_KEY_PREFIX']}*"):
                broker.delete(key)
        else:
            shutil.rmtree(self.folder / "queue")

    @property
    def logs(self):
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("process-*.log")))


def database_url():
    """Name the test's own PostgreSQL database; None on SQLite, whose test database lives in memory."""
    values = connection.settings_dict
    if connection.vendor != "postgresql":
        return None
    return (
        f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    )
