"""May this bid be filed? The rules of its call against what is known of the bearer, with the reasons.

Nothing is read from the database here: the rows come loaded, and the answer is « eligible » only where every rule
is known and met.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.fr import siren

from candidacy.models import Call, Candidacy, PopulationKind, Territory
from core.templatetags.formats import number


class Verdict(StrEnum):
    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    UNDETERMINED = "undetermined"

    @property
    def label(self) -> Promise:
        return _VERDICT_LABELS[self]


_VERDICT_LABELS = {
    Verdict.ELIGIBLE: gettext_lazy("éligible"),
    Verdict.NOT_ELIGIBLE: gettext_lazy("non éligible"),
    Verdict.UNDETERMINED: gettext_lazy("à déterminer"),
}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the call says of the population of whoever bids."""

    population_min: int | None = None
    population_max: int | None = None
    population_kind: str = "municipal"
    is_population_kind_confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class Bid:
    """Who bids: the one legal person that files, and the populations it is counted by."""

    bearer_name: str
    bearer_siren: str = ""
    is_local_authority: bool = True
    populations: Mapping[str, int]
    territories_count: int = 0


@dataclass(frozen=True)
class Reason:
    """One rule, whether it is met (None where nobody can tell yet), and why."""

    is_met: bool | None
    text: str

    @property
    def tone(self) -> str:
        return {True: "good", False: "bad", None: "warn"}[self.is_met]

    @property
    def label(self) -> str:
        return {True: _("respecté"), False: _("non respecté"), None: _("à vérifier")}[self.is_met]


@dataclass(frozen=True)
class Eligibility:
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def tone(self) -> str:
        return {"eligible": "good", "not_eligible": "bad", "undetermined": "warn"}[self.verdict]


def eligibility_of(candidacy: Candidacy, call: Call, territories: Sequence[Territory]) -> Eligibility:
    """Assess a candidacy from rows already read: its call and its territories."""
    rules = Rules(
        population_min=call.population_min,
        population_max=call.population_max,
        population_kind=call.population_kind,
        is_population_kind_confirmed=call.is_population_kind_confirmed,
    )
    candidates = [territory for territory in territories if territory.role == Territory.Role.BEARER]
    bid = Bid(
        bearer_name=candidacy.bearer_name,
        bearer_siren=candidacy.bearer_siren,
        is_local_authority=candidacy.bearer_kind != Candidacy.BearerKind.OTHER,
        populations=_populations(candidacy, candidates),
        territories_count=len(candidates),
    )
    return assess(bid, rules)


def _populations(candidacy: Candidacy, candidates: Sequence[Territory]) -> dict[str, int]:
    """Count the candidate territories both ways; the number the candidacy declares wins over their sum."""
    counted = {
        PopulationKind.MUNICIPAL: [territory.population_municipal for territory in candidates],
        PopulationKind.TOTAL: [territory.population_total for territory in candidates],
    }
    known = {
        str(kind): sum(filter(None, counts)) for kind, counts in counted.items() if counts and all(counts)
    }
    if candidacy.population is not None:
        known[candidacy.population_kind] = candidacy.population
    return known


def assess(bid: Bid, rules: Rules) -> Eligibility:
    """Say whether ``bid`` may be filed under ``rules``: one rule broken is enough, one unknown forbids a yes."""
    reasons = (_population(bid, rules), _bearer(bid), _identity(bid))
    if any(reason.is_met is False for reason in reasons):
        return Eligibility(Verdict.NOT_ELIGIBLE, reasons)
    if any(reason.is_met is None for reason in reasons):
        return Eligibility(Verdict.UNDETERMINED, reasons)
    return Eligibility(Verdict.ELIGIBLE, reasons)


def _population(bid: Bid, rules: Rules) -> Reason:
    if rules.population_min is None and rules.population_max is None:
        return Reason(
            None,
            _("Aucune règle de population n’est enregistrée : vérifiez le texte de l’appel."),
        )
    counted = bid.populations.get(rules.population_kind)
    if counted is None:
        return Reason(None, _missing_population(bid, rules))
    fits = _fits(counted, rules)
    words = {
        "kind": str(PopulationKind(rules.population_kind).label).capitalize(),
        "count": number(counted),
        "range": _range(rules),
        "verdict": _within(counted, rules),
    }
    text = _("%(kind)s : %(count)s habitants, %(verdict)s (l’appel demande %(range)s).") % words
    if rules.is_population_kind_confirmed:
        return Reason(fits, text)
    return _unconfirmed(bid, rules, fits=fits, text=text)


def _unconfirmed(bid: Bid, rules: Rules, *, fits: bool, text: str) -> Reason:
    """The call does not say which population counts: the answer holds only if the other one gives the same."""
    others = [count for kind, count in bid.populations.items() if kind != rules.population_kind]
    if any(_fits(count, rules) != fits for count in others):
        return Reason(
            None,
            _(
                "%(text)s L’appel ne dit pas quelle population compte, et l’autre donnerait le résultat inverse."
            )
            % {"text": text},
        )
    if others:
        note = _("L’appel ne dit pas quelle population compte ; l’autre donne le même résultat.")
    else:
        note = _("L’appel ne dit pas quelle population compte : c’est notre lecture.")
    return Reason(fits, f"{text} {note}")


def _missing_population(bid: Bid, rules: Rules) -> str:
    kind = PopulationKind(rules.population_kind).label
    if bid.populations:
        return _("L’appel compte la %(kind)s, et la candidature en indique une autre.") % {"kind": kind}
    return _("La population du territoire candidat n’est pas indiquée (%(kind)s).") % {"kind": kind}


def _fits(count: int, rules: Rules) -> bool:
    low, high = rules.population_min, rules.population_max
    return (low is None or count >= low) and (high is None or count <= high)


def _within(count: int, rules: Rules) -> str:
    if rules.population_min is not None and count < rules.population_min:
        return _("sous le minimum")
    if rules.population_max is not None and count > rules.population_max:
        return _("au-dessus du maximum")
    return _("dans les limites")


def _range(rules: Rules) -> str:
    if rules.population_max is None:
        return _("au moins %(low)s") % {"low": number(rules.population_min)}
    if rules.population_min is None:
        return _("au plus %(high)s") % {"high": number(rules.population_max)}
    return _("de %(low)s à %(high)s") % {
        "low": number(rules.population_min),
        "high": number(rules.population_max),
    }


def _bearer(bid: Bid) -> Reason:
    """One legal person files, however many communes stand behind it."""
    if not bid.bearer_name.strip():
        return Reason(None, _("Aucune personne morale n’est désignée pour déposer la candidature."))
    if not bid.is_local_authority:
        return Reason(
            None,
            _("%(name)s n’est ni une commune ni un groupement de communes : vérifiez que l’appel l’admet.")
            % {"name": bid.bearer_name},
        )
    text = _("Une seule personne morale dépose : %(name)s.") % {"name": bid.bearer_name}
    if bid.territories_count > 1:
        text += " " + _("Elle le fait pour %(count)s territoires candidats.") % {
            "count": bid.territories_count
        }
    return Reason(is_met=True, text=text)


def _identity(bid: Bid) -> Reason:
    if not bid.bearer_siren:
        return Reason(None, _("Le numéro SIREN du porteur n’est pas indiqué."))
    if not siren.is_valid(bid.bearer_siren):
        return Reason(None, _("Le numéro SIREN du porteur est faux : relisez ses chiffres."))
    return Reason(is_met=True, text=_("Le numéro SIREN du porteur est valide."))
