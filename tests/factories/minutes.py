from datetime import timedelta

from django.utils import timezone

from committees.models import Meeting
from committees.services.minutes import begin_minutes
from tests.factories.committees import make_meeting


def make_held_meeting(**fields):
    """Make a meeting of yesterday that took place."""
    fields.setdefault("starts_at", timezone.now() - timedelta(days=1))
    return make_meeting(status=Meeting.Status.HELD, **fields)


def make_minutes(*, meeting=None):
    """Make minutes that nobody has written in yet."""
    return begin_minutes(meeting=meeting or make_held_meeting())


def make_minutes_text(*, minutes=None, place="opening", **fields):
    text = (minutes or make_minutes()).texts.get(place=place)
    for name, value in fields.items():
        setattr(text, name, value)
    text.save()
    return text
