"""One founding under way: its steps in their order, what each has settled, and the candidacy they make together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.call_copies import templates_for
from candidacy.call_templates import CallTemplate
from candidacy.eligibility import Eligibility, eligibility_of
from candidacy.models import Call, Candidacy, Territory
from candidacy.services.founding import CandidacyFields, free_slug
from committees.models import Committee
from committees.services.committees import CommitteeFields
from dossier.founding import (
    CommitteeEntry,
    PhaseDates,
    Surroundings,
    TerritoryFields,
    edition_name,
    found_candidacy,
)
from dossier.founding_draft import Draft
from dossier.founding_forms import (
    BearerStepForm,
    CallStepForm,
    CommitteesStepForm,
    DatesStepForm,
    Known,
    TerritoriesStepForm,
    Typed,
)


@dataclass(frozen=True)
class Step:
    key: str
    title: str | Promise
    lead: str | Promise
    form: type[Any]
    #: What the button says that saves a list and stays on its page; nothing where there is no list.
    more: str | Promise = ""


STEPS = (
    Step(
        "appel",
        _("L’appel"),
        _("Le modèle apporte les critères, les étapes, les pièces et le plan du dossier."),
        CallStepForm,
    ),
    Step(
        "porteur",
        _("Le porteur"),
        _("Ce qui est écrit ici figurera sur la couverture du dossier et servira au contrôle d’éligibilité."),
        BearerStepForm,
    ),
    Step(
        "territoires",
        _("Les territoires"),
        _(
            "Les communes au nom desquelles on dépose, et celles qui s’y associent. La liste peut rester vide et se "
            "compléter plus tard."
        ),
        TerritoriesStepForm,
        _("Mettre la liste à jour"),
    ),
    Step(
        "dates",
        _("Les dates"),
        _("Seule l’année du titre est nécessaire pour commencer."),
        DatesStepForm,
    ),
    Step(
        "comites",
        _("Les comités"),
        _(
            "Leur rythme est une promesse : le tableau de bord prévient quand elle n’est pas tenue. Les rappels partent "
            "7 jours et 1 jour avant chaque réunion, à 8 h 00, ce qui se change ensuite."
        ),
        CommitteesStepForm,
        _("Ajouter un autre comité"),
    ),
)
REVIEW = "verification"
BY_KEY = {step.key: step for step in STEPS}


@dataclass(frozen=True)
class Mark:
    """One step as the list at the top of the page shows it."""

    key: str
    title: str | Promise
    number: int
    is_current: bool
    is_reachable: bool


class Founding:
    def __init__(self, draft: Draft, *, founder: User, today: date) -> None:
        self.draft = draft
        self.founder = founder
        self.today = today

    def form(self, key: str, typed: Typed | None = None) -> Any:
        """Return the form of a step: bound to ``typed``, or to what was last typed there, or as it comes."""
        return BY_KEY[key].form(
            typed if typed is not None else self.draft.typed(key), known=self.known_to(key)
        )

    def known_to(self, key: str) -> Known:
        """Return what the steps before ``key`` have settled."""
        return Known(
            today=self.today,
            offered=self.offered,
            template=self.template if key != "appel" else None,
            bearer=self.settled("porteur") if key == "territoires" else {},
            communes=self.draft.communes if key == "territoires" else [],
        )

    @cached_property
    def offered(self) -> dict[str, CallTemplate]:
        return templates_for(self.founder)

    @cached_property
    def template(self) -> CallTemplate | None:
        """The call that was chosen, as long as it is there: a copy may have gone since."""
        return self.offered.get(self.settled("appel").get("template", ""))

    def settled(self, key: str) -> dict[str, Any]:
        """Return what a step says, or nothing as long as it is not in order."""
        if self.draft.typed(key) is None:
            return {}
        form = self.form(key)
        return dict(form.cleaned_data) if form.is_valid() else {}

    @cached_property
    def first_unsettled(self) -> str:
        """The step to go to next: one that nobody has been to, or that is not in order; or the review."""
        for step in STEPS:
            if self.draft.typed(step.key) is None or not self.form(step.key).is_valid():
                return step.key
        return REVIEW

    def is_reachable(self, key: str) -> bool:
        """Whether the steps before ``key`` are in order; one already been to stays open in any case."""
        keys = [*BY_KEY, REVIEW]
        known = self.draft.typed(key) is not None
        return known or keys.index(key) <= keys.index(self.first_unsettled)

    def marks(self, current: str) -> list[Mark]:
        titles = {**{step.key: step.title for step in STEPS}, REVIEW: _("Vérification")}
        return [
            Mark(key, title, number, key == current, self.is_reachable(key))
            for number, (key, title) in enumerate(titles.items(), start=1)
        ]

    @property
    def title(self) -> str:
        typed = self.draft.typed("porteur")
        return str((typed and typed.get("title")) or _t("Candidature sans intitulé"))

    # --- once every step is in order -----------------------------------------------------------------

    def found(self) -> Candidacy:
        """Found the candidacy. Its identifier is the draft's: one draft founds one candidacy, however often it is sent."""
        summary = self.summary()
        return found_candidacy(
            founder=self.founder,
            template=summary.template,
            public_id=self.draft.key,
            surroundings=Surroundings(
                plan_years=summary.plan_years,
                territories=summary.territories,
                phases=summary.phase_dates,
                committees=[CommitteeEntry(fields=fields) for fields in summary.committees],
            ),
            **summary.identity,
        )

    def summary(self) -> "Summary":
        template = self.offered[self.settled("appel")["template"]]
        bearer = self.settled("porteur")
        where = self.settled("territoires")
        dates = self.form("dates")
        dates.full_clean()
        committees = self.form("comites")
        committees.is_valid()
        identity = cast(CandidacyFields, {**bearer, **_pick(dates.cleaned_data, "title_year", "deposit_on")})
        identity["slug"] = identity["slug"] or free_slug(identity["title"])
        return Summary(
            template=template,
            identity=identity,
            plan_years=(dates.cleaned_data["first_year"], dates.cleaned_data["last_year"]),
            phase_dates=dates.phase_dates,
            territories=[_territory(row, where) for row in self.draft.communes],
            committees=committees.committees,
            today=self.today,
        )


def _pick(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _territory(row: dict[str, Any], where: dict[str, Any]) -> TerritoryFields:
    is_counted = row["population_municipal"] is not None or row["population_total"] is not None
    return TerritoryFields(
        name=row["name"],
        insee_code=row["insee_code"],
        siren=row["siren"],
        role=Territory.Role.BEARER if row["is_bearing"] else Territory.Role.ASSOCIATED,
        population_municipal=row["population_municipal"],
        population_total=row["population_total"],
        population_source=where["population_source"] if is_counted else "",
        population_on=where["population_on"] if is_counted else None,
    )


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What is about to be founded, for the last page to show and the service to write."""

    template: CallTemplate
    identity: CandidacyFields
    plan_years: tuple[int, int]
    phase_dates: dict[str, PhaseDates]
    territories: list[TerritoryFields]
    committees: list[CommitteeFields]
    today: date

    @cached_property
    def candidacy(self) -> Candidacy:
        return Candidacy(**self.identity)

    @property
    def call_name(self) -> str:
        return edition_name(self.template, self.identity["title_year"])

    @property
    def eligibility(self) -> Eligibility:
        template = self.template
        call = Call(
            population_min=template.population_min,
            population_max=template.population_max,
            population_kind=template.population_kind,
            is_population_kind_confirmed=template.is_population_kind_confirmed,
        )
        territories = [Territory(**fields) for fields in self.territories]
        return eligibility_of(self.candidacy, call, territories)

    @property
    def candidate_territories(self) -> list[str]:
        return [row["name"] for row in self.territories if row["role"] == Territory.Role.BEARER]

    @property
    def associated_count(self) -> int:
        return len(self.territories) - len(self.candidate_territories)

    @property
    def phases(self) -> list[tuple[str, PhaseDates]]:
        """Return the phases that have a date, in their order."""
        dated = [(phase.name, self.phase_dates[phase.key]) for phase in self.template.phases]
        return [(name, dates) for name, dates in dated if dates != PhaseDates()]

    @property
    def rhythms(self) -> list[tuple[str, str]]:
        """Return each committee and its promise: « 1 à 2 par mois »."""
        return [(f"{row['name']} ({row['acronym']})", _promise(row)) for row in self.committees]

    @property
    def warnings(self) -> list[str]:
        """Return what looks wrong and may yet be meant: none of it stops the founding."""
        found = []
        deposit_on, year = self.identity["deposit_on"], self.identity["title_year"]
        if deposit_on and deposit_on < self.today:
            found.append(_t("La date de dépôt est passée."))
        if deposit_on and deposit_on.year >= year:
            found.append(_t("Le dépôt n’a lieu que l’année du titre, ou après."))
        if not self.plan_years[0] <= year <= self.plan_years[1]:
            found.append(_t("Le plan de financement ne couvre pas l’année du titre."))
        if not self.candidate_territories:
            found.append(_t("Aucun territoire candidat n’est désigné : la population ne peut être recoupée."))
        return found


def _promise(row: CommitteeFields) -> str:
    low, high = row["rhythm_min"], row["rhythm_max"]
    period = Committee.Period(row["rhythm_period"]).label
    if low is None and high is None:
        return _t("sans rythme fixé")
    if low is None:
        return _t("%(high)d au plus %(period)s") % {"high": high, "period": period}
    if high is None:
        return _t("%(low)d au moins %(period)s") % {"low": low, "period": period}
    if low == high:
        return f"{low} {period}"
    return _t("%(low)d à %(high)d %(period)s") % {"low": low, "high": high, "period": period}
