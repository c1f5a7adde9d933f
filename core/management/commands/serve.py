"""Prepare what the application stands on, then hand this process over to core/processes.py, which runs it."""

import os
import signal
import sys
from argparse import ArgumentParser

import redis
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


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
            if not without_demonstration and settings.DEMONSTRATION:
                call_command("load_demonstration", if_empty=True, stdout=self.stdout)
                self.stdout.flush()
        except KeyboardInterrupt:
            # Both preparations are transactions: half of one leaves nothing behind.
            sys.exit(130)
        # In the place of this process, which holds a whole Django that has nothing more to do.
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "core.processes", os.environ.get("PORT") or "8000"])  # noqa: S606 -- fixed words

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
