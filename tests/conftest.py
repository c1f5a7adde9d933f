import uuid

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection
from psycopg.errors import DeadlockDetected

from committees import kept_minutes
from dossier import deposit_triggers
from tests.crispy_guard import fields_left_to_crispy


@pytest.fixture(autouse=True, scope="session")
def _every_page_leaves_its_fields_to_crispy():
    with fields_left_to_crispy():
        yield


@pytest.fixture(autouse=True)
def _every_test_has_the_database(db):
    pass


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied_row_by_row():
    """PostgreSQL would truncate: new files for each of a hundred tables, to forget the fifty rows of one test."""

    def delete_all(operations, _style, tables, **_options):
        names = [operations.quote_name(table) for table in tables]
        return [
            f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE",
            *(f"DELETE FROM {name}" for name in names),
        ]

    def run(operations, statements):
        try:
            run_once(operations, statements)
        except OperationalError as error:
            # What a page of the test was still writing may hold one table and wait for another.
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            run_once(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            run_once = type(connection.ops).execute_sql_flush
            patch.setattr(type(connection.ops), "sql_flush", delete_all)
            patch.setattr(type(connection.ops), "execute_sql_flush", run)
        yield


@pytest.fixture(autouse=True)
def _what_a_test_deposited_is_emptied_with_the_rest(db):
    """After a test without a transaction to roll back, rows are deleted one by one; the triggers come back after it."""
    yield
    if not connection.in_atomic_block:
        for kept in (deposit_triggers, kept_minutes):
            kept.remove_triggers(using=DEFAULT_DB_ALIAS)


@pytest.fixture(autouse=True)
def _every_test_has_a_cache_of_its_own(settings):
    """Emptying the cache of Redis would empty the queues and the caches of what runs beside it too."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": default}


@pytest.fixture(autouse=True)
def _media_in_a_scratch_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.CACHE_DIR = tmp_path / "cache"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
