from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from committees.becoming import choices_for, futures, what_became_of
from committees.models import Action
from committees.services.locking import check_revision, lock
from core.errors import DomainError


@transaction.atomic
def make_of_action(*, action: Action, choice: str, by: User, expected_revision: int) -> Action:
    """Make of an open action what ``choice`` says, close it, and let it keep the way there.

    Sent twice, the same choice makes one thing: the second finds the action already closed by the first.
    """
    locked = lock(action)
    kind, _colon, value = choice.partition(":")
    if locked.became_kind == kind and expected_revision == locked.revision - 1:
        return locked
    check_revision(locked, expected_revision)
    if not locked.is_open or locked.became_kind:
        raise DomainError(
            _("Seule une action ouverte, qui n’est encore devenue rien d’autre, peut le devenir.")
        )
    offered = {known for _label, choices in choices_for(by, locked) for known, _name in choices}
    future = next((future for future in futures() if future.key == kind), None)
    if future is None or choice not in offered:
        raise DomainError(_("Cette action ne peut pas devenir cela."))
    locked.became_kind, locked.became_id = kind, future.make(by, locked, value)
    locked.status = Action.Status.DONE
    locked.closed_on = timezone.localdate(timezone=locked.candidacy.zone)
    became = what_became_of(locked)
    if became is not None and not locked.proof:
        locked.proof = (_("Devenue\u00a0: %(what)s") % {"what": became.label})[:300]
    locked.revision += 1
    locked.full_clean()
    locked.save()
    return locked
