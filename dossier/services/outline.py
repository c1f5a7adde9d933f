"""The outline and the contracts of its sections: what the lead and the team order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy, Criterion, Membership
from core.errors import DomainError
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


@transaction.atomic
def create_section(*, candidacy: Candidacy, contract: Contract, by: User | None = None) -> Section:
    """Add a section at the end of its part, or of the outline."""
    lock_outline(candidacy)
    section = Section(
        candidacy=candidacy,
        key=_free_key(candidacy, contract.title),
        position=last_position(candidacy, contract.parent) + 1,
    )
    _write_contract(section, contract)
    tell_writers(section, by=by, is_new_order=True)
    return section


@transaction.atomic
def change_contract(
    *, section: Section, contract: Contract, by: User | None = None, due_reason: str = ""
) -> Section:
    """Write the contract of ``section``; a section that changes part goes to the end of the new one.

    A due date that moves needs ``due_reason``, which stays beside the contract. ``by`` is None for a program.
    """
    lock_outline(section.candidacy)
    locked = lock_section(section)
    if locked.is_frozen:
        raise DomainError(_("Cette section est figée : levez le gel avant de changer son contrat."))
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


def _write_contract(section: Section, contract: Contract) -> None:
    organisation = contract.organisation or (contract.writer.organisation if contract.writer else None)
    _check_scope(section, contract, organisation)
    section.parent = contract.parent
    section.organisation = organisation
    for name in (
        *("title", "kind", "brief", "writer", "due_on", "limit_value", "limit_unit"),
        *("is_confidential", "disclosure"),
    ):
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
