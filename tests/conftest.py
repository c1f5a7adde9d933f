import uuid

import pytest
from django.db import DEFAULT_DB_ALIAS, connection

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


@pytest.fixture(autouse=True)
def _what_a_test_deposited_is_emptied_with_the_rest(db):
    """After a test without a transaction to roll back, SQLite deletes row by row; the triggers come back after it."""
    yield
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
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
