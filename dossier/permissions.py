from collections.abc import Collection

from django.db.models import Q

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import is_lead, is_staff, role_in
from dossier.models import (
    Comment,
    CommentThread,
    DossierExport,
    Edition,
    Picture,
    Reviewer,
    Section,
    WordImport,
)
from dossier.workflow import MOVES, RECOMMENDERS, Hat
from partners.models import organisations_of

Role = Membership.Role

_STAFF_HATS = {Role.LEAD: Hat.LEAD, Role.TEAM: Hat.TEAM}


def can_read_outline(user: User, candidacy: Candidacy) -> bool:
    """Lead and team read the outline, a partner the rows of it that are asked of them."""
    return is_staff(user, candidacy) or role_in(user, candidacy) == Role.PARTNER


def can_edit_outline(user: User, candidacy: Candidacy) -> bool:
    """Whether ``user`` orders sections: adds, moves, merges and retires them, writes their contracts."""
    return is_staff(user, candidacy)


def can_remove_section(user: User, section: Section) -> bool:
    """Whether ``user`` removes ``section`` for good, nothing being written in it; retiring it keeps it for a return."""
    return is_lead(user, section.candidacy)


def can_read_matrix(user: User, candidacy: Candidacy) -> bool:
    """Whether ``user`` reads the criteria against the whole outline; a partner reads them section by section."""
    return is_staff(user, candidacy)


def can_edit_proofs(user: User, candidacy: Candidacy) -> bool:
    """Whether ``user`` says what proves a criterion, and whether it is there."""
    return is_staff(user, candidacy)


def can_remove_proofs(user: User, candidacy: Candidacy) -> bool:
    return is_lead(user, candidacy)


def hats_of(user: User, section: Section, reviewers: Collection[Reviewer] | None = None) -> frozenset[Hat]:
    """Say in what qualities ``user`` may act on ``section``.

    ``reviewers`` are those of the section, with their contacts and memberships, when the caller has read them already.
    """
    role = role_in(user, section.candidacy)
    hats = {_STAFF_HATS[role]} if role in _STAFF_HATS else set()
    if role == Role.PARTNER and organisations_of(user).filter(organisation=section.organisation_id).exists():
        hats.add(Hat.WRITER)
    if role is not None and _is_reviewer(user, section, reviewers):
        hats.add(Hat.REVIEWER)
    return frozenset(hats)


def _is_reviewer(user: User, section: Section, reviewers: Collection[Reviewer] | None) -> bool:
    if reviewers is not None:
        return any(reviewer.is_person(user) for reviewer in reviewers)
    return section.reviewers.filter(Q(contact__user=user) | Q(membership__user=user)).exists()


def can_write_section(user: User, section: Section) -> bool:
    """Whether ``user`` writes in ``section`` as long as it is open; validating it closes it for everybody."""
    if is_staff(user, section.candidacy):
        return True
    is_partner = role_in(user, section.candidacy) == Role.PARTNER
    return is_partner and organisations_of(user).filter(organisation=section.organisation_id).exists()


def can_take_up_import(user: User, word_import: WordImport) -> bool:
    """Whether ``user`` may write what was read into its section, or into the outline."""
    if word_import.section is not None:
        return can_write_section(user, word_import.section)
    return can_edit_outline(user, word_import.candidacy)


def can_move_section(user: User, section: Section, target: str) -> bool:
    """Whether ``user`` may ever bring a section to ``target``; the service says whether it can go there now."""
    hats = hats_of(user, section)
    return any(move.target == target and move.takers & hats for move in MOVES)


def can_recommend_section(user: User, section: Section) -> bool:
    return bool(RECOMMENDERS & hats_of(user, section))


def can_tick_expected_proof(user: User, section: Section) -> bool:
    """Whoever writes says what has been provided; the service refuses once the section is frozen."""
    return can_write_section(user, section)


def can_read_pictures(user: User, candidacy: Candidacy) -> bool:
    """Whether ``user`` has a list of pictures; which ones, the queryset says."""
    return can_read_outline(user, candidacy)


def can_upload_pictures(user: User, candidacy: Candidacy) -> bool:
    """Lead and team upload for the whole dossier, a partner for the sections asked of their organisation."""
    if is_staff(user, candidacy):
        return True
    return can_read_outline(user, candidacy) and candidacy.sections.written_by(user).exists()


def can_edit_picture(user: User, picture: Picture) -> bool:
    """Whether ``user`` describes ``picture``: a partner, those uploaded for a section of theirs."""
    return is_staff(user, picture.candidacy) or _is_own_upload(user, picture)


def can_remove_picture(user: User, picture: Picture) -> bool:
    """Lead, and a partner those uploaded for a section of theirs: their space is their own."""
    is_guest = not is_staff(user, picture.candidacy)
    return is_lead(user, picture.candidacy) or (is_guest and _is_own_upload(user, picture))


def _is_own_upload(user: User, picture: Picture) -> bool:
    return picture.uploaded_for is not None and can_write_section(user, picture.uploaded_for)


def can_read_live_figures(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_edit_live_figures(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_remove_live_figures(user: User, candidacy: Candidacy) -> bool:
    return is_lead(user, candidacy)


def can_read_exports(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_request_export(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_comment_section(user: User, section: Section) -> bool:
    """Whether ``user`` opens threads about ``section``, whose text may be closed: who writes it, who reviews it."""
    return can_write_section(user, section) or Hat.REVIEWER in hats_of(user, section)


def can_answer_thread(user: User, thread: CommentThread) -> bool:
    """Whether ``user``, who reads ``thread``, writes in it, resolves it and reopens it."""
    return can_comment_section(user, thread.section)


def can_widen_thread(user: User, thread: CommentThread) -> bool:
    return is_staff(user, thread.section.candidacy)


def can_change_comment(user: User, comment: Comment) -> bool:
    """Whether ``comment`` is one's own; the service says whether it may change still."""
    return comment.author_id == user.pk and can_answer_thread(user, comment.thread)


def can_cancel_export(user: User, export: DossierExport) -> bool:
    return is_staff(user, export.candidacy)


def can_read_editions(user: User, candidacy: Candidacy) -> bool:
    """Whether ``user`` has anything to read among the editions; which ones, the queryset says."""
    return role_in(user, candidacy) in {Role.LEAD, Role.TEAM, Role.ELECTED, Role.OBSERVER}


def can_freeze_edition(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_compare_editions(user: User, candidacy: Candidacy) -> bool:
    return is_staff(user, candidacy)


def can_prepare_edition(user: User, edition: Edition) -> bool:
    """Print another version of it, submit it to a meeting, see what its deposit still lacks."""
    return is_staff(user, edition.candidacy)


def can_deposit_edition(user: User, edition: Edition) -> bool:
    return is_lead(user, edition.candidacy)


def can_publish_edition(user: User, edition: Edition) -> bool:
    return is_lead(user, edition.candidacy)


def can_share_edition(user: User, edition: Edition) -> bool:
    """Give people without an account a link to it, and read what came of the links."""
    return is_lead(user, edition.candidacy)


def can_preview_data(user: User, candidacy: Candidacy) -> bool:
    """Whether a preview shows ``user`` the chapter of live data after a text."""
    return is_staff(user, candidacy)
