"""The texts of the minutes: begun once, written by several, saved over nothing that their writer has not seen."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from committees.models import Meeting, Minutes, MinutesDraft, MinutesRevision, MinutesText
from committees.services.locking import lock
from core.drafts import Seat, end_draft, keep_draft
from core.errors import DomainError, StaleRevisionError
from core.richtext import sanitise_simply
from core.templatetags.formats import number

#: Some 15,000 words of marked-up text under one item.
MAX_BODY_CHARACTERS = 100_000
#: What a word processor says around its words comes off; of a text longer than this, too much would remain.
MAX_RAW_CHARACTERS = 10 * MAX_BODY_CHARACTERS


class ApprovedMinutesError(DomainError):
    """What was typed comes too late: the minutes are approved."""


@transaction.atomic
def begin_minutes(*, meeting: Meeting) -> Minutes:
    """Give the meeting its minutes, with an empty text at each place that has none yet. Twice is once."""
    locked = lock(meeting)
    if not (locked.is_held or (locked.is_convened and locked.has_started)):
        raise DomainError(_("Le compte rendu s’écrit à partir de l’ouverture de la réunion."))
    minutes, _is_new = Minutes.objects.get_or_create(meeting=locked)
    there = {(text.place, text.agenda_item_id) for text in minutes.texts.all()}
    wanted: list[tuple[str, int | None]] = [
        (MinutesText.Place.OPENING, None),
        *((MinutesText.Place.ITEM, key) for key in locked.agenda_items.values_list("pk", flat=True)),
        (MinutesText.Place.CLOSING, None),
    ]
    MinutesText.objects.bulk_create(
        MinutesText(minutes=minutes, place=place, agenda_item_id=key)
        for place, key in wanted
        if (place, key) not in there
    )
    return minutes


@transaction.atomic
def save_minutes_text(
    *, text: MinutesText, body: str, expected_revision: int, by: User, seat: Seat | None = None
) -> MinutesText:
    """Save ``body`` as the next revision of ``text`` and return the text as it now stands.

    The same words again create nothing, whatever revision they were read at. A body written on an older revision is
    refused with StaleRevisionError and changes nothing: the caller shows both. The draft that ``by`` made of it at
    ``seat`` has done its work.
    """
    clean = clean_body(body)
    minutes = lock(text.minutes)
    locked = lock(text)
    if seat:
        end_draft(MinutesDraft.objects.filter(text=locked, author=by), seat=seat)
    if locked.body == clean:
        return locked
    _check_open(minutes)
    if locked.revision != expected_revision:
        raise StaleRevisionError(_("Quelqu’un a enregistré ce texte pendant que vous écriviez."))
    locked.body = clean
    locked.revision += 1
    locked.save(update_fields=["body", "revision"])
    MinutesRevision.objects.create(text=locked, number=locked.revision, body=clean, saved_by=by)
    return locked


@transaction.atomic
def save_minutes_draft(
    *, text: MinutesText, author: User, body: str, base_revision: int, seat: Seat
) -> MinutesDraft | None:
    """Keep ``body`` as the draft of ``author``; None when it is the text as it is saved, which needs no draft.

    A draft that another window wrote since is not overwritten: StaleRevisionError. One whose minutes were approved
    stays as it is: ApprovedMinutesError.
    """
    _check_open(lock(text.minutes))
    return keep_draft(
        MinutesDraft.objects.filter(text=text, author=author),
        MinutesDraft(text=text, author=author),
        body=clean_body(body),
        saved=text.body,
        base_revision=base_revision,
        seat=seat,
    )


def discard_minutes_draft(*, text: MinutesText, author: User) -> bool:
    """Forget the draft of ``author``; tell whether there was one."""
    count, _rows = MinutesDraft.objects.filter(text=text, author=author).delete()
    return bool(count)


def _check_open(minutes: Minutes) -> None:
    if minutes.is_approved:
        raise ApprovedMinutesError(
            _(
                "Le compte rendu vient d’être approuvé\u00a0: il ne se modifie plus. Copiez d’abord ce que vous voulez "
                "garder d’ici."
            )
        )


def clean_body(body: str) -> str:
    """Return ``body`` as a text of the minutes may keep it. Raises DomainError when it is too long to be one."""
    if len(body) > MAX_RAW_CHARACTERS:
        raise _too_long(body)
    clean = sanitise_simply(body)
    if len(clean) > MAX_BODY_CHARACTERS:
        raise _too_long(clean)
    return clean


def _too_long(text: str) -> DomainError:
    return DomainError(
        _(
            "Ce texte est trop long pour un point\u00a0: %(count)s signes, mise en forme comprise, pour %(max)s "
            "au plus. Rien n’est perdu\u00a0: raccourcissez-le."
        )
        % {"count": number(len(text)), "max": number(MAX_BODY_CHARACTERS)}
    )
