"""Word documents handed in for the dossier: taken in, verified, taken up or dropped."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy
from core.errors import DomainError, StaleRevisionError
from core.richtext import sanitise
from dossier.import_plan import Deed, ImportPlan, PlannedText, plan_import
from dossier.importing import forget, preview_path, without_picture
from dossier.models import Section, WordImport, WordImportPicture
from dossier.pictures import take_in_picture
from dossier.services.measure import MAX_BODY_CHARACTERS
from dossier.services.outline import Contract, create_section
from dossier.services.writing import save_text
from dossier.tasks import read_word_import


@dataclass(frozen=True)
class PictureChoice:
    """What somebody decided of one new picture of the document."""

    is_kept: bool
    alternative_text: str = ""
    is_decorative: bool = False
    credit: str = ""


@transaction.atomic
def request_import(
    *, candidacy: Candidacy, section: Section | None, file: IO[bytes], filename: str, by: User
) -> WordImport:
    """Store a Word document and have it read; the same person's earlier one for the same place is dropped."""
    if section is not None and section.is_closed:
        raise DomainError(_("Cette section est validée : rouvrez la relecture pour la modifier."))
    forget(candidacy.word_imports.filter(section=section, requested_by=by))
    row = WordImport(candidacy=candidacy, section=section, requested_by=by, filename=_short(filename))
    row.file.save(f"{row.public_id}.docx", File(file), save=False)
    row.full_clean()
    row.save()
    # Robust: a broker that does not answer must not turn into an error page; the row is found again by the tick.
    transaction.on_commit(partial(read_word_import.delay, row.pk), robust=True)
    return row


def preview_import(word_import: WordImport) -> ImportPlan:
    return plan_import(word_import, max_characters=MAX_BODY_CHARACTERS)


def take_up_import(
    *, word_import: WordImport, seen: str, pictures: Mapping[UUID, PictureChoice], by: User
) -> ImportPlan:
    """Write into the dossier what the preview ``seen`` announced, and forget the document.

    A dossier that has changed since is refused with StaleRevisionError: nothing is written, and the new preview says
    what differs.
    """
    written: list[str] = []
    try:
        with transaction.atomic():
            plan = _written(word_import, seen, pictures, by, written)
            forget([word_import])
    except Exception:
        # The rows of these pictures are gone with the transaction: so are their files.
        for name in written:
            default_storage.delete(name)
        raise
    return plan


def drop_import(*, word_import: WordImport) -> None:
    forget(WordImport.objects.filter(pk=word_import.pk))


def _written(
    word_import: WordImport,
    seen: str,
    pictures: Mapping[UUID, PictureChoice],
    by: User,
    written: list[str],
) -> ImportPlan:
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=word_import.candidacy_id)
    locked = WordImport.objects.select_for_update(of=("self",)).filter(pk=word_import.pk).first()
    if locked is None or not locked.is_ready:
        raise DomainError(_("Cet import a déjà été repris ou abandonné."))
    locked.candidacy = word_import.candidacy
    plan = preview_import(locked)
    if plan.seen != seen:
        raise StaleRevisionError(
            _("Le dossier a changé depuis cet aperçu : rien n’a été écrit. Voici le nouvel aperçu.")
        )
    for text in plan.too_long:
        raise DomainError(
            _(
                "« %(title)s » est trop long pour une section : au plus %(max)d signes, mise en forme comprise."
            )
            % {"title": text.title, "max": MAX_BODY_CHARACTERS}
        )
    placed = _Pictures(locked, pictures, written)
    part: Section | None = None
    for text in plan.texts:
        section = text.section
        if text.deed == Deed.CREATE:
            parent = None if text.is_part else part
            section = create_section(
                candidacy=locked.candidacy, contract=Contract(title=text.title, parent=parent)
            )
        if text.is_part:
            part = section
        if section is not None and text.deed.writes and text.html:
            body = placed.into(text)
            save_text(section=section, body=body, expected_revision=section.revision, by=by)
    return plan


class _Pictures:
    """The new pictures of a document: each enters the dossier when the first text that shows it is written."""

    def __init__(self, row: WordImport, choices: Mapping[UUID, PictureChoice], written: list[str]) -> None:
        self.slug = row.candidacy.slug
        self.row, self.choices, self.written = row, choices, written
        self.new = list(row.pictures.filter(known=None).order_by("number"))
        self.placed: dict[UUID, tuple[str, str]] = {}

    def into(self, text: PlannedText) -> str:
        html = text.html
        for picture in self.new:
            path = preview_path(self.slug, picture.public_id)
            if f'"{path}"' not in html:
                continue
            choice = self.choices.get(picture.public_id, PictureChoice(is_kept=False))
            if not choice.is_kept:
                html = without_picture(html, path)
                continue
            html = self._shown(html, path, *self._taken_in(picture, choice))
        return sanitise(html)

    def _taken_in(self, picture: WordImportPicture, choice: PictureChoice) -> tuple[str, str]:
        if picture.public_id not in self.placed:
            with picture.file.open("rb") as stored:
                content = stored.read()
            taken = take_in_picture(
                candidacy=self.row.candidacy,
                key=f"word-{picture.public_id.hex[:16]}",
                content=content,
                alternative_text="" if choice.is_decorative else choice.alternative_text,
                is_decorative=choice.is_decorative,
                caption=picture.caption,
                credit=choice.credit,
            )
            self.written.append(taken.file.name or "")
            self.placed[picture.public_id] = (
                preview_path(self.slug, taken.public_id),
                taken.alternative_text,
            )
        return self.placed[picture.public_id]

    @staticmethod
    def _shown(html: str, path: str, address: str, alternative: str) -> str:
        before = f'src="{path}"'
        parts = html.split(before)
        shown = parts[0]
        for following in parts[1:]:
            tag_start = shown.rindex("<img")
            rest = following[following.index(">") + 1 :]
            shown = f'{shown[:tag_start]}<img src="{address}" alt="{escape(alternative)}">{rest}'
        return shown


def _short(filename: str) -> str:
    """Keep the end of a long name, where it differs from the others of its folder."""
    return filename[-200:] or "document.docx"
