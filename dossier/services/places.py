"""The order of the outline. One person at a time changes it, so whatever two people do at once it ends valid."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.errors import DomainError
from dossier.models import Section
from dossier.places import Place, Tree


@transaction.atomic
def move_section(*, section: Section, step: str) -> bool:
    """Take ``section`` one step (``dossier.places.Step``) from where it stands now; say whether it moved."""
    lock_outline(section.candidacy)
    tree = Tree.of(section.candidacy.sections.in_outline_order().values_list("pk", "parent_id"))
    place = tree.destination(section.pk, step) if _is_live(section) else None
    if place is not None:
        _put(section, place)
    return place is not None


@transaction.atomic
def place_section(*, section: Section, part: Section | None, before: Section | None = None) -> None:
    """Put ``section`` into ``part``, or among the parts, before ``before``; at the end if that has gone elsewhere."""
    lock_outline(section.candidacy)
    if not _is_live(section):
        raise DomainError(_("Cette section vient d’être retirée du plan."))
    if part is not None:
        check_part(section, part)
    _put(section, Place(part.pk if part else None, before.pk if before else None))


def lock_outline(candidacy: Candidacy) -> None:
    """Let one person at a time change the order of the outline."""
    Candidacy.objects.select_for_update(of=("self",), no_key=True).get(pk=candidacy.pk)


def check_part(section: Section, part: Section) -> None:
    """Refuse a third level, under the lock of the outline."""
    now = section.candidacy.sections.live().filter(pk=part.pk).only("parent_id").first()
    if now is None:
        raise DomainError(_("Cette partie n’est plus dans le plan."))
    if now.parent_id is not None or now.pk == section.pk:
        raise DomainError(_("Le plan a deux niveaux : choisissez une partie du premier."))
    if section.pk and section.children.live().exists():
        raise DomainError(_("Cette partie contient des sections : elle reste au premier niveau."))


def last_position(candidacy: Candidacy, part: Section | None) -> int:
    rows = candidacy.sections.live().filter(parent=part)
    last: int | None = rows.aggregate(last=Max("position"))["last"]
    return last or 0


def _is_live(section: Section) -> bool:
    return section.candidacy.sections.live().filter(pk=section.pk).exists()


def _put(section: Section, place: Place) -> None:
    siblings = list(
        section.candidacy.sections.live()
        .filter(parent=place.part)
        .exclude(pk=section.pk)
        .only("pk", "position")
        .order_by("position", "pk")
    )
    keys = [sibling.pk for sibling in siblings]
    index = keys.index(place.before) if place.before in keys else len(keys)
    moved = Section.objects.select_for_update(of=("self",)).get(pk=section.pk)
    siblings.insert(index, moved)
    if moved.parent_id != place.part:
        moved.parent_id = place.part
        moved.save(update_fields=["parent", "updated_at"])
    for position, sibling in enumerate(siblings, start=1):
        if sibling.position != position:
            Section.objects.filter(pk=sibling.pk).update(position=position)
