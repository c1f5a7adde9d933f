import uuid

import pytest


@pytest.fixture(autouse=True)
def _every_test_has_the_database(db):
    pass


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
