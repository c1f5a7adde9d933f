"""The convocation on paper: who is called to what, when and where, with the agenda as its reader may read it."""

from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID, uuid5

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.printing import PAPERS, Letterhead, Printout, print_out
from committees.meeting_page import lay_out
from committees.models import Meeting
from committees.organisers import organiser_of
from committees.preparation import FollowUp, follow_up_of
from committees.reserved import as_shown, papers_shown

#: What is printed of a meeting beside its own fields; whoever prints for many reads it along.
READ_ALONG = ("agenda_items__papers", "agenda_items__carried_from__meeting")


def print_convocation(meeting: Meeting, *, with_reserved: bool) -> bytes:
    """Return the PDF for those who read what is confidential, or for the others. Raises PdfError."""
    return _printed(compose(meeting, with_reserved=with_reserved))


def compose(meeting: Meeting, *, with_reserved: bool) -> Printout:
    candidacy = meeting.committee.candidacy
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        title = _("Convocation – %(title)s") % {"title": meeting.title}
        variant = "reserved" if with_reserved else "open"
        html = render_to_string(
            "committees/pdf/convocation.html", _context(meeting, with_reserved=with_reserved)
        )
        return Printout(
            letterhead=Letterhead.of(candidacy),
            title=title,
            html=html,
            identifier=_identifier(meeting.public_id, variant),
            dated=meeting.updated_at,
            sheets=PAPERS,
        )


def _identifier(public_id: UUID, variant: str) -> str:
    return uuid5(public_id, f"convocation-{variant}").urn


def _context(meeting: Meeting, *, with_reserved: bool) -> Mapping[str, object]:
    prefetch_related_objects([meeting], *READ_ALONG)
    items = meeting.agenda_items.all()
    shown = as_shown(items, with_reserved=with_reserved)
    agenda = lay_out(shown, meeting.duration_minutes, meeting.starts_at)
    return {
        "meeting": meeting,
        "committee": meeting.committee,
        "agenda": agenda,
        "lines": [
            (line, papers_shown(item, with_reserved=with_reserved))
            for line, item in zip(agenda.lines, shown, strict=True)
        ],
        "follow_up": follow_up_of(meeting) if with_reserved else FollowUp(),
        "organiser": organiser_of(meeting.committee.candidacy, meeting.convened_by),
    }


@lru_cache(maxsize=16)
def _printed(printout: Printout) -> bytes:
    """Print once for all the people of a meeting who read the same."""
    return print_out(printout)
