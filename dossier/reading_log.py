"""The log of the reading links: what sort of device asked, and how long the lines are kept."""

import re

from django.utils import timezone

from dossier.models import ReadingLinkOpening

_PROGRAM = re.compile(
    r"bot|crawl|spider|scan|preview|fetch|monitor|curl|wget|python|java/|go-http|headless|safelinks|proofpoint|barracuda",
    re.IGNORECASE,
)
_TABLET = re.compile(r"ipad|tablet|android(?!.*mobile)", re.IGNORECASE)
_PHONE = re.compile(r"mobi|iphone", re.IGNORECASE)

Device = ReadingLinkOpening.Device


def device_of(user_agent: str) -> str:
    """Say what sort of device that is, as it says itself; nothing finer is kept."""
    if not user_agent or _PROGRAM.search(user_agent):
        return Device.PROGRAM
    if _TABLET.search(user_agent):
        return Device.TABLET
    return Device.PHONE if _PHONE.search(user_agent) else Device.COMPUTER


def forget_outlived_openings() -> int:
    """Delete the lines that are too old to keep; return how many."""
    return ReadingLinkOpening.objects.outlived(timezone.now()).delete()[0]
