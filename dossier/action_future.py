"""An action that becomes the contract of a section that nobody writes yet."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from candidacy.models import Candidacy
from committees.becoming import Became, Future, register
from committees.models import Action
from dossier.models import Section
from dossier.permissions import can_edit_outline
from dossier.services.outline import change_contract, contract_of

CONTRACT = "section"


def register_future() -> None:
    register(
        Future(
            key=CONTRACT,
            label=gettext_lazy("Le contrat d’une section que personne n’écrit"),
            choices=_choices,
            make=_make,
            find=_find,
        ),
        place=10,
    )


def _choices(user: User, action: Action) -> Sequence[tuple[str, str]]:
    """Offer the sections without a writer, once the action has somebody to write."""
    if action.owner is None or not can_edit_outline(user, action.candidacy):
        return ()
    free = action.candidacy.sections.in_outline_order().filter(
        organisation__isnull=True, writer__isnull=True, status=Section.Status.ORDERED
    )
    return [(str(section.public_id), section.title) for section in free.without_text()]


def _make(user: User, action: Action, value: str) -> UUID:
    """Let the owner of the action write the section by its day; what it asks for joins the brief."""
    section = action.candidacy.sections.get(public_id=value)
    contract = contract_of(section)
    brief = "\n".join(filter(None, [contract.brief, action.title]))
    ordered = replace(
        contract,
        writer=action.owner,
        organisation=action.owner.organisation if action.owner else None,
        due_on=contract.due_on or action.due_on,
        brief=brief,
    )
    return change_contract(section=section, contract=ordered, by=user).public_id


def _find(candidacy: Candidacy, public_id: UUID) -> Became | None:
    section = candidacy.sections.live().filter(public_id=public_id).only("title").first()
    if section is None:
        return None
    label = _("contrat de la section « %(title)s »") % {"title": section.title}
    return Became(label, reverse("dossier:section-detail", args=[candidacy.slug, public_id]))
