"""Printing the dossier, and letting elected officials and observers read what was printed."""

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
    under_way = candidacy.exports.unfinished().first()
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


@transaction.atomic
def publish_export(*, export: DossierExport, by: User) -> DossierExport:
    """Let elected officials and observers read a printed dossier. Publishing twice changes nothing."""
    locked = DossierExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if locked.is_published:
        return locked
    if not locked.is_done:
        raise DomainError(_("Seul un dossier entièrement produit se publie."))
    locked.published_at = timezone.now()
    locked.published_by = by
    locked.save(update_fields=["published_at", "published_by", "updated_at"])
    return locked


@transaction.atomic
def withdraw_export(*, export: DossierExport) -> DossierExport:
    """Take a printed dossier back from its readers; the file stays with the lead and the team."""
    locked = DossierExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
    locked.published_at = locked.published_by = None
    locked.save(update_fields=["published_at", "published_by", "updated_at"])
    return locked
