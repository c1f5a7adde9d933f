"""The text of a section: what writers do."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.drafts import Seat, end_draft
from core.errors import DomainError, StaleRevisionError
from dossier.models import Section, SectionDraft, SectionRevision
from dossier.services.measure import clean_body
from dossier.services.mentions import identify_tables, note_mentions, note_tables
from dossier.services.states import note_state_change


@transaction.atomic
def save_text(
    *, section: Section, body: str, expected_revision: int, by: User | None, seat: Seat | None = None
) -> Section:
    """Save ``body`` as the next revision of ``section`` and return the section as it now stands.

    The same text again creates nothing, whatever revision it was read at. A text written on an older revision is
    refused with StaleRevisionError and changes nothing: the caller shows both. ``by`` is None for a program.
    The draft that ``by`` made of the text at ``seat`` has done its work.
    """
    clean = clean_body(body)
    locked = Section.objects.select_for_update(of=("self",)).select_related("candidacy").get(pk=section.pk)
    if by and seat:
        end_draft(SectionDraft.objects.filter(section=locked, author=by), seat=seat)
    identified = identify_tables(locked, clean)
    if locked.body in {clean, identified}:
        return locked
    if locked.is_retired:
        raise DomainError(_("Cette section vient d’être retirée du plan : elle ne se modifie plus."))
    if locked.is_closed:
        raise DomainError(
            _(
                "Cette section vient d’être validée : elle ne se modifie plus, à moins de rouvrir la relecture."
            )
        )
    if locked.revision != expected_revision:
        raise StaleRevisionError(_("Quelqu’un a enregistré cette section pendant que vous écriviez."))
    _keep_unrecorded_text(locked)
    locked.body = identified
    locked.revision += 1
    locked.skip_history_when_saving = True  # type: ignore[attr-defined]  # the revision below is its history
    locked.save(update_fields=["body", "revision", "updated_at"])
    del locked.skip_history_when_saving  # type: ignore[attr-defined]  # as above
    SectionRevision.objects.create(section=locked, number=locked.revision, body=identified, saved_by=by)
    note_mentions(locked)
    note_tables(locked)
    if locked.status == Section.Status.ORDERED:
        note_state_change(section=locked, target=Section.Status.WRITING, by=by)
    return locked


@transaction.atomic
def restore_revision(*, revision: SectionRevision, expected_revision: int, by: User) -> Section:
    """Make the text of ``revision`` the text of its section again, as a new revision; none is ever taken away."""
    return save_text(section=revision.section, body=revision.body, expected_revision=expected_revision, by=by)


def _keep_unrecorded_text(section: Section) -> None:
    """Record the text that came from elsewhere than this service, such as an import, before it is replaced."""
    if section.body and not section.revisions.filter(number=section.revision).exists():
        SectionRevision.objects.create(
            section=section, number=section.revision, body=section.body, saved_at=section.updated_at
        )
