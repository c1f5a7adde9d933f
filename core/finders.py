"""Serve the listed files of node_modules, and no other, under `vendor/`."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

PREFIX = "vendor/"


class NodeModulesFinder(BaseFinder):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.root = Path(settings.BASE_DIR) / "node_modules"
        self.storage = FileSystemStorage(location=str(self.root))
        self.storage.prefix = PREFIX.rstrip("/")  # type: ignore[attr-defined]  # what collectstatic reads
        self.files = frozenset(settings.NODE_MODULES_FILES)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return [
            Error(f"node_modules/{name} is missing.", hint="Run `npm ci`, or bin/start.", id="core.E001")
            for name in sorted(self.files)
            if not (self.root / name).exists()
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        name = path.removeprefix(PREFIX)
        found = path.startswith(PREFIX) and name in self.files and (self.root / name).is_file()
        location = str(self.root / name)
        if find_all:
            return [location] if found else []
        return location if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in sorted(self.files):
            yield name, self.storage
