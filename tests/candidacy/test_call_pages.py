import uuid

import pytest
from django.urls import reverse

from candidacy.call_templates import load_template
from candidacy.models import Candidacy, Criterion, Membership, Phase, Piece, Territory
from candidacy.services.founding import create_candidacy
from tests.factories import (
    make_candidacy,
    make_criterion,
    make_indicator,
    make_member,
    make_objective,
    make_organisation,
    make_phase,
    make_piece,
    make_section,
    make_territory,
    make_user,
)

Role = Membership.Role
KINDS = {
    "criterion": (Criterion, make_criterion, {"code": "9", "title": "Neuvième"}),
    "phase": (Phase, make_phase, {"name": "Oral", "planned_on": "2029-05-02"}),
    "piece": (Piece, make_piece, {"name": "Lettre du maire", "status": "missing", "is_required": "on"}),
    "territory": (
        Territory,
        make_territory,
        {"name": "Avion", "insee_code": "62065", "role": "associated", "siren": "216 200 659"},
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def candidacy():
    return create_candidacy(
        founder=make_user(),
        template=load_template("cfc-2024"),
        title="Lens-Liévin",
        title_year=2030,
        bearer_name="Ville de Lens",
        bearer_kind=Candidacy.BearerKind.COMMUNE,
        bearer_siren="216204982",
    )


@pytest.fixture
def lead(client, candidacy):
    client.force_login(candidacy.memberships.get().user)


def address(name, candidacy, *ids):
    return reverse(f"candidacy:{name}", args=[candidacy.slug, *ids])


def shown(client, url):
    """Return the values of the form at ``url``, hidden ones included, as a browser would post them."""
    form = client.get(url).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_the_page_tells_what_is_official_from_what_is_ours(client, candidacy, lead):
    make_criterion(candidacy=candidacy, code="9", title="Le nôtre", is_official=False)

    page = client.get(address("call-detail", candidacy)).content.decode()

    assert page.count("intitulé officiel") == 8
    assert page.count("intitulé de travail") == 1
    assert "Invites de travail" in page
    assert "exigence à vérifier dans l’appel" in page
    assert "notre lecture, à confirmer" in page
    assert "fin juin 2022" in page


def test_the_page_says_whether_the_candidacy_may_be_filed(client, candidacy, lead):
    url = address("call-detail", candidacy)
    assert "à déterminer" in client.get(url).content.decode()

    make_territory(candidacy=candidacy, role=Territory.Role.BEARER, population_municipal=62_767)
    assert client.get(url).context["eligibility"].verdict == "eligible"

    Candidacy.objects.update(population=242_587, population_source="Insee", population_on="2024-01-01")
    page = client.get(url).content.decode()
    assert "non éligible" in page
    assert "242\u202f587" in page


def test_territories_run_as_a_french_index_and_are_added_up(client, candidacy, lead):
    for name, role, count in (
        ("Wingles", "associated", 8_742),
        ("Éleu-dit-Leauwette", "associated", 2_829),
        ("Lens", "bearer", 32_618),
        ("Avion", "associated", 17_672),
    ):
        make_territory(candidacy=candidacy, name=name, role=role, population_municipal=count)

    response = client.get(address("call-detail", candidacy))

    names = [territory.name for territory in response.context["territories"]]
    assert names == ["Lens", "Avion", "Éleu-dit-Leauwette", "Wingles"]
    assert [total[1] for total in response.context["totals"]] == [32_618, 61_861]


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_costs_the_same_for_any_number_of_rows(
    client, candidacy, lead, count, django_assert_num_queries
):
    for make in (make_territory, make_piece, make_phase, make_criterion, make_objective, make_indicator):
        for _ in range(count):
            make(candidacy=candidacy)
    url = address("call-detail", candidacy)

    # session, user, memberships, call, territories, criteria, objectives, indicators, phases, pieces
    with django_assert_num_queries(10):
        client.get(url)


def test_a_team_member_reads_the_call_and_follows_pieces_but_changes_no_rule(client, candidacy):
    team = make_member(candidacy=candidacy, role=Role.TEAM)
    client.force_login(team.user)
    piece = candidacy.pieces.first()

    page = client.get(address("call-detail", candidacy)).content.decode()
    response = client.post(
        address("piece-status", candidacy, piece.public_id), {"status": "ready", "name": "x"}
    )

    assert "Modifier" not in page
    assert response.status_code == 302
    piece.refresh_from_db()
    assert (piece.status, piece.name != "x") == (Piece.Status.READY, True)
    assert client.get(address("call-edit", candidacy)).status_code == 403


@pytest.mark.parametrize("role", [Role.PARTNER, Role.ELECTED, Role.OBSERVER])
def test_nobody_else_reads_the_call(client, candidacy, role):
    client.force_login(make_member(candidacy=candidacy, role=role).user)
    piece = candidacy.pieces.first()

    assert client.get(address("call-detail", candidacy)).status_code == 403
    url = address("piece-status", candidacy, piece.public_id)
    assert client.post(url, {"status": "ready"}).status_code == 403


def test_a_status_that_does_not_exist_is_said_so(client, candidacy, lead):
    piece = candidacy.pieces.first()

    response = client.post(
        address("piece-status", candidacy, piece.public_id), {"status": "lost"}, follow=True
    )

    assert "Cet état n’existe pas" in response.content.decode()
    piece.refresh_from_db()
    assert piece.status == Piece.Status.MISSING


def test_the_lead_writes_the_rules_of_the_call(client, candidacy, lead):
    url = address("call-edit", candidacy)
    posted = shown(client, url) | {
        "population_min": "20 000",
        "population_max": "",
        "is_population_kind_confirmed": "on",
        "prize_amount": "1 500 000,50 €",
        "page_limit": "60",
        "template_key": "blank",
    }

    assert client.post(url, posted).status_code == 302
    candidacy.call.refresh_from_db()
    call = candidacy.call
    assert (call.population_min, call.population_max) == (20_000, None)
    assert call.is_population_kind_confirmed
    assert str(call.prize_amount) == "1500000.50"
    assert call.page_limit == 60
    assert "60 au plus" in client.get(address("call-detail", candidacy)).text
    assert call.template_key == "cfc-2024"


def test_limits_the_wrong_way_round_are_refused(client, candidacy, lead):
    url = address("call-edit", candidacy)
    posted = shown(client, url) | {"population_min": "300000"}

    response = client.post(url, posted)

    assert response.status_code == 422
    assert "dépasse la population maximale" in response.content.decode()


@every_kind
def test_the_lead_adds_a_row_once_however_often_the_form_is_sent(client, candidacy, lead, kind):
    model, _make, values = KINDS[kind]
    url = address(f"{kind}-create", candidacy)
    count = model.objects.count()
    posted = shown(client, url) | values

    codes = [client.post(url, posted).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert model.objects.count() == count + 1
    row = model.objects.get(public_id=posted["public_id"])
    assert row.candidacy == candidacy


@every_kind
def test_the_lead_changes_a_row(client, candidacy, lead, kind):
    _model, make, values = KINDS[kind]
    row = make(candidacy=candidacy)
    url = address(f"{kind}-edit", candidacy, row.public_id)

    response = client.post(url, shown(client, url) | values | {"candidacy": make_candidacy().pk})

    assert response.status_code == 302
    row.refresh_from_db()
    name = "title" if kind == "criterion" else "name"
    assert getattr(row, name) == values[name]
    assert row.candidacy == candidacy


@every_kind
def test_two_people_on_one_row_do_not_overwrite_each_other(client, candidacy, lead, kind):
    _model, make, values = KINDS[kind]
    row = make(candidacy=candidacy)
    name = "title" if kind == "criterion" else "name"
    url = address(f"{kind}-edit", candidacy, row.public_id)
    first = shown(client, url)
    client.post(url, first | values)

    response = client.post(url, first | {name: "Autre chose"})

    assert response.status_code == 409
    row.refresh_from_db()
    assert getattr(row, name) == values[name]


@every_kind
def test_a_row_is_removed(client, candidacy, lead, kind):
    model, make, _values = KINDS[kind]
    row = make(candidacy=candidacy)

    response = client.post(address(f"{kind}-remove", candidacy, row.public_id))

    assert response.status_code == 302
    assert not model.objects.filter(pk=row.pk).exists()


def test_a_criterion_that_a_section_answers_stays(client, candidacy, lead):
    criterion = candidacy.criteria.first()
    make_section(candidacy=candidacy).criteria.add(criterion)

    response = client.post(address("criterion-remove", candidacy, criterion.public_id), follow=True)

    assert "1 section" in response.content.decode()
    assert Criterion.objects.filter(pk=criterion.pk).exists()


def test_a_territory_where_an_organisation_stands_stays(client, candidacy, lead):
    territory = make_territory(candidacy=candidacy, name="Avion")
    make_organisation(candidacy=candidacy, territory=territory)

    response = client.post(address("territory-remove", candidacy, territory.public_id), follow=True)

    assert "«\u00a0Avion\u00a0» sert encore\u00a0: 1 structure" in response.content.decode()
    assert Territory.objects.filter(pk=territory.pk).exists()


@every_kind
@pytest.mark.parametrize("deed", ["edit", "remove"])
def test_a_row_of_another_candidacy_does_not_exist_here(client, candidacy, lead, kind, deed):
    model, make, values = KINDS[kind]
    row = make()
    before = model.objects.values().get(pk=row.pk)

    for public_id in (row.public_id, uuid.uuid4()):
        url = address(f"{kind}-{deed}", candidacy, public_id)
        assert client.post(url, values).status_code == 404

    assert model.objects.values().get(pk=row.pk) == before


@every_kind
@pytest.mark.parametrize("role", [Role.TEAM, Role.PARTNER])
def test_only_the_lead_writes_the_call(client, candidacy, kind, role):
    model, make, values = KINDS[kind]
    row = make(candidacy=candidacy)
    count = model.objects.count()
    client.force_login(make_member(candidacy=candidacy, role=role).user)

    assert client.post(address(f"{kind}-create", candidacy), values).status_code == 403
    assert client.post(address(f"{kind}-edit", candidacy, row.public_id), values).status_code == 403
    assert client.post(address(f"{kind}-remove", candidacy, row.public_id)).status_code == 403
    assert model.objects.count() == count


def test_a_piece_belongs_to_a_phase_of_its_own_call(client, candidacy, lead):
    url = address("piece-create", candidacy)
    posted = shown(client, url) | KINDS["piece"][2]

    refused = client.post(url, posted | {"phase": str(make_phase().public_id)})
    accepted = client.post(url, posted | {"phase": str(candidacy.phases.first().public_id)})

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert Piece.objects.get(name="Lettre du maire").phase == candidacy.phases.first()


def test_prompts_are_typed_one_a_line(client, candidacy, lead):
    url = address("criterion-create", candidacy)
    posted = shown(client, url) | KINDS["criterion"][2] | {"prompts": " Quoi ?\r\n\r\n  Comment ?  "}

    client.post(url, posted)

    assert Criterion.objects.get(code="9").prompts == ["Quoi ?", "Comment ?"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"insee_code": "6206"}, "cinq caractères"),
        ({"siren": "216200658"}, "clé de contrôle"),
        ({"population_municipal": "17672"}, "source et sa date"),
        ({"population_municipal": "-1"}, "supérieure ou égale à 0"),
    ],
)
def test_a_territory_that_cannot_be_is_handed_back(client, candidacy, lead, fields, words):
    url = address("territory-create", candidacy)

    response = client.post(url, shown(client, url) | KINDS["territory"][2] | fields)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Territory.objects.exists()


def test_a_territory_comes_once(client, candidacy, lead):
    make_territory(candidacy=candidacy, insee_code="62065")
    url = address("territory-create", candidacy)

    response = client.post(url, shown(client, url) | KINDS["territory"][2])

    assert response.status_code == 422
    assert "déjà dans la liste" in response.content.decode()
