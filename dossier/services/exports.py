"""Printing the dossier as it stands, for those who prepare it; what readers get is an edition."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy
from core.errors import DomainError
from dossier.models import DossierExport
from dossier.tasks import build_export


@transaction.atomic
def request_export(*, candidacy: Candidacy, by: User) -> DossierExport:
    """Queue the printing of the dossier, or return the one under way: a double click prints once."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)
    under_way = candidacy.exports.of_the_work().unfinished().first()
    if under_way is not None:
        return under_way
    if not candidacy.sections.exists():
        raise DomainError(_("Le dossier n’a pas encore de section : il n’y a rien à imprimer."))
    export = DossierExport(candidacy=candidacy, requested_by=by)
    export.full_clean()
    export.save()
    # Robust: a broker that does not answer must not turn into an error page; the row is found again by the tick.
    transaction.on_commit(partial(build_export.delay, export.pk), robust=True)
    return export


def cancel_export(*, export: DossierExport) -> bool:
    """Stop a printing that has not ended, and say whether there was anything to stop.

    The worker sees it within a second or two; what was printed before stays where it is.
    """
    now = timezone.now()
    stopped = DossierExport.objects.unfinished().filter(pk=export.pk)
    return bool(
        stopped.update(status=DossierExport.Status.CANCELLED, stage="", finished_at=now, updated_at=now)
    )
