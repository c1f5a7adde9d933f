"""The papers of an item: files that are looked at before they are kept, and removed with their row."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import AgendaItem, AgendaPaper, Meeting
from committees.paper_formats import format_of
from committees.services.locking import check_revision, lock, save_changes
from committees.services.ordering import Direction, exchange, next_position
from core.errors import DomainError
from core.templatetags.formats import number

MAX_BYTES = 20 * 1024 * 1024
_TITLE_LENGTH = 200


@transaction.atomic
def add_papers(
    *, item: AgendaItem, files: "Sequence[File[bytes]]", is_confidential: bool = False
) -> list[AgendaPaper]:
    """Put ``files`` at the end of the papers of ``item``, each under its name; what is there already stays once.

    They are all looked at before one is kept: of four files, the one that is refused does not leave three behind.
    """
    _open_papers(item.meeting)
    locked = lock(item)
    looked_at = [(file, _facts(file)) for file in files]
    kept = {paper.sha256: paper for paper in locked.papers.all()}
    position = next_position(locked.papers.all())
    papers = []
    for file, facts in looked_at:
        paper = kept.get(facts["sha256"])
        if paper is None:
            paper = AgendaPaper(
                item=locked,
                position=position,
                title=_title_of(file),
                is_confidential=is_confidential,
                **facts,
            )
            _store(paper, file)
            kept[paper.sha256] = paper
            position += 1
        papers.append(paper)
    return papers


@transaction.atomic
def edit_paper(
    *,
    paper: AgendaPaper,
    expected_revision: int,
    file: "File[bytes] | None" = None,
    **fields: Any,
) -> AgendaPaper:
    """Change what a paper is called and who reads it; with a ``file``, that one takes the place of the former."""
    _open_papers(paper.item.meeting)
    locked = lock(paper)
    facts = _facts(file) if file is not None else {}
    if file is None or facts["sha256"] == locked.sha256:
        save_changes(locked, fields, expected_revision=expected_revision)
        return locked
    check_revision(locked, expected_revision)
    if AgendaPaper.objects.filter(item=locked.item_id, sha256=facts["sha256"]).exists():
        raise DomainError(_("Ce document est déjà joint à ce point."))
    former, storage = str(locked.file.name), locked.file.storage
    for name, value in {**fields, **facts, "revision": locked.revision + 1}.items():
        setattr(locked, name, value)
    _store(locked, file)
    transaction.on_commit(partial(storage.delete, former))
    return locked


@transaction.atomic
def move_paper(*, paper: AgendaPaper, direction: Direction) -> None:
    """Let a paper change places with its neighbour; at either end nothing happens."""
    _open_papers(paper.item.meeting)
    exchange(lock(paper.item).papers.all(), paper, direction)


@transaction.atomic
def remove_paper(*, paper: AgendaPaper) -> None:
    """Delete a paper and its file."""
    _open_papers(paper.item.meeting)
    locked = lock(paper)
    storage, name = locked.file.storage, str(locked.file.name)
    locked.delete()
    transaction.on_commit(partial(storage.delete, name))


def copy_paper(paper: AgendaPaper, item: AgendaItem) -> None:
    """Give ``item`` a paper of its own like ``paper``, in the caller's transaction: each is removed by itself."""
    kept = ("position", "title", "format", "size", "sha256", "is_confidential")
    with paper.file.open("rb") as file:
        copy = AgendaPaper(item=item, **{name: getattr(paper, name) for name in kept})
        _store(copy, file)


def _open_papers(meeting: Meeting) -> None:
    """What was shown in the room may still be filed once the meeting was held."""
    if lock(meeting).is_cancelled:
        raise DomainError(_("La réunion est annulée\u00a0: rétablissez-la d’abord."))


def _facts(file: "File[bytes]") -> dict[str, Any]:
    """Return what is kept of a file beside its content; raise where it is too large or none of our formats."""
    named = {"name": file.name}
    if not file.size:
        raise DomainError(_("«\u00a0%(name)s\u00a0» est vide.") % named)
    if file.size > MAX_BYTES:
        size = number(file.size / 1024 / 1024, 1)
        raise DomainError(
            _("«\u00a0%(name)s\u00a0» pèse %(size)s Mo\u00a0: 20 Mo au plus.") % {**named, "size": size}
        )
    found = format_of(file)
    if found is None:
        raise DomainError(
            _(
                "«\u00a0%(name)s\u00a0» n’est pas un PDF ni un document Word, Excel, PowerPoint ou OpenDocument"
                " sans macro."
            )
            % named
        )
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return {"format": found, "size": file.size, "sha256": digest.hexdigest()}


def _title_of(file: "File[bytes]") -> str:
    """« Plan_de-financement.pdf » was named for a folder: underscores are spaces."""
    stem = PurePath(file.name or "").stem.replace("_", " ").strip()
    return stem[:_TITLE_LENGTH] or _("Pièce")


def _store(paper: AgendaPaper, file: "File[bytes]") -> None:
    file.seek(0)
    paper.file = File(file, f"{paper.sha256}.{paper.format}")
    paper.full_clean()
    paper.save()
