"""The minutes of meetings behind the loading day: written then, and approved by the silence; nothing pretends to have left."""

from datetime import time, timedelta
from typing import Any

from committees.minutes_content import frozen
from committees.models import Meeting, Minutes
from committees.services.minutes import begin_minutes, save_minutes_text
from core.localtime import first_instant_from
from dossier.demonstration.cast import Cast, check_values

#: Minutes leave the day after, at this hour.
SENT_AT = time(17, 0)


def load_minutes(cast: Cast, meeting: Meeting, record: dict[str, Any]) -> None:
    """Write the texts of ``record``, those of the items under their titles, and let the silence approve them."""
    minutes = begin_minutes(meeting=meeting)
    for text in minutes.texts.select_related("agenda_item", "minutes"):
        key = text.agenda_item.title if text.agenda_item else text.place
        if key in record:
            save_minutes_text(text=text, body=record[key], expected_revision=0, by=cast.lead)
    _remember_approval(cast, minutes)


def _remember_approval(cast: Cast, minutes: Minutes) -> None:
    committee = minutes.meeting.committee
    sent_on = minutes.meeting.local_day + timedelta(days=1)
    approved_on = sent_on + timedelta(days=committee.minutes_silence_days or 0)
    minutes.status = Minutes.Status.APPROVED
    minutes.sent_at = first_instant_from(sent_on, SENT_AT, cast.zone)
    minutes.sent_by = cast.lead
    minutes.silence_on = approved_on
    minutes.approval = Minutes.Approval.SILENCE
    minutes.approved_at = first_instant_from(approved_on, time(0, 1), cast.zone)
    minutes.content = frozen(minutes)
    check_values(minutes)
    minutes.save()
