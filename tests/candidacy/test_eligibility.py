import pytest

from candidacy.eligibility import Bid, Rules, Verdict, assess, eligibility_of
from candidacy.models import Candidacy, PopulationKind, Territory
from tests.factories import make_candidacy, make_territory

LENS = "216204982"
CFC = Rules(population_min=20_000, population_max=200_000, is_population_kind_confirmed=True)


def a_bid(municipal=62_767, **fields):
    fields.setdefault("bearer_name", "Ville de Lens")
    fields.setdefault("bearer_siren", LENS)
    fields.setdefault("populations", {"municipal": municipal})
    return Bid(**fields)


@pytest.mark.parametrize(
    ("place", "municipal", "verdict"),
    [
        ("Lens et Liévin", 62_767, Verdict.ELIGIBLE),
        ("CA de Lens-Liévin", 242_587, Verdict.NOT_ELIGIBLE),
        ("Loos-en-Gohelle", 6_896, Verdict.NOT_ELIGIBLE),
        ("Métropole de Lyon", 1_424_069, Verdict.NOT_ELIGIBLE),
        ("CA Hénin-Carvin", 126_840, Verdict.ELIGIBLE),
        ("CA Béthune-Bruay", 275_327, Verdict.NOT_ELIGIBLE),
        ("Pays de Montbéliard", 139_653, Verdict.ELIGIBLE),
        ("Villeurbanne", 156_928, Verdict.ELIGIBLE),
        ("au minimum", 20_000, Verdict.ELIGIBLE),
        ("sous le minimum", 19_999, Verdict.NOT_ELIGIBLE),
        ("au maximum", 200_000, Verdict.ELIGIBLE),
        ("au-dessus du maximum", 200_001, Verdict.NOT_ELIGIBLE),
    ],
)
def test_the_population_of_the_bearer_decides(place, municipal, verdict):
    assert assess(a_bid(municipal), CFC).verdict == verdict


@pytest.mark.parametrize(
    ("municipal", "words"),
    [(6_896, "sous le minimum"), (62_767, "dans les limites"), (242_587, "au-dessus du maximum")],
)
def test_the_reason_says_which_number_is_compared_with_which_limits(municipal, words):
    population = assess(a_bid(municipal), CFC).reasons[0].text

    assert population.startswith("Population municipale")
    assert words in population
    assert "de 20\u202f000 à 200\u202f000" in population


def test_without_a_population_nobody_can_tell():
    answer = assess(a_bid(populations={}), CFC)

    assert answer.verdict == Verdict.UNDETERMINED
    assert answer.reasons[0].is_met is None


def test_a_call_without_a_population_rule_is_never_met_by_silence():
    assert assess(a_bid(), Rules()).verdict == Verdict.UNDETERMINED


def test_the_total_population_does_not_answer_a_call_that_counts_the_municipal_one():
    answer = assess(a_bid(populations={"total": 63_317}), CFC)

    assert answer.verdict == Verdict.UNDETERMINED
    assert "en indique une autre" in answer.reasons[0].text


def test_where_the_call_is_silent_on_the_kind_both_populations_must_agree():
    rules = Rules(population_min=20_000, population_max=200_000)

    agreeing = assess(a_bid(populations={"municipal": 62_767, "total": 63_317}), rules)
    opposed = assess(a_bid(populations={"municipal": 199_000, "total": 201_000}), rules)
    alone = assess(a_bid(populations={"municipal": 62_767}), rules)

    assert agreeing.verdict == Verdict.ELIGIBLE
    assert "l’autre donne le même résultat" in agreeing.reasons[0].text
    assert opposed.verdict == Verdict.UNDETERMINED
    assert alone.verdict == Verdict.ELIGIBLE
    assert "c’est notre lecture" in alone.reasons[0].text


def test_one_limit_alone_is_a_rule_too():
    assert assess(a_bid(), Rules(population_min=20_000, is_population_kind_confirmed=True)).verdict == (
        Verdict.ELIGIBLE
    )
    assert assess(a_bid(), Rules(population_max=50_000, is_population_kind_confirmed=True)).verdict == (
        Verdict.NOT_ELIGIBLE
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"bearer_name": " "}, "Aucune personne morale"),
        ({"is_local_authority": False}, "vérifiez que l’appel l’admet"),
        ({"bearer_siren": ""}, "n’est pas indiqué"),
        ({"bearer_siren": "216204983"}, "est faux"),
    ],
)
def test_a_bearer_that_is_not_fully_named_leaves_the_answer_open(fields, words):
    answer = assess(a_bid(**fields), CFC)

    assert answer.verdict == Verdict.UNDETERMINED
    assert any(words in reason.text for reason in answer.reasons if reason.is_met is None)


def test_a_rule_that_is_broken_wins_over_one_that_is_unknown():
    assert assess(a_bid(242_587, bearer_siren=""), CFC).verdict == Verdict.NOT_ELIGIBLE


def test_the_candidate_territories_are_added_up_and_the_associated_ones_are_not():
    candidacy = make_candidacy(bearer_siren=LENS, bearer_kind=Candidacy.BearerKind.COMMUNE)
    call = candidacy.call
    call.population_min, call.population_max = 20_000, 200_000
    territories = [
        make_territory(
            candidacy=candidacy,
            role=Territory.Role.BEARER,
            population_municipal=32_618,
            population_total=32_820,
        ),
        make_territory(
            candidacy=candidacy,
            role=Territory.Role.BEARER,
            population_municipal=30_149,
            population_total=30_497,
        ),
        make_territory(candidacy=candidacy, population_municipal=179_820, population_total=181_208),
    ]

    answer = eligibility_of(candidacy, call, territories)

    assert answer.verdict == Verdict.ELIGIBLE
    assert "62\u202f767 habitants" in answer.reasons[0].text
    assert "2 territoires candidats" in answer.reasons[1].text


def test_the_population_that_the_candidacy_declares_wins_over_the_sum_of_its_territories():
    candidacy = make_candidacy(
        bearer_siren=LENS,
        population=6_896,
        population_kind=PopulationKind.MUNICIPAL,
        population_source="Insee",
        population_on="2024-01-01",
    )
    call = candidacy.call
    call.population_min, call.is_population_kind_confirmed = 20_000, True
    territories = [
        make_territory(candidacy=candidacy, role=Territory.Role.BEARER, population_municipal=62_767)
    ]

    assert eligibility_of(candidacy, call, territories).verdict == Verdict.NOT_ELIGIBLE


def test_a_territory_of_unknown_population_leaves_the_sum_unknown():
    candidacy = make_candidacy(bearer_siren=LENS)
    call = candidacy.call
    call.population_min = 20_000
    territories = [
        make_territory(candidacy=candidacy, role=Territory.Role.BEARER, population_municipal=32_618),
        make_territory(
            candidacy=candidacy, role=Territory.Role.BEARER, population_municipal=None, population_total=None
        ),
    ]

    assert eligibility_of(candidacy, call, territories).verdict == Verdict.UNDETERMINED
