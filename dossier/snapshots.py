"""The frozen content of an edition: what the dossier prints, by value, under the digest of that value.

The day of the dossier and the date of its last change are kept beside it: the same content frozen twice has the same
digest, whatever the day.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.plain import canonical_json, digest_of, read_canonical
from dossier.content import DossierContent, StoredFile
from dossier.mentions import figures_named, pictures_named
from dossier.models import Edition, EditionFile

logger = logging.getLogger(__name__)

_FOLDER = "editions/images"
_BESIDE = ("day", "changed_at")


@dataclass(frozen=True)
class Snapshot:
    text: str
    digest: str
    day: date
    changed_at: datetime
    #: Names of the files copied for it: a transaction that fails does not take those back.
    copied: tuple[str, ...]


def take_snapshot(content: DossierContent) -> Snapshot:
    """Freeze ``content``, and copy the pictures that it shows to where nobody replaces them.

    What no text names is left out: it is not part of what the edition says.
    """
    bodies = [section.body for section in content.sections]
    shown, named = pictures_named(*bodies), figures_named(*bodies)
    pictures = {key: picture for key, picture in content.pictures.items() if key in shown}
    copied: list[str] = []
    files = {picture.name: _kept(content.files[picture.name], copied) for picture in pictures.values()}
    frozen = replace(
        content,
        live_figures={key: figure for key, figure in content.live_figures.items() if key in named},
        pictures=pictures,
        files=files,
        logo=_kept(content.logo, copied) if content.logo else None,
    )
    text = canonical_json(frozen, without=_BESIDE)
    return Snapshot(text, digest_of(text), content.day, content.changed_at, tuple(copied))


class AlteredEditionError(DomainError):
    """What is stored of an edition is not what was frozen: it is neither shown, printed nor recognised."""


def check_digest(edition: Edition) -> None:
    """Refuse an edition whose frozen content was changed behind the application’s back, and say so in the log."""
    if digest_of(edition.snapshot) == edition.content_digest:
        return
    logger.error("the frozen content of edition %s does not have its digest any more", edition.public_id)
    raise AlteredEditionError(
        _(
            "Le contenu figé de l’édition %(number)d ne correspond plus à son empreinte\u00a0: il a été modifié dans la "
            "base, en dehors de l’application. Elle n’est donc ni montrée, ni imprimée, ni reconnue. Prévenez la "
            "personne qui administre le site\u00a0: une sauvegarde permet de la rétablir."
        )
        % {"number": edition.number}
    )


def check_file(file: EditionFile) -> None:
    """Refuse the print of an edition that was overwritten in the storage; one that is gone is not found, and no more."""
    _check_bytes(
        file.edition,
        file.file.storage,
        file.file.name or "",
        file.sha256,
        _(
            "Le fichier imprimé de l’édition %(number)d ne correspond plus à son empreinte\u00a0: il a été remplacé ou "
            "modifié là où il est conservé, en dehors de l’application. Il n’est donc pas remis. Prévenez la personne "
            "qui administre le site\u00a0: une sauvegarde permet de le rétablir."
        ),
    )


def check_pictures(edition: Edition, files: Iterable[StoredFile]) -> None:
    """Refuse copies of pictures that were overwritten in the storage: they are not what ``edition`` froze."""
    for file in files:
        if not file.stored_name.startswith(f"{_FOLDER}/"):
            continue  # it was missing when the edition was frozen, and has no copy
        _check_bytes(
            edition,
            default_storage,
            file.stored_name,
            file.sha256,
            _(
                "Une image de l’édition %(number)d ne correspond plus à son empreinte\u00a0: elle a été remplacée ou "
                "modifiée là où elle est conservée, en dehors de l’application. Elle n’est donc ni montrée, ni imprimée. "
                "Prévenez la personne qui administre le site\u00a0: une sauvegarde permet de la rétablir."
            ),
        )


def _check_bytes(edition: Edition, storage: Storage, name: str, digest: str, reason: str) -> None:
    if not storage.exists(name) or holds(storage, name, digest):
        return
    logger.error("%s of edition %s does not have its digest any more", name, edition.public_id)
    raise AlteredEditionError(reason % {"number": edition.number})


def holds(storage: Storage, name: str, digest: str) -> bool:
    """Tell whether what is stored as ``name`` is there, whole and untouched."""
    if not storage.exists(name):
        return False
    with storage.open(name, "rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest() == digest


def read_snapshot(edition: Edition) -> DossierContent:
    """Return the values that ``edition`` froze, or raise AlteredEditionError."""
    check_digest(edition)
    return read_canonical(DossierContent, edition.snapshot, day=edition.day, changed_at=edition.changed_at)


def _kept(file: StoredFile, copied: list[str]) -> StoredFile:
    """Copy a file under the digest of its content, once; what is missing stays missing, and the press says so.

    The name of a new copy is added to ``copied``.
    """
    try:
        with default_storage.open(file.stored_name) as source:
            content = source.read()
    except FileNotFoundError:
        return file
    digest = hashlib.sha256(content).hexdigest()
    name = f"{_FOLDER}/{digest[:2]}/{digest}.{file.name.rpartition('.')[2]}"
    if not default_storage.exists(name):
        copied.append(default_storage.save(name, ContentFile(content)))
    return replace(file, stored_name=name, sha256=digest)
