"""Editions: freezing the dossier, bringing an edition to its deposit, and letting people read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from candidacy.models import Candidacy
from committees.models import Meeting
from core.errors import DomainError
from dossier.assembly import read_dossier
from dossier.deposit import assess_deposit
from dossier.models import DepositOverride, DossierExport, Edition, EditionFile, EditionPublication
from dossier.snapshots import check_file, take_snapshot
from dossier.tasks import build_export

Status = Edition.Status
Variant = EditionFile.Variant


@dataclass(frozen=True)
class Frozen:
    edition: Edition
    #: The latest earlier edition with the very same content, if there is one.
    same_as: Edition | None
    #: Names of the files copied for it: a transaction that fails does not take those back.
    copied: tuple[str, ...]


@transaction.atomic
def freeze_edition(*, candidacy: Candidacy, label: str, by: User, note: str = "") -> Frozen:
    """Freeze the dossier as it stands under the next number, and queue its printing.

    Two people who freeze at once get two editions, one number apart.
    """
    locked = Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)
    content = read_dossier(locked)
    if not content.chapters:
        raise DomainError(_("Le dossier n’a pas encore de section : il n’y a rien à figer."))
    snapshot = take_snapshot(content)
    editions = locked.editions.without_snapshot()
    same = editions.filter(content_digest=snapshot.digest).newest_first().first()
    last: int | None = editions.aggregate(last=Max("number"))["last"]
    edition = Edition(
        candidacy=locked,
        number=(last or 0) + 1,
        label=label.strip(),
        note=note.strip(),
        author=by,
        snapshot=snapshot.text,
        content_digest=snapshot.digest,
        day=snapshot.day,
        changed_at=snapshot.changed_at,
    )
    edition.full_clean()
    edition.save()
    _queue(edition, Variant.FULL, by)
    return Frozen(edition, same, snapshot.copied)


@transaction.atomic
def print_version(*, edition: Edition, variant: str, by: User) -> DossierExport:
    """Queue the printing of one version of ``edition``, or return the one that is under way or done."""
    locked = (
        Edition.objects.select_for_update(of=("self",), no_key=True).without_snapshot().get(pk=edition.pk)
    )
    printing = locked.printings.filter(variant=variant).exclude(status__in=ENDED_BADLY).first()
    return printing or _queue(locked, variant, by)


@transaction.atomic
def submit_edition(*, edition: Edition, meeting: Meeting) -> Edition:
    """Say at which meeting of a committee ``edition`` is examined; another meeting may follow until the deposit."""
    locked = Edition.objects.select_for_update(of=("self",)).without_snapshot().get(pk=edition.pk)
    if locked.is_deposited:
        raise DomainError(_("Cette édition est déposée : elle ne se soumet plus."))
    if meeting.committee.candidacy_id != locked.candidacy_id:
        raise DomainError(_("Ce choix n’appartient pas à la candidature."))
    if meeting.status == Meeting.Status.CANCELLED:
        raise DomainError(_("Cette réunion est annulée : choisissez-en une autre."))
    locked.status = Status.SUBMITTED
    locked.meeting = meeting
    locked.submitted_at = timezone.now()
    locked.save(update_fields=["status", "meeting", "submitted_at"])
    return locked


@transaction.atomic
def deposit_edition(*, edition: Edition, by: User, reasons: Mapping[str, str]) -> Edition:
    """Declare ``edition`` deposited: each condition is met, or passed over with the reason given under its key."""
    # The outline and the contracts are judged as well: nobody changes them meanwhile.
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.candidacy_id)
    locked = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if locked.is_deposited:
        raise DomainError(_("Cette édition est déjà déposée."))
    if not locked.files.filter(variant=Variant.FULL).exists():
        raise DomainError(_("Cette édition n’est pas encore imprimée : elle ne peut être déposée."))
    for file in locked.files.all():
        check_file(file)
    unmet = [finding for finding in assess_deposit(locked) if not finding.is_met]
    missing = [finding.label for finding in unmet if not reasons.get(finding.key, "").strip()]
    if missing:
        raise DomainError(
            _("Il manque une raison pour passer outre : %(conditions)s.") % {"conditions": ", ".join(missing)}
        )
    for finding in unmet:
        override = DepositOverride(
            edition=locked,
            condition=finding.key,
            finding=finding.text,
            reason=reasons[finding.key].strip(),
            decided_by=by,
        )
        override.full_clean()
        override.save()
    locked.status = Status.DEPOSITED
    locked.deposited_at = timezone.now()
    locked.deposited_by = by
    locked.save(update_fields=["status", "deposited_at", "deposited_by"])
    return locked


@transaction.atomic
def publish_edition(*, edition: Edition, variant: str, by: User) -> EditionPublication:
    """Let elected officials and observers read one version of ``edition``. Publishing it twice changes nothing."""
    locked = (
        Edition.objects.select_for_update(of=("self",), no_key=True).without_snapshot().get(pk=edition.pk)
    )
    current = locked.publications.open().select_related("file").first()
    if current is not None and current.file.variant == variant:
        return current
    if current is not None:
        raise DomainError(_("Une autre version de cette édition est publiée : retirez-la d’abord."))
    file = locked.files.filter(variant=variant).exclude(variant=Variant.ARCHIVE).first()
    if file is None:
        raise DomainError(_("Seule une version imprimée se publie."))
    return EditionPublication.objects.create(edition=locked, file=file, published_by=by)


@transaction.atomic
def withdraw_edition(*, edition: Edition, by: User) -> None:
    """Take an edition back from its readers; the file stays with the lead and the team."""
    edition.publications.open().update(withdrawn_at=timezone.now(), withdrawn_by=by)


ENDED_BADLY = (DossierExport.Status.FAILED, DossierExport.Status.CANCELLED)


def _queue(edition: Edition, variant: str, by: User) -> DossierExport:
    printing = DossierExport.objects.create(
        candidacy=edition.candidacy, edition=edition, variant=variant, requested_by=by
    )
    transaction.on_commit(partial(build_export.delay, printing.pk), robust=True)
    return printing
