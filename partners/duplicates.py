"""Is it there already? Two sheets for one body are the commonest fault of an address book."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

from candidacy.models import Candidacy
from core.search import fold

#: Words that tell nothing apart.
_COMMON = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les"}
) | frozenset({"association", "commune", "mairie", "ville"})
#: Above this, two names differ by a letter or two.
_NEARLY_THE_SAME = 0.9


@dataclass(frozen=True)
class Twin:
    """A sheet that may be of the same body, and what makes one think so."""

    public_id: UUID
    name: str
    same_number: bool


def find_twins(candidacy: Candidacy, *, name: str, siren: str = "", siret: str = "") -> list[Twin]:
    """Return the sheets of ``candidacy`` that look like the one described, the surest first.

    One number may be shared on purpose, by a town and its theatre: this warns, it never forbids.
    """
    siren = siren or siret[:9]
    rows = candidacy.organisations.order_by("search_text").values_list(
        "public_id", "name", "short_name", "siren", "siret"
    )
    twins = [
        Twin(public_id, known, same_number=bool(siren) and siren in {known_siren, known_siret[:9]})
        for public_id, known, short_name, known_siren, known_siret in rows
        if (siren and siren in {known_siren, known_siret[:9]})
        or any(_alike(name, other) for other in (known, short_name) if other)
    ]
    return sorted(twins, key=lambda twin: not twin.same_number)


def _alike(one: str, other: str) -> bool:
    folded, known = fold(one), fold(other)
    words = set(folded.split()) - _COMMON
    if words and words == set(known.split()) - _COMMON:
        return True
    return SequenceMatcher(None, folded, known).ratio() >= _NEARLY_THE_SAME
