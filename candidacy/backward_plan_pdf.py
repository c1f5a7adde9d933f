"""The backward plan on paper, for those who decide: the drawing, and the table that says the same in words."""

from datetime import date, datetime, time
from hashlib import sha256
from uuid import uuid5

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from candidacy.plan_reading import read_backward_plan
from candidacy.printing import Letterhead, Printout, print_out
from candidacy.timeline import draw


def print_backward_plan(candidacy: Candidacy, *, today: date) -> bytes:
    """Return the PDF of the plan as it stands on ``today``. Raises PdfError."""
    with translation.override(candidacy.language), timezone.override(candidacy.zone):
        lines = read_backward_plan(candidacy, today=today)
        deposit_on = candidacy.deposit_on
        context = {
            "candidacy": candidacy,
            "today": today,
            "lines": lines,
            "timeline": draw(lines, deposit_on=deposit_on, today=today) if deposit_on else None,
        }
        html = render_to_string("candidacy/pdf/backward_plan.html", context)
        title = _("Rétroplanning – %(candidacy)s") % {"candidacy": candidacy.title}
    return print_out(
        Printout(
            letterhead=Letterhead.of(candidacy),
            title=title,
            html=html,
            # Named by what it says: printed twice with the same content it is the same document.
            identifier=uuid5(candidacy.public_id, sha256(html.encode()).hexdigest()).urn,
            dated=datetime.combine(today, time(), candidacy.zone),
            sheets=("register.css", "backward-plan.css"),
        )
    )
