"""Print jobs and previews of 60, 120 and 240 pages, and of the demonstration, against raw WeasyPrint, tagged alike."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks._pairs import compare_each
from benchmarks._whole import Measured, render_whole

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "node_modules"
ROUNDS = int(os.environ.get("PDF_ROUNDS", "5"))
SIZES = os.environ.get("PDF_SIZES", "60 120 240").split()
#: The name of what is measured, what the job is asked for, and the limit.
FIGURES = (("cold", "cold", 0.75), ("paragraph", "changed", 0.15), ("preview", "preview", 0.08))
MEMORY_LIMIT = 0.75
#: The demonstration brings what the long dossiers lack: charts, a directory, landscape tables, a matrix.
DEMONSTRATION = "lens-lievin"
DEMONSTRATION_FIGURES = (("pdf", "cold", 1.0), ("pdf-changed", "changed", 1.0))


def measure() -> Iterator[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        environment = _environment(scratch)
        for command in (["migrate", "--verbosity=0"], ["createcachetable"], ["load_demonstration"]):
            _run(environment, "manage.py", *command)
        yield from _measure_dossier(scratch, environment, DEMONSTRATION, DEMONSTRATION_FIGURES)
        _run(environment, "-m", "benchmarks._long_dossiers", *SIZES)
        for size in SIZES:
            figures = [(f"pdf-{size}-{name}", asked, limit) for name, asked, limit in FIGURES]
            memory = f"pdf-{size}-memory"
            yield from _measure_dossier(scratch, environment, f"pages-{size}", figures, memory=memory)


def _measure_dossier(
    scratch: Path,
    environment: dict[str, str],
    slug: str,
    figures: Iterable[tuple[str, str, float]],
    *,
    memory: str = "",
) -> Iterator[dict[str, Any]]:
    """Time one dossier in a worker of its own: its memory is that of this dossier and of no other."""
    raw: list[Measured] = []
    with _worker(environment) as ask:
        ask(f"document {slug} {scratch / 'document'}")
        document = pickle.loads((scratch / "document").read_bytes())
        ask(f"cold {slug}")  # loads what a worker has loaded after its first dossier

        def theirs() -> float:
            raw.append(render_whole(document, font_sources=FONTS))
            return raw[-1].seconds

        ours = {
            name: (limit, lambda asked=asked: ask(f"{asked} {slug}")["seconds"])
            for name, asked, limit in figures
        }
        for result in compare_each(ours=ours, theirs=theirs, rounds=ROUNDS):
            yield {**result, "pages": raw[-1].pages}
        if memory:
            highest = int(ask("memory")["peak_bytes"])
            floor = int(median(measured.peak_bytes for measured in raw))
            yield {
                "name": memory,
                "ratio": round(highest / floor, 3),
                "limit": MEMORY_LIMIT,
                "rounds": ROUNDS,
                "ours_bytes": highest,
                "theirs_bytes": floor,
                "pages": raw[-1].pages,
            }


def _environment(scratch: Path) -> dict[str, str]:
    environment = os.environ | {
        "DATA_DIR": str(scratch / "data"),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "LOG_LEVEL": "WARNING",
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("REDIS_URL", None)
    return environment


def _run(environment: dict[str, str], *command: str) -> None:
    subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL
    )


@contextmanager
def _worker(environment: dict[str, str]) -> Iterator[Callable[[str], dict[str, float]]]:
    """Keep one process that prints on request."""
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
