"""The Celery application; what it runs and when is in the settings."""

import os
from typing import Any

from celery import Celery
from celery.apps.worker import Worker
from celery.beat import EmbeddedService
from celery.signals import worker_ready, worker_shutting_down
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

TRANSPORT_ALIASES["folder"] = "config.broker:FolderTransport"

app = Celery("candidacy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Beat as a thread of the one worker of the embedded default. `celery worker --beat` forks a process that
# survives a killed worker and goes on publishing.
_embedded_beat: list[Any] = []


@worker_ready.connect
def start_embedded_beat(sender: Worker, **kwargs: object) -> None:
    if os.environ.get("EMBED_BEAT") == "1":
        beat: Any = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
        beat.start()
        _embedded_beat.append(beat)


@worker_shutting_down.connect
def stop_embedded_beat(**kwargs: object) -> None:
    while _embedded_beat:
        _embedded_beat.pop().stop()
