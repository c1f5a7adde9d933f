"""The whole dossier job (queries, charts, rendering, storing) against raw WeasyPrint on the same HTML, tagged alike."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._document import make_document
from benchmarks._pairs import compare, seconds
from benchmarks._whole import render_whole
from core.pdf import render

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "node_modules"
LIMIT = 1.0


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as scratch:
        yield from _measure_job(Path(scratch))
        yield from _measure_door(Path(scratch), pages=40)


def _measure_job(scratch: Path) -> Iterator[dict[str, Any]]:
    """Time the job on the demonstration bid: nothing kept, then all kept but what one paragraph changes."""
    with _worker(scratch) as ask:
        ask(f"document {scratch / 'document'}")
        document = pickle.loads((scratch / "document").read_bytes())
        ask("cold")  # loads what a worker has loaded after its first dossier

        def theirs() -> float:
            return render_whole(document, font_sources=FONTS).seconds

        yield compare(name="pdf", limit=LIMIT, ours=lambda: ask("cold")["seconds"], theirs=theirs)
        yield compare(name="pdf-changed", limit=LIMIT, ours=lambda: ask("changed")["seconds"], theirs=theirs)


def _measure_door(scratch: Path, *, pages: int) -> Iterator[dict[str, Any]]:
    """Time the door alone on a made-up document with one photograph a page."""
    document = make_document(scratch / "photos", pages=pages)
    stores = iter(range(1000))

    def ours() -> float:
        directory = scratch / f"store-{next(stores)}"
        return seconds(lambda: render(document, directory=directory, font_sources=FONTS))

    def theirs() -> float:
        return render_whole(document, font_sources=FONTS).seconds

    ours()
    yield compare(name=f"pdf-door-{pages}", limit=LIMIT, ours=ours, theirs=theirs)


@contextmanager
def _worker(scratch: Path) -> Iterator[Any]:
    """Load the demonstration into a scratch database and keep one process that prints it on request."""
    environment = os.environ | {
        "DATA_DIR": str(scratch / "data"),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "LOG_LEVEL": "WARNING",
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    for command in (["migrate", "--verbosity=0"], ["createcachetable"], ["load_demonstration"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks._dossier_job"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(line: str) -> dict[str, float]:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError("the dossier job ended")
        return json.loads(answer)

    try:
        yield ask
    finally:
        process.stdin.close()
        process.wait(20)
