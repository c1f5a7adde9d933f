import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _every_test_has_the_database(db):
    cache.clear()


@pytest.fixture(autouse=True)
def _media_in_a_scratch_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.CACHE_DIR = tmp_path / "cache"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
