"""The application with the bare views of `_bare` beside its own pages."""

from config.settings.local import *  # noqa: F403 -- a settings module extends another

ROOT_URLCONF = "benchmarks._bare"
