"""The attendance sheet of a meeting: with room to sign before it, with who came, when and signed after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid5

from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidacy.printing import PAPERS, Letterhead, Printout, print_out
from committees.models import CommitteeMember, Meeting, protocol_rank
from committees.models.session import SIGNATURE_HEIGHT, SIGNATURE_WIDTH
from committees.services.meetings import sitting_members
from committees.session_page import RoomPerson, read_people
from core.templatetags.formats import clock


class SheetForm(TextChoices):
    BLANK = "a-signer", gettext_lazy("Feuille d’émargement")
    NOTED = "presences", gettext_lazy("Feuille de présence")


@dataclass(frozen=True)
class SheetRow:
    name: str
    organisation: str
    quality: str
    attendance: str = ""
    arrived_at: str = ""
    #: The path of a drawing.
    signature: str = ""


def print_attendance_sheet(meeting: Meeting, form: SheetForm) -> bytes:
    """Return the sheet as PDF; raises PdfError where there can be none."""
    candidacy = meeting.committee.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        context = {
            "form": form,
            "meeting": meeting,
            "is_blank": form == SheetForm.BLANK,
            "rows": read_rows(meeting, form),
            "spare": range(4),
            "width": SIGNATURE_WIDTH,
            "height": SIGNATURE_HEIGHT,
        }
        html = render_to_string("committees/pdf/attendance_sheet.html", context)
        title = _("%(form)s – %(meeting)s") % {"form": form.label, "meeting": meeting.title}
    return print_out(
        Printout(
            letterhead=Letterhead.of(candidacy),
            title=title,
            html=html,
            identifier=uuid5(meeting.public_id, form.value).urn,
            dated=meeting.starts_at,
            sheets=PAPERS,
        )
    )


def read_rows(meeting: Meeting, form: SheetForm) -> list[SheetRow]:
    """Read who is on the sheet: those who were called or, before anybody is, the members who sit that day."""
    people = read_people(meeting)
    if not people and form == SheetForm.BLANK:
        return _of_members(list(sitting_members(meeting).select_related("contact__organisation")))
    return [_row(person, is_blank=form == SheetForm.BLANK) for person in people]


def _row(person: RoomPerson, *, is_blank: bool) -> SheetRow:
    contact = person.invitation.contact
    told = SheetRow(contact.get_full_name(), contact.organisation.label, person.invitation.quality_label)
    if is_blank:
        return told
    return SheetRow(
        told.name,
        told.organisation,
        told.quality,
        attendance=str(person.invitation.get_attendance_display()),
        arrived_at=clock(person.arrived_at) if person.arrived_at else "",
        signature=person.signature,
    )


def _of_members(seats: Sequence[CommitteeMember]) -> list[SheetRow]:
    return [
        SheetRow(seat.contact.get_full_name(), seat.contact.organisation.label, seat.get_quality_display())
        for seat in sorted(seats, key=protocol_rank)
    ]
