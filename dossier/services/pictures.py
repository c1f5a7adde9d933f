"""The pictures of a candidacy: what those who write do with them."""

from collections.abc import Mapping
from functools import partial
from pathlib import PurePath
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.text import slugify
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from dossier.models import Picture, Section, SectionDraft, SectionRevision
from dossier.pictures import MAX_BYTES, take_in_picture


@transaction.atomic
def upload_picture(
    *,
    candidacy: Candidacy,
    file: "File[bytes]",
    fields: Mapping[str, Any],
    section: Section | None = None,
    public_id: UUID | None = None,
) -> Picture:
    """Take in the picture that somebody sends, for ``section`` if they say which.

    ``public_id`` is the identifier that the form chose: the same form sent twice makes one picture.
    """
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)
    made = candidacy.pictures.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    if file.size > MAX_BYTES:
        # Said before the file is read.
        raise DomainError(
            _("Cette image pèse %(size)s\u00a0: 25 Mo au plus.") % {"size": filesizeformat(file.size)}
        )
    stem = slugify(PurePath(file.name or "").stem)[:40] or "image"
    return take_in_picture(
        candidacy=candidacy,
        key=f"{stem}-{token_hex(4)}",
        content=file.read(),
        uploaded_for=section,
        public_id=public_id,
        **fields,
    )


@transaction.atomic
def describe_picture(*, picture: Picture, fields: Mapping[str, Any], seen: str | None = None) -> Picture:
    """Change what is said of a picture; every text that shows it says so from then on."""
    locked = lock_row(picture)
    save_changes(locked, fields, seen=seen)
    return locked


def revisions_showing(picture: Picture) -> int:
    """Count the revisions that show ``picture``, those of today included."""
    revisions = SectionRevision.objects.filter(section__candidacy=picture.candidacy_id)
    return revisions.filter(body__contains=str(picture.public_id)).count()


@transaction.atomic
def remove_picture(*, picture: Picture) -> None:
    """Remove a picture that neither a text nor a revision shows; its file goes with it."""
    locked = Picture.objects.select_for_update(of=("self",)).get(pk=picture.pk)
    bodies = Section.objects.filter(candidacy=locked.candidacy_id, body__contains=str(locked.public_id))
    if bodies.exists():
        raise DomainError(_("Cette image est montrée par un texte\u00a0: retirez-la d’abord de ce texte."))
    if SectionDraft.objects.filter(
        section__candidacy=locked.candidacy_id, body__contains=str(locked.public_id)
    ).exists():
        raise DomainError(
            _("Un texte qui n’est pas encore enregistré montre cette image\u00a0: elle ne peut être retirée.")
        )
    if revisions_showing(locked):
        raise DomainError(_("Une révision gardée montre cette image\u00a0: elle ne peut être retirée."))
    storage, name = locked.file.storage, str(locked.file.name)
    locked.delete()
    transaction.on_commit(partial(storage.delete, name))
