"""The outline and the contracts of its sections: what the lead and the team order."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy, Criterion, Membership
from core.errors import DomainError, StaleRevisionError
from dossier.models import DueDateChange, ExpectedProof, Reviewer, Section
from dossier.services.places import check_part, last_position, lock_outline
from dossier.services.proofs import answer_criteria
from dossier.services.states import lock_section
from dossier.services.telling import tell_reviewers, tell_writers
from partners.models import Contact, Organisation


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a section is about, who writes it and who reviews, how long, by when and on what proofs."""

    title: str
    kind: str = Section.Kind.TEXT
    parent: Section | None = None
    brief: str = ""
    organisation: Organisation | None = None
    writer: Contact | None = None
    due_on: date | None = None
    limit_value: int | None = None
    limit_unit: str = Section.LimitUnit.WORDS
    is_confidential: bool = False
    disclosure: str = Section.Disclosure.SHOWN
    criteria: Collection[Criterion] = ()
    questions: Sequence[str] = ()
    expected_proofs: Sequence[str] = ()
    reviewing_contacts: Collection[Contact] = ()
    reviewing_members: Collection[Membership] = ()


#: What of a contract stands in the section itself, under the same name.
_OWN = (
    *("title", "kind", "brief", "writer", "due_on", "limit_value", "limit_unit"),
    *("is_confidential", "disclosure"),
)


def contract_of(section: Section) -> Contract:
    """Return the contract of ``section`` as it is stored."""
    reviewers = list(section.reviewers.select_related("contact__organisation", "membership__user"))
    return Contract(
        **{name: getattr(section, name) for name in (*_OWN, "parent", "organisation")},
        criteria=list(section.candidacy.criteria.filter(proofs__section=section).distinct()),
        questions=list(section.questions),
        expected_proofs=[proof.text for proof in section.expected_proofs.all()],
        reviewing_contacts=[row.contact for row in reviewers if row.contact],
        reviewing_members=[row.membership for row in reviewers if row.membership],
    )


def contract_fingerprint(contract: Contract) -> str:
    """Return a short digest of what ``contract`` says, to tell whether it is still the one that was shown."""
    values = {item.name: _plain(getattr(contract, item.name)) for item in fields(contract)}
    values["organisation"] = _plain(_organisation_of(contract))
    return sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Iterable) and not isinstance(value, str):
        items = [_plain(item) for item in value]
        # The order of questions and of proofs is chosen; that in which rows are named is not.
        return sorted(items) if all(isinstance(item, int) for item in items) else items
    return value if value is None or isinstance(value, int) else str(value)


@transaction.atomic
def create_section(
    *, candidacy: Candidacy, contract: Contract, by: User | None = None, public_id: UUID | None = None
) -> Section:
    """Add a section at the end of its part, or of the outline.

    ``public_id`` is the identifier that the form chose: the same form sent twice makes one section.
    """
    lock_outline(candidacy)
    made = candidacy.sections.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    section = Section(
        candidacy=candidacy,
        public_id=public_id or uuid4(),
        key=_free_key(candidacy, contract.title),
        position=last_position(candidacy, contract.parent) + 1,
    )
    _write_contract(section, contract)
    tell_writers(section, by=by, is_new_order=True)
    return section


@transaction.atomic
def change_contract(
    *,
    section: Section,
    contract: Contract,
    by: User | None = None,
    due_reason: str = "",
    seen: str | None = None,
) -> Section:
    """Write the contract of ``section``; a section that changes part goes to the end of the new one.

    A due date that moves needs ``due_reason``, which stays beside the contract. ``by`` is None for a program.
    ``seen`` is the fingerprint of the contract that the form showed: another one is not written over, unless it says
    what is written here, as when the same form is sent twice.
    """
    lock_outline(section.candidacy)
    locked = lock_section(section)
    if locked.is_frozen:
        raise DomainError(_("Cette section est figée : levez le gel avant de changer son contrat."))
    if seen is not None:
        _check_seen(locked, contract, seen)
    former = (locked.organisation_id, locked.writer_id)
    _note_due_date(locked, contract.due_on, reason=due_reason, by=by)
    if locked.parent != contract.parent:
        locked.position = last_position(locked.candidacy, contract.parent) + 1
    _write_contract(locked, contract)
    tell_writers(locked, by=by, is_new_order=(locked.organisation_id, locked.writer_id) != former)
    tell_reviewers(locked, by=by)
    return locked


@transaction.atomic
def remove_section(*, section: Section) -> None:
    """Take a section ordered by mistake off the outline. What somebody wrote is never removed."""
    lock_outline(section.candidacy)
    locked = lock_section(section)
    if locked.body or locked.revision:
        raise DomainError(_("Cette section contient un texte : elle ne peut être supprimée."))
    if locked.children.live().exists():
        raise DomainError(_("Cette partie contient des sections : déplacez-les d’abord."))
    if locked.comment_threads.exists():
        raise DomainError(_("Cette section est commentée : elle ne peut être supprimée."))
    draft = locked.drafts.select_related("author").first()
    if draft:
        raise DomainError(
            _("%(who)s a commencé à écrire dans cette section, sans l’enregistrer encore.")
            % {"who": draft.author}
        )
    locked.children.update(parent=None)  # retired ones, which would come back among the parts
    locked.organisation = locked.writer = None
    tell_writers(locked, by=None)
    locked.delete()


def _check_seen(section: Section, contract: Contract, seen: str) -> None:
    if contract_fingerprint(contract_of(section)) not in {seen, contract_fingerprint(contract)}:
        raise StaleRevisionError(_("Quelqu’un a modifié ce contrat pendant que vous l’aviez sous les yeux."))


def _organisation_of(contract: Contract) -> Organisation | None:
    """Return who is asked to write: naming a person names their organisation."""
    return contract.organisation or (contract.writer.organisation if contract.writer else None)


def _write_contract(section: Section, contract: Contract) -> None:
    organisation = _organisation_of(contract)
    _check_scope(section, contract, organisation)
    section.parent = contract.parent
    section.organisation = organisation
    for name in _OWN:
        setattr(section, name, getattr(contract, name))
    section.questions = list(contract.questions)
    section.full_clean()
    section.save()
    answer_criteria(section=section, criteria=contract.criteria)
    _name_reviewers(section, contract)
    _expect_proofs(section, contract.expected_proofs)


def _check_scope(section: Section, contract: Contract, organisation: Organisation | None) -> None:
    """Refuse what belongs to another candidacy, a third level, and a writer of another organisation."""
    owned: list[Criterion | Organisation | Contact | Membership | Section | None] = [
        organisation,
        contract.writer,
        contract.parent,
        *contract.criteria,
        *contract.reviewing_contacts,
        *contract.reviewing_members,
    ]
    if any(thing is not None and thing.candidacy_id != section.candidacy_id for thing in owned):
        raise DomainError(_("Ce choix n’appartient pas à la candidature."))
    if contract.writer and contract.writer.organisation_id != (organisation and organisation.pk):
        raise DomainError(
            _("%(writer)s n’est pas un contact de cette structure.") % {"writer": contract.writer}
        )
    if contract.parent:
        check_part(section, contract.parent)


def _note_due_date(section: Section, due_on: date | None, *, reason: str, by: User | None) -> None:
    """Keep why a date moves. The first one moves nothing."""
    if section.due_on is None or section.due_on == due_on:
        return
    if not reason.strip():
        raise DomainError(_("L’échéance change : dites pourquoi."))
    change = DueDateChange(
        section=section, former_on=section.due_on, new_on=due_on, reason=reason.strip(), changed_by=by
    )
    change.clean_fields(exclude=["section", "changed_by"])
    change.save()


def _name_reviewers(section: Section, contract: Contract) -> None:
    named: set[tuple[int | None, int | None]] = {
        *((contact.pk, None) for contact in contract.reviewing_contacts),
        *((None, membership.pk) for membership in contract.reviewing_members),
    }
    known = {(row.contact_id, row.membership_id): row.pk for row in section.reviewers.all()}
    section.reviewers.filter(pk__in=[pk for pair, pk in known.items() if pair not in named]).delete()
    Reviewer.objects.bulk_create(
        Reviewer(section=section, contact_id=contact, membership_id=membership)
        for contact, membership in sorted(named - known.keys(), key=str)
    )


def _expect_proofs(section: Section, texts: Sequence[str]) -> None:
    """Bring the list of proofs to ``texts``. One that was provided stays: who said so, and when, is not lost."""
    wanted = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    known = {proof.text: proof for proof in section.expected_proofs.all()}
    for text, proof in known.items():
        if text in wanted:
            continue
        if proof.is_provided:
            raise DomainError(
                _("La preuve « %(text)s » est déjà fournie : décochez-la avant de la retirer.")
                % {"text": text}
            )
        proof.delete()
    for position, text in enumerate(wanted, start=1):
        proof = known.get(text) or ExpectedProof(section=section, text=text)
        proof.position = position
        proof.clean_fields(exclude=["section", "provided_by"])
        proof.save()


def _free_key(candidacy: Candidacy, title: str) -> str:
    """Return a key no other section of the candidacy has, made of ``title``."""
    base = slugify(title)[:50] or "section"
    taken = set(candidacy.sections.filter(key__startswith=base).values_list("key", flat=True))
    if base not in taken:
        return base
    return next(key for n in count(2) if (key := f"{base}-{n}") not in taken)
