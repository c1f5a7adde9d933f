"""The dossier job as a worker runs it, in a process of its own that stays: `cold`, `changed` or `document` on a line.

`cold` prints the dossier of the demonstration with nothing kept, `changed` after one paragraph of one section has
changed; both answer what it took. `document` writes what was printed to the file that follows on the line.
"""

import json
import pickle
import sys
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import django

django.setup()

from django.conf import settings  # noqa: E402

from candidacy.models import Candidacy  # noqa: E402
from dossier.assembly import read_dossier  # noqa: E402
from dossier.building import build  # noqa: E402
from dossier.models import DossierExport, Section  # noqa: E402
from dossier.rendering import compose  # noqa: E402


def main() -> None:
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        answer = {"cold": cold, "changed": changed, "document": document}[command](argument)
        print(json.dumps(answer), flush=True)


def cold(_argument: str) -> dict[str, float]:
    for kept in (Path(settings.CACHE_DIR) / "pdf" / "pieces", Path(settings.CACHE_DIR) / "charts"):
        rmtree(kept, ignore_errors=True)
    return _timed(_print_dossier)


def changed(_argument: str) -> dict[str, float]:
    section = Section.objects.exclude(body="").exclude(parent=None).order_by("pk").first()
    section.body += f"<p>Un paragraphe ajouté à {time.time_ns()}.</p>"
    section.save(update_fields=["body", "updated_at"])
    return _timed(_print_dossier)


def document(path: str) -> dict[str, float]:
    Path(path).write_bytes(pickle.dumps(compose(read_dossier(Candidacy.objects.get()))))
    return {}


def _timed(work: Callable[[], None]) -> dict[str, float]:
    start = time.perf_counter()
    work()
    return {"seconds": time.perf_counter() - start}


def _print_dossier() -> None:
    """Do all that the worker does: read, draw the charts, lay out, join, store the file, and tell its progress."""
    export = DossierExport.objects.create(candidacy=Candidacy.objects.get())
    if not build(export.pk):
        raise RuntimeError(DossierExport.objects.get(pk=export.pk).error)


if __name__ == "__main__":
    main()
