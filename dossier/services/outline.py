"""The outline and the contracts of its sections: what the lead and the team order."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from candidacy.models import Candidacy, Criterion
from core.errors import DomainError
from dossier.models import Section
from dossier.services.proofs import answer_criteria
from partners.models import Contact, Organisation


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a section is about, who writes it, how long and by when."""

    title: str
    kind: str = Section.Kind.TEXT
    parent: Section | None = None
    brief: str = ""
    organisation: Organisation | None = None
    writer: Contact | None = None
    due_on: date | None = None
    limit_value: int | None = None
    limit_unit: str = Section.LimitUnit.WORDS
    criteria: Collection[Criterion] = ()


@transaction.atomic
def create_section(*, candidacy: Candidacy, contract: Contract) -> Section:
    """Add a section at the end of its part, or of the outline."""
    _lock_outline(candidacy)
    section = Section(
        candidacy=candidacy,
        key=_free_key(candidacy, contract.title),
        parent=contract.parent,
        position=_last_position(candidacy, contract.parent) + 1,
    )
    _write_contract(section, contract)
    return section


@transaction.atomic
def change_contract(*, section: Section, contract: Contract) -> Section:
    """Write the contract of ``section``; a section that changes part goes to the end of the new one."""
    _lock_outline(section.candidacy)
    locked = Section.objects.select_for_update(of=("self",)).select_related("candidacy").get(pk=section.pk)
    if contract.parent is not None and locked.children.exists():
        raise DomainError(_("Cette partie contient des sections : elle reste au premier niveau."))
    if locked.parent != contract.parent:
        locked.position = _last_position(locked.candidacy, contract.parent) + 1
    _write_contract(locked, contract)
    return locked


@transaction.atomic
def move_section(*, section: Section, step: int) -> None:
    """Move ``section`` among its siblings by ``step`` places; at either end it stays where it is."""
    _lock_outline(section.candidacy)
    siblings = list(_siblings(section.candidacy, section.parent_id))
    place = next(index for index, sibling in enumerate(siblings) if sibling.pk == section.pk)
    siblings.insert(min(max(place + step, 0), len(siblings) - 1), siblings.pop(place))
    for position, sibling in enumerate(siblings, start=1):
        if sibling.position != position:
            Section.objects.filter(pk=sibling.pk).update(position=position)


@transaction.atomic
def remove_section(*, section: Section) -> None:
    """Take a section ordered by mistake off the outline. What somebody wrote is never removed."""
    _lock_outline(section.candidacy)
    locked = Section.objects.select_for_update(of=("self",)).get(pk=section.pk)
    if locked.body or locked.revision:
        raise DomainError(_("Cette section contient un texte : elle ne peut être supprimée."))
    if locked.children.exists():
        raise DomainError(_("Cette partie contient des sections : déplacez-les d’abord."))
    if locked.comment_threads.exists():
        raise DomainError(_("Cette section est commentée : elle ne peut être supprimée."))
    draft = locked.drafts.select_related("author").first()
    if draft:
        raise DomainError(
            _("%(who)s a commencé à écrire dans cette section, sans l’enregistrer encore.")
            % {"who": draft.author}
        )
    locked.delete()


def _lock_outline(candidacy: Candidacy) -> None:
    """Let one person at a time change the order of the outline."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)


def _siblings(candidacy: Candidacy, parent_id: int | None) -> list[Section]:
    return list(candidacy.sections.filter(parent=parent_id).only("pk", "position").order_by("position", "pk"))


def _write_contract(section: Section, contract: Contract) -> None:
    organisation = contract.organisation or (contract.writer.organisation if contract.writer else None)
    _check_scope(section, contract, organisation)
    section.parent = contract.parent
    section.organisation = organisation
    for name in ("title", "kind", "brief", "writer", "due_on", "limit_value", "limit_unit"):
        setattr(section, name, getattr(contract, name))
    section.full_clean()
    section.save()
    answer_criteria(section=section, criteria=contract.criteria)


def _check_scope(section: Section, contract: Contract, organisation: Organisation | None) -> None:
    """Refuse what belongs to another candidacy, a third level, and a writer of another organisation."""
    owned = [organisation, contract.writer, contract.parent, *contract.criteria]
    if any(thing is not None and thing.candidacy_id != section.candidacy_id for thing in owned):
        raise DomainError(_("Ce choix n’appartient pas à la candidature."))
    if contract.writer and contract.writer.organisation_id != (organisation and organisation.pk):
        raise DomainError(
            _("%(writer)s n’est pas un contact de cette structure.") % {"writer": contract.writer}
        )
    if contract.parent and (contract.parent.parent_id is not None or contract.parent == section):
        raise DomainError(_("Le plan a deux niveaux : choisissez une partie du premier."))


def _last_position(candidacy: Candidacy, parent: Section | None) -> int:
    last: int | None = candidacy.sections.filter(parent=parent).aggregate(last=Max("position"))["last"]
    return last or 0


def _free_key(candidacy: Candidacy, title: str) -> str:
    """Return a key no other section of the candidacy has, made of ``title``."""
    base = slugify(title)[:50] or "section"
    taken = set(candidacy.sections.filter(key__startswith=base).values_list("key", flat=True))
    if base not in taken:
        return base
    return next(key for n in count(2) if (key := f"{base}-{n}") not in taken)
