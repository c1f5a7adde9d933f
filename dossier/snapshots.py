"""The frozen content of an edition: what the dossier prints, by value, under the digest of that value.

The day of the dossier and the date of its last change are kept beside it: the same content frozen twice has the same
digest, whatever the day.
"""

import logging
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.plain import canonical_json, digest_of, read_canonical
from dossier.assembly import DossierContent, StoredFile
from dossier.mentions import figures_named, pictures_named
from dossier.models import Edition

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
    digest = sha256(content).hexdigest()
    name = f"{_FOLDER}/{digest[:2]}/{digest}.{file.name.rpartition('.')[2]}"
    if not default_storage.exists(name):
        copied.append(default_storage.save(name, ContentFile(content)))
    return replace(file, stored_name=name, sha256=digest)
