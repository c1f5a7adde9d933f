"""Objectives and indicators, on the page of the call."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from candidacy.models import Indicator, Objective
from candidacy.services.call import save_call_row
from core.errors import DomainError
from tests.factories import make_candidacy, make_criterion, make_indicator, make_member, make_objective


@pytest.fixture
def lead(client):
    member = make_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def criterion(lead):
    return make_criterion(candidacy=lead.candidacy, title="Innovation")


def address(name, candidacy, *ids):
    return reverse(f"candidacy:{name}", args=[candidacy.slug, *ids])


def shown(client, url):
    form = client.get(url).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: str(value) for name, value in values.items() if value is not None}


def test_the_lead_gives_a_criterion_its_objective_and_its_indicator(client, criterion):
    candidacy = criterion.candidacy
    query = f"?critere={criterion.public_id}"
    for name, typed in (
        ("objective-create", {"statement": "Créer ici"}),
        ("indicator-create", {"name": "Commandes", "method": "Conventions, trimestre", "target": "48"}),
    ):
        url = address(name, candidacy) + query
        assert client.post(url, shown(client, url) | typed).status_code == 302

    page = client.get(address("call-detail", candidacy)).text

    assert Objective.objects.get().criterion == criterion
    assert Indicator.objects.get().criterion == criterion
    for told in ("Créer ici", "Commandes", "Conventions, trimestre", "48"):
        assert told in page


def test_a_criterion_without_either_stands_out_on_the_call(client, criterion):
    url = address("call-detail", criterion.candidacy)
    page = client.get(url).text
    assert "sans objectif" in page
    assert "sans indicateur" in page

    make_objective(criterion=criterion)
    make_indicator(criterion=criterion)
    page = client.get(url).text
    assert "sans objectif" not in page
    assert "sans indicateur" not in page


def test_an_indicator_without_its_method_is_refused_and_keeps_what_was_typed(client, criterion):
    url = address("indicator-create", criterion.candidacy)
    typed = {"criterion": criterion.public_id, "name": "Visites comptées", "method": "  "}

    response = client.post(url, shown(client, url) | typed)

    assert response.status_code == 422
    assert "Visites comptées" in response.text
    assert not Indicator.objects.exists()


def test_the_database_refuses_an_indicator_without_its_method():
    with pytest.raises(IntegrityError, match="indicator_has_method"), transaction.atomic():
        make_indicator(method="")


@pytest.mark.parametrize("name", ["objective-create", "indicator-create"])
def test_the_criterion_of_another_candidacy_is_no_choice(client, lead, name):
    url = address(name, lead.candidacy)
    typed = {"criterion": make_criterion().public_id, "statement": "x", "name": "x", "method": "x"}

    assert client.post(url, shown(client, url) | typed).status_code == 422


def test_the_service_refuses_the_criterion_of_another_candidacy():
    fields = {"criterion": make_criterion(), "statement": "Créer ici"}

    with pytest.raises(DomainError, match="pas de cet appel"):
        save_call_row(model=Objective, candidacy=make_candidacy(), fields=fields)


@pytest.mark.parametrize(("kind", "make"), [("objective", make_objective), ("indicator", make_indicator)])
def test_an_aim_is_changed_and_removed(client, criterion, kind, make):
    row, field = make(criterion=criterion), {"objective": "statement", "indicator": "name"}[kind]
    url = address(f"{kind}-edit", criterion.candidacy, row.public_id)

    client.post(url, shown(client, url) | {"criterion": criterion.public_id, field: "Changé"})
    row.refresh_from_db()
    assert str(row) == "Changé"

    client.post(address(f"{kind}-remove", criterion.candidacy, row.public_id))
    assert not type(row).objects.exists()
