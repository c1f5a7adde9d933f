"""Printing as a worker and a web process do it, in a process of its own that stays: one command on each line.

`cold SLUG` prints the dossier with nothing kept, `changed SLUG` after one paragraph of one section has changed, and
`preview SLUG` that section alone, changed again; each answers the seconds it took. `document SLUG PATH` writes what is
printed to a file. `memory` ends the engines and answers the highest memory that this process or one of theirs ever took.
"""

import json
import pickle
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import django

django.setup()

from django.conf import settings  # noqa: E402

from candidacy.models import Candidacy  # noqa: E402
from core.pdf.engine import stop_idle_engines  # noqa: E402
from dossier.assembly import read_dossier  # noqa: E402
from dossier.building import build  # noqa: E402
from dossier.models import DossierExport, Section  # noqa: E402
from dossier.preview import preview_section  # noqa: E402
from dossier.rendering import compose  # noqa: E402

_COMMANDS: dict[str, Callable[..., dict[str, float]]] = {}


def main() -> None:
    for line in sys.stdin:
        command, *arguments = line.split()
        print(json.dumps(_COMMANDS[command](*arguments)), flush=True)


def command(work: Callable[..., dict[str, float]]) -> Callable[..., dict[str, float]]:
    _COMMANDS[work.__name__] = work
    return work


@command
def cold(slug: str) -> dict[str, float]:
    for kept in (Path(settings.CACHE_DIR) / "pdf" / "pieces", Path(settings.CACHE_DIR) / "charts"):
        rmtree(kept, ignore_errors=True)
    return _timed(lambda: _print_dossier(slug))


@command
def changed(slug: str) -> dict[str, float]:
    _change(slug)
    return _timed(lambda: _print_dossier(slug))


@command
def preview(slug: str) -> dict[str, float]:
    section = _change(slug)
    return _timed(
        lambda: preview_section(read_dossier(Candidacy.objects.get(slug=slug)), section.key, with_data=True)
    )


@command
def document(slug: str, path: str) -> dict[str, float]:
    Path(path).write_bytes(pickle.dumps(compose(read_dossier(Candidacy.objects.get(slug=slug)))))
    return {}


@command
def memory() -> dict[str, float]:
    stop_idle_engines()
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"peak_bytes": max(peaks) * (1 if sys.platform == "darwin" else 1024)}


def _change(slug: str) -> Section:
    """Change one paragraph of one section: a few words more, never the same twice."""
    written = Section.objects.filter(candidacy__slug=slug, parent__isnull=False).exclude(body="")
    section = written.select_related("candidacy").order_by("pk")[min(10, written.count() - 1)]
    opening, _, rest = section.body.partition("</p>")
    section.body = f"{opening.partition(' Relu à')[0]} Relu à {time.time_ns()}.</p>{rest}"
    section.save(update_fields=["body", "updated_at"])
    return section


def _timed(work: Callable[[], object]) -> dict[str, float]:
    start = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - start}


def _print_dossier(slug: str) -> None:
    """Do all that the worker does: read, draw the charts, lay out, join, store the file, and tell its progress."""
    export = DossierExport.objects.create(candidacy=Candidacy.objects.get(slug=slug))
    if not build(export.pk):
        raise RuntimeError(DossierExport.objects.get(pk=export.pk).error)
    stored = DossierExport.objects.get(pk=export.pk).file
    stored.storage.delete(stored.name)  # the files of a whole measurement would fill a disk


if __name__ == "__main__":
    main()
