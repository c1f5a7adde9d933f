"""The worker's half of an import: read the Word document, prepare its pictures, and leave both to be verified.

As for the exports, the row is the truth and every step is a conditional update on it.
"""

import hashlib
import logging
import re
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from html import escape, unescape
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.richtext import sanitise, to_plain_text
from core.word.reading import WordEntry, WordPicture, WordText, read_word
from dossier.models import Picture, WordImport, WordImportPicture
from dossier.pictures import prepare_picture

logger = logging.getLogger(__name__)

#: Longer than the reading and the largest picture may take.
SILENCE = timedelta(minutes=3)
MAX_ATTEMPTS = 2
#: More than any dossier has.
MAX_ENTRIES = 300

Status = WordImport.Status


class ClaimLostError(Exception):
    """Somebody else has taken the import over, or it was dropped: what this worker read is no longer wanted."""


def read_import(import_id: int) -> bool:
    """Read one waiting document; return whether this call did. What went wrong is written on the row in French."""
    claimed = _claim(import_id)
    if claimed is None:
        return False
    try:
        text = _read(claimed)
        _check(claimed, text)
        _store(claimed, text)
    except ClaimLostError:
        logger.warning("import %s was taken over or dropped while it was read", claimed.public_id)
        return False
    except DomainError as error:
        _ours(claimed).update(status=Status.FAILED, error=str(error), updated_at=timezone.now())
        return False
    except Exception:
        reason = _("Une erreur inattendue a arrêté la lecture. Rien n’a changé dans le dossier.")
        _ours(claimed).update(status=Status.FAILED, error=reason, updated_at=timezone.now())
        raise
    return True


def take_back_abandoned() -> list[int]:
    """Put the documents that no worker speaks of any more back in the queue, and return which to read."""
    now = timezone.now()
    taken: list[int] = []
    for row in WordImport.objects.without_sign_of_life(now, silence=SILENCE).order_by("pk"):
        same = WordImport.objects.filter(
            pk=row.pk, status=row.status, attempt=row.attempt, alive_at=row.alive_at
        )
        if row.attempt >= MAX_ATTEMPTS:
            reason = _("La lecture de ce document a été interrompue %(count)d fois.") % {"count": row.attempt}
            same.update(status=Status.FAILED, error=reason, updated_at=now)
        elif same.update(status=Status.QUEUED, alive_at=now, updated_at=now):
            taken.append(row.pk)
    return taken


def forget_outlived() -> int:
    """Remove the documents that nobody decided on for a day; return how many there were."""
    outlived = WordImport.objects.outlived(timezone.now())
    return forget(outlived)


def forget(imports: Iterable[WordImport]) -> int:
    """Remove documents, what was read of them, and all their files once the removal is certain."""
    count = 0
    with transaction.atomic():
        for row in imports:
            files = [row.file.name, *row.pictures.exclude(file="").values_list("file", flat=True)]
            row.delete()
            for name in files:
                transaction.on_commit(partial(default_storage.delete, name), robust=True)
            count += 1
    return count


def preview_path(slug: str, picture: UUID) -> str:
    """Return the address that a picture of the text has; it is one of the dossier once the import is taken up."""
    return reverse("dossier:picture", args=[slug, picture])


def without_picture(html: str, path: str) -> str:
    """Take a picture out of a text; its caption stays as a paragraph."""
    shown = rf'<img\b[^>]*?\bsrc="{re.escape(path)}"[^>]*>'
    figure = rf"<figure>\s*{shown}\s*(?:<figcaption>(.*?)</figcaption>)?\s*</figure>"
    html = re.sub(figure, lambda found: f"<p>{found[1]}</p>" if found[1] else "", html, flags=re.DOTALL)
    return re.sub(shown, "", html)


# --- steps -------------------------------------------------------------------------------------------------


def _claim(import_id: int) -> WordImport | None:
    now = timezone.now()
    claimed = WordImport.objects.filter(pk=import_id, status=Status.QUEUED).update(
        status=Status.RUNNING, attempt=F("attempt") + 1, alive_at=now, updated_at=now
    )
    if not claimed:
        return None
    return WordImport.objects.select_related("candidacy", "section", "requested_by").get(pk=import_id)


def _ours(row: WordImport) -> QuerySet[WordImport]:
    return WordImport.objects.filter(pk=row.pk, status=Status.RUNNING, attempt=row.attempt)


def _read(row: WordImport) -> WordText:
    """Read from a file that has a path, wherever the storage keeps it."""
    with NamedTemporaryFile(prefix="import-", suffix=".docx") as copy:
        with row.file.open("rb") as stored:
            for chunk in stored.chunks():
                copy.write(chunk)
        copy.flush()
        return read_word(Path(copy.name), outline=row.section_id is None)


def _check(row: WordImport, text: WordText) -> None:
    if row.section_id is not None and not any(entry.html.strip() for entry in text.entries):
        raise DomainError(_("Ce document ne contient aucun texte à reprendre."))
    if not text.entries:
        raise DomainError(
            _(
                "Ce document n’a aucun titre de premier niveau : donnez aux parties le style « Titre 1 » et aux "
                "sections le style « Titre 2 », puis recommencez."
            )
        )
    if len(text.entries) > MAX_ENTRIES:
        raise DomainError(
            _("Ce document a %(count)d titres de premier et de deuxième niveau : %(max)d au plus.")
            % {"count": len(text.entries), "max": MAX_ENTRIES}
        )


def _store(row: WordImport, text: WordText) -> None:
    """Prepare the pictures, then point the row at all that was read: a preview is whole or not there."""
    notices = list(text.notices)
    pictures: dict[int, WordImportPicture] = {}
    written: list[str] = []
    try:
        for number, found in enumerate(text.pictures, start=1):
            _say_alive(row)
            try:
                pictures[number] = _prepared(row, number, found)
            except DomainError as error:
                notices.append(
                    _("L’image %(number)d n’est pas reprise. %(reason)s")
                    % {"number": number, "reason": error}
                )
                continue
            written += [str(pictures[number].file)] if pictures[number].file else []
        entries = [_entry(row, entry, pictures, len(text.pictures)) for entry in text.entries]
        for picture in pictures.values():
            picture.caption = _caption(entries, _path(row, picture))[:300]
        _point(row, list(pictures.values()), entries=entries, notices=notices)
    except Exception:
        for name in written:
            default_storage.delete(name)
        raise


@transaction.atomic
def _point(row: WordImport, pictures: list[WordImportPicture], **read: object) -> None:
    WordImportPicture.objects.filter(word_import=row).delete()
    WordImportPicture.objects.bulk_create(pictures)
    now = timezone.now()
    if not _ours(row).update(status=Status.READY, **read, alive_at=now, updated_at=now):
        raise ClaimLostError


def _say_alive(row: WordImport) -> None:
    now = timezone.now()
    if not _ours(row).update(alive_at=now, updated_at=now):
        raise ClaimLostError


def _prepared(row: WordImport, number: int, found: WordPicture) -> WordImportPicture:
    picture = WordImportPicture(
        word_import=row,
        number=number,
        alternative_text=" ".join(found.alternative.split())[:1000],
        credit=found.credit[:200],
        known=_known(row, found.content),
    )
    if picture.known is None:
        content, suffix = prepare_picture(found.content)
        picture.known = _known(row, content)
        if picture.known is None:
            picture.file.save(f"{row.public_id}-{number}{suffix}", ContentFile(content), save=False)
    return picture


def _known(row: WordImport, content: bytes) -> Picture | None:
    """Return the picture of the dossier that is the same file, among those that the person may see."""
    digest = hashlib.sha256(content).hexdigest()
    return row.candidacy.pictures.visible_to(row.requested_by).filter(digest=digest).order_by("pk").first()


def _path(row: WordImport, picture: WordImportPicture) -> str:
    identifier = picture.known.public_id if picture.known else picture.public_id
    return preview_path(row.candidacy.slug, identifier)


def _entry(
    row: WordImport, entry: WordEntry, pictures: dict[int, WordImportPicture], count: int
) -> dict[str, str | int]:
    html = entry.html
    for number in range(1, count + 1):
        marker = f"picture:{number}"
        if number not in pictures:
            html = without_picture(html, marker)
            continue
        picture = pictures[number]
        alternative = picture.known.alternative_text if picture.known else picture.alternative_text
        html = re.sub(
            rf'<img\b[^>]*?\bsrc="{marker}"[^>]*>',
            f'<img src="{_path(row, picture)}" alt="{escape(alternative)}">'.replace("\\", "\\\\"),
            html,
        )
    return {"title": entry.title, "depth": entry.depth, "html": sanitise(html)}


def _caption(entries: list[dict[str, str | int]], path: str) -> str:
    shown = re.compile(
        rf'<figure>\s*<img\b[^>]*?\bsrc="{re.escape(path)}"[^>]*>\s*<figcaption>(.*?)</figcaption>', re.DOTALL
    )
    for entry in entries:
        found = shown.search(str(entry["html"]))
        if found:
            return unescape(to_plain_text(found[1]))
    return ""
