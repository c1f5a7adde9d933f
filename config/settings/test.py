"""The suite: the same application on a scratch DATA_DIR, with quick password hashing."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="candidacy-tests-"))

from config.settings.base import *
from config.settings.base import DATA_DIR, DATABASES, TEMPLATES

SECRET_KEY = "only-for-the-tests"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
BASE_URL = "https://candidacy.example"
TEMPLATES[0]["OPTIONS"]["debug"] = True

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file: threads and processes of a test meet there as they do in production, which memory does not allow.
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
