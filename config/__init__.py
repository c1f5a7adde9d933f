"""The composition root: settings, URLs, Celery and WSGI. No application imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
