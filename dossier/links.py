"""The web addresses that texts name: which ones, in which sections, and what was last found of them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from html import unescape

from django.utils.translation import gettext as _

from candidacy.models import Candidacy
from core.templatetags.formats import short_date
from core.weblinks import without_fragment
from dossier.content import SectionText
from dossier.models import LinkCheck
from dossier.models.links import MAX_ADDRESS

_LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
_WEB = ("http://", "https://")


class Standing(StrEnum):
    ALIVE = "alive"
    #: Somebody must change the text, or say why not.
    DEAD = "dead"
    #: Nothing certain is known today: to be asked, or asked again.
    OPEN = "open"


@dataclass(frozen=True)
class CitedLink:
    """One address with the sections that name it."""

    address: str
    texts: tuple[SectionText, ...]
    standing: Standing
    #: What is to be known of it, with the day on which it was found.
    told: str


@dataclass(frozen=True)
class CheckProgress:
    """How far the checking under way is."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total


def addresses_in(body: str) -> list[str]:
    """Return the web addresses that a text links to, as they are asked of their servers, once each."""
    written = (unescape(address).strip() for address in _LINK.findall(body))
    return list(
        dict.fromkeys(without_fragment(address) for address in written if address.lower().startswith(_WEB))
    )


def texts_by_address(texts: Iterable[SectionText]) -> dict[str, list[SectionText]]:
    found: dict[str, list[SectionText]] = {}
    for text in texts:
        for address in addresses_in(text.body):
            found.setdefault(address, []).append(text)
    return found


def cited_links(
    texts: Iterable[SectionText], checks: Mapping[str, LinkCheck], now: datetime
) -> list[CitedLink]:
    """Return every address of ``texts`` with what ``checks`` say of it."""
    return [
        CitedLink(address, tuple(where), *_found(address, checks.get(address), now))
        for address, where in texts_by_address(texts).items()
    ]


def progress_of(candidacy: Candidacy) -> CheckProgress | None:
    """Return how many of the links that were asked for have been tried, or None when nothing is under way."""
    since = candidacy.link_checks.waiting().order_by("asked_at").values_list("asked_at", flat=True).first()
    if since is None:
        return None
    states = list(candidacy.link_checks.filter(asked_at__gte=since).values_list("status", flat=True))
    return CheckProgress(sum(state != LinkCheck.Status.WAITING for state in states), len(states))


def _found(address: str, check: LinkCheck | None, now: datetime) -> tuple[Standing, str]:
    if len(address) > MAX_ADDRESS:
        return Standing.DEAD, _("adresse trop longue pour être vérifiée")
    if check is None:
        return Standing.OPEN, _("pas encore vérifié")
    if check.status == LinkCheck.Status.WAITING:
        return Standing.OPEN, str(check.get_status_display())
    if check.checked_at is None or not check.is_fresh(now):
        return Standing.OPEN, _("à vérifier de nouveau")
    day = _("vérifié le %(day)s") % {"day": short_date(check.checked_at)}
    if check.status == LinkCheck.Status.ALIVE:
        return Standing.ALIVE, day
    told = f"{check.reason}, {day}"
    if check.status == LinkCheck.Status.DEAD:
        return Standing.DEAD, told
    return Standing.OPEN, _("injoignable pour l’instant : %(reason)s") % {"reason": told}
