"""An action that becomes a partner’s step: what the structure of its owner is asked to vote."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from candidacy.models import Candidacy
from committees.becoming import Became, Future, register
from committees.models import Action
from partners.models import Deliberation
from partners.permissions import can_edit_organisation
from partners.services.deliberations import create_deliberation

DELIBERATION = "deliberation"


def register_future() -> None:
    register(
        Future(
            key=DELIBERATION,
            label=gettext_lazy("Une délibération à faire voter"),
            choices=_choices,
            make=_make,
            find=_find,
        ),
        place=30,
    )


def _choices(user: User, action: Action) -> Sequence[tuple[str, str]]:
    if action.owner is None or not can_edit_organisation(user, action.owner.organisation):
        return ()
    organisation = action.owner.organisation.label
    return [
        (value, _("%(organisation)s\u00a0: %(subject)s") % {"organisation": organisation, "subject": label})
        for value, label in Deliberation.Subject.choices
    ]


def _make(user: User, action: Action, value: str) -> UUID:
    assert action.owner is not None  # noqa: S101 -- no choice is offered without one
    made = create_deliberation(
        organisation=action.owner.organisation, fields={"subject": value, "title": action.title[:200]}
    )
    return made.public_id


def _find(candidacy: Candidacy, public_id: UUID) -> Became | None:
    found = candidacy.deliberations.filter(public_id=public_id).select_related("organisation").first()
    if found is None:
        return None
    organisation = found.organisation
    label = _("délibération de %(organisation)s") % {"organisation": organisation.label}
    return Became(
        label,
        reverse("partners:deliberation-detail", args=[candidacy.slug, organisation.public_id, public_id]),
    )
