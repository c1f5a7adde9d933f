"""The register of figures: what lead and team do with it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.errors import DomainError
from core.staleness import lock_row, save_changes
from dossier.models import LiveFigure


@transaction.atomic
def save_live_figure(
    *,
    candidacy: Candidacy,
    fields: Mapping[str, Any],
    row: LiveFigure | None = None,
    seen: str | None = None,
    public_id: UUID | None = None,
) -> LiveFigure:
    """Write a figure; the history keeps what it was.

    ``public_id`` is the identifier that the form chose: the same form sent twice makes one row.
    """
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)
    if row is not None:
        locked = lock_row(row)
        save_changes(locked, fields, seen=seen)
        return locked
    made = candidacy.live_figures.filter(public_id=public_id).first() if public_id else None
    if made is not None:
        return made
    figure = LiveFigure(candidacy=candidacy, **fields)
    if public_id:
        figure.public_id = public_id
    figure.full_clean()
    figure.save()
    return figure


@transaction.atomic
def remove_live_figure(*, figure: LiveFigure) -> None:
    """Remove a figure that no text shows."""
    locked = LiveFigure.objects.select_for_update(of=("self",)).get(pk=figure.pk)
    if locked.sections.exists():
        raise DomainError(_("Ce chiffre est cité par un texte\u00a0: retirez-le d’abord de ce texte."))
    locked.delete()
