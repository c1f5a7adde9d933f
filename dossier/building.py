"""The worker's half of printing: take a queued export, render it, store it, and say how far it is.

The row is the truth and every step is a conditional update on it: a message delivered twice, a worker killed on the
way and one that wakes up late are all harmless.
"""

import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.files import MovableFile
from core.pdf import PdfCancelledError, PdfError, RenderedPdf
from dossier.models import DossierExport, DossierExportQuerySet, Edition, EditionFile
from dossier.rendering import Imprint, build_dossier_pdf, end_of, print_content
from dossier.snapshots import AlteredEditionError, check_pictures, holds, read_snapshot

logger = logging.getLogger(__name__)

#: Longer than the longest part may take to be laid out, during which nothing new is said.
SILENCE = timedelta(minutes=3)
MAX_ATTEMPTS = 3
_SECONDS_BETWEEN_WRITES = 1.0
_SECONDS_BETWEEN_LOOKS = 1.0

Status = DossierExport.Status


class ClaimLostError(Exception):
    """Somebody else has taken the export over, or it is gone: what this worker makes is no longer wanted."""


def build(export_id: int) -> bool:
    """Render and store one queued export; return whether this call did.

    A failure is written on the row in French. The other exports, the last good one first of all, stay as they are.
    """
    claim = _claim(export_id)
    if claim is None:
        return False
    try:
        edition = claim.export.edition
        if edition is not None:
            rendered = _print_edition(claim, edition)
            if gaps := [notice.text for notice in rendered.notices if notice.code == "failed_part"]:
                # An edition keeps its print for ever: one with a notice instead of a chapter is not worth it.
                claim.fail(" ".join(gaps))
                return False
            _store_edition(claim, edition, rendered)
        else:
            rendered = build_dossier_pdf(
                claim.export.candidacy, on_progress=claim.report, is_cancelled=claim.is_lost
            )
            _store(claim, rendered)
    except (ClaimLostError, PdfCancelledError):
        logger.warning("export %s was stopped or taken over while it was rendered", claim.export.public_id)
        return False
    except (PdfError, AlteredEditionError) as error:
        claim.fail(str(error))
        return False
    except Exception:
        # A bug, which the log of the worker tells in full; the lead learns that it is not their text.
        claim.fail(_("Une erreur inattendue a arrêté la production du PDF. Le dossier n’y a rien perdu."))
        raise
    return True


def take_back_abandoned() -> list[int]:
    """Put the exports that no worker speaks of any more back in the queue, and return which to build.

    One that has brought a worker down several times is given up with a reason instead.
    """
    now = timezone.now()
    taken: list[int] = []
    for export in DossierExport.objects.without_sign_of_life(now, silence=SILENCE).order_by("pk"):
        same = DossierExport.objects.filter(
            pk=export.pk, status=export.status, attempt=export.attempt, alive_at=export.alive_at
        )
        if export.attempt >= MAX_ATTEMPTS:
            same.update(
                status=Status.FAILED,
                error=_("La production du PDF a été interrompue %(count)d fois.") % {"count": export.attempt},
                finished_at=now,
                updated_at=now,
            )
        elif same.update(status=Status.QUEUED, stage="", progress=0, alive_at=now, updated_at=now):
            taken.append(export.pk)
    return taken


@dataclass
class _Claim:
    """An export in the hands of this worker, as long as nobody has taken it over."""

    export: DossierExport
    _stage: str = ""
    _written_at: float = field(default_factory=time.monotonic)
    _looked_at: float = field(default_factory=time.monotonic)

    def is_lost(self) -> bool:
        """Whether somebody stopped the printing or took it over; asks the database at most once a second."""
        now = time.monotonic()
        if now - self._looked_at < _SECONDS_BETWEEN_LOOKS:
            return False
        self._looked_at = now
        return not self._ours().exists()

    def _ours(self) -> DossierExportQuerySet:
        return DossierExport.objects.filter(
            pk=self.export.pk, status=Status.RUNNING, attempt=self.export.attempt
        )

    def write(self, **values: object) -> None:
        """Write on the row in a transaction of its own, or raise ClaimLostError when it is no longer ours."""
        now = timezone.now()
        if not self._ours().update(**values, alive_at=now, updated_at=now):
            raise ClaimLostError

    def fail(self, reason: str) -> None:
        with suppress(ClaimLostError):
            self.write(status=Status.FAILED, error=reason, finished_at=timezone.now())

    def report(self, stage: str, percent: int) -> None:
        """Say how far the rendering is, at most once a second within one stage."""
        now = time.monotonic()
        if stage == self._stage and now - self._written_at < _SECONDS_BETWEEN_WRITES:
            return
        self.write(stage=stage[:120], progress=min(max(percent, 0), 99))
        self._stage, self._written_at = stage, now


def _claim(export_id: int) -> _Claim | None:
    """Take the export if it still waits; of two workers that try, the database lets one through."""
    now = timezone.now()
    claimed = DossierExport.objects.filter(pk=export_id, status=Status.QUEUED).update(
        status=Status.RUNNING,
        attempt=F("attempt") + 1,
        stage=_("Lecture du dossier"),
        progress=0,
        started_at=now,
        alive_at=now,
        updated_at=now,
    )
    if not claimed:
        return None
    return _Claim(DossierExport.objects.select_related("candidacy", "edition").get(pk=export_id))


def _store(claim: _Claim, rendered: RenderedPdf) -> None:
    """Store the file, then point the row at it: a reader never meets a file that is not whole.

    The same bytes are stored once: a print of a dossier that has not changed shares the file of the one before.
    """
    stored = claim.export.file
    name = same = _stored_before(claim.export, rendered.sha256)
    if not name:
        name = stored.storage.save(
            stored.field.generate_filename(claim.export, f"{claim.export.public_id}.pdf"),
            MovableFile(rendered.file),
        )
    try:
        claim.write(
            status=Status.DONE,
            stage="",
            progress=100,
            file=name,
            sha256=rendered.sha256,
            byte_count=rendered.byte_count,
            page_count=rendered.page_count,
            notices=[str(notice) for notice in rendered.notices],
            error="",
            finished_at=timezone.now(),
        )
    except ClaimLostError:
        if not same:
            stored.storage.delete(name)
        raise


def _stored_before(export: DossierExport, sha256: str) -> str:
    """Return the name of a stored print with these very bytes, if there is one."""
    done = export.candidacy.exports.of_the_work().filter(status=Status.DONE, sha256=sha256)
    before = done.newest_first().first()
    if before is None or not before.file.name:
        return ""
    return before.file.name if holds(before.file.storage, before.file.name, sha256) else ""


def _print_edition(claim: _Claim, edition: Edition) -> RenderedPdf:
    """Print the frozen content of ``edition``: what people have written since does not count."""
    variant = EditionFile.Variant(claim.export.variant)
    content = read_snapshot(edition)
    check_pictures(edition, [*content.files.values(), *filter(None, [content.logo])])
    return print_content(
        content,
        imprint=Imprint(
            identifier=edition.public_id,
            number=edition.number,
            label=edition.label,
            content_digest=edition.content_digest,
            frozen_at=edition.frozen_at,
            is_public=variant == EditionFile.Variant.PUBLIC,
            is_archive=variant == EditionFile.Variant.ARCHIVE,
        ),
        on_progress=claim.report,
        is_cancelled=claim.is_lost,
    )


def _store_edition(claim: _Claim, edition: Edition, rendered: RenderedPdf) -> None:
    """Store the file under its digest and add it to the edition, in the transaction that ends the printing."""
    storage = EditionFile._meta.get_field("file").storage
    name = f"editions/{rendered.sha256[:2]}/{rendered.sha256}.pdf"
    # A file cut short while it was written is there too, under the name of what it should have been.
    if not holds(storage, name, rendered.sha256):
        name = storage.save(name, MovableFile(rendered.file))
    with transaction.atomic():
        claim.write(
            status=Status.DONE,
            stage="",
            progress=100,
            sha256=rendered.sha256,
            byte_count=rendered.byte_count,
            page_count=rendered.page_count,
            error="",
            finished_at=timezone.now(),
        )
        EditionFile.objects.create(
            edition=edition,
            variant=claim.export.variant,
            file=name,
            sha256=rendered.sha256,
            byte_count=rendered.byte_count,
            page_count=rendered.page_count,
            notices=[
                {"part": notice.part, "code": notice.code, "text": notice.text} for notice in rendered.notices
            ],
            places={
                name: [place.page, place.above]
                for name, place in (
                    *rendered.places.items(),
                    *((end_of(part), place) for part, place in rendered.ends.items()),
                )
            },
        )
