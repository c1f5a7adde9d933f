"""What every web server of this project runs with; gunicorn reads this file from the folder it starts in."""

import gc
import os
import signal

from django.urls import get_resolver
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
# The application is loaded once and shared by the workers: a quicker start, a third of the memory.
preload_app = True
# bin/start promises an end within five seconds.
graceful_timeout = 2
loglevel = "warning"
# Nothing here uses it, and it would be written in the home folder.
control_socket_disable = True


def when_ready(server: Arbiter) -> None:
    """Load every page's code before the workers part, instead of in each at its first request."""
    get_resolver().url_patterns  # noqa: B018 -- reading it is what loads it
    # What is loaded by now stays: the collector, which would walk through all of it every few requests, leaves
    # it alone, and so do the workers, whose pages of memory stay shared.
    gc.collect()
    gc.freeze()


def post_worker_init(worker: Worker) -> None:
    """Leave Ctrl-C, which reaches the whole foreground group, to the master: it tells the workers.

    Told twice at once, a worker now and then waits on its own thread pool until it is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
