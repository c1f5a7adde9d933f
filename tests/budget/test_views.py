import re
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from budget.models import ExpenseLine, IncomeLine
from candidacy.models import Membership
from tests.factories import (
    make_contact,
    make_expense_line,
    make_income_line,
    make_member,
    make_organisation,
    make_plan,
    make_user,
)

Role = Membership.Role


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def sign_in(client, plan):
    def as_role(role, **fields):
        membership = make_member(candidacy=plan.candidacy, role=role, **fields)
        client.force_login(membership.user)
        return membership.user

    return as_role


def url(name, plan, **kwargs):
    return reverse(f"budget:{name}", kwargs={"slug": plan.candidacy.slug, **kwargs})


def expense_data(**changes):
    data = {
        "account": "604",
        "label": "Commandes",
        "nature": "operating",
        "note": "",
        "amount_2029": "1 234,50 €",
    }
    return data | changes


def test_the_plan_shows_both_columns_and_its_balance(client, plan, sign_in):
    make_expense_line(plan=plan, label="Commandes artistiques", amounts={2029: 1000})
    make_income_line(plan=plan, label="Aide régionale", amounts={2029: 400})
    sign_in(Role.TEAM)

    page = client.get(url("plan-detail", plan)).content.decode()

    assert "Commandes artistiques" in page
    assert "Aide régionale" in page
    assert "\u2212600\u00a0€" in page


def test_the_plan_year_by_year_says_in_which_year_it_does_not_balance(client, plan, sign_in):
    make_expense_line(plan=plan, amounts={2029: 100, 2030: 900})
    make_income_line(plan=plan, amounts={2029: 151, 2030: 700})
    sign_in(Role.TEAM)

    by_year = client.get(url("plan-detail", plan), {"vue": "annees"}).content.decode()
    facing = client.get(url("plan-detail", plan)).content.decode()

    row = by_year.partition('<th scope="row" colspan="2">Équilibre</th>')[2].partition("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row) == [
        "51\u00a0€",
        "\u2212200\u00a0€",
        "0\u00a0€",
        "\u2212149\u00a0€",
    ]
    assert '<th scope="row" colspan="2">Équilibre</th>' not in facing


def test_a_sum_is_read_as_french_people_type_it(client, plan, sign_in):
    sign_in(Role.TEAM)

    response = client.post(url("expense-create", plan), expense_data())

    assert response.status_code == 302
    assert ExpenseLine.objects.get().amounts.get(year=2029).amount == pytest.approx(1234.5)


def test_a_sum_that_cannot_be_read_is_refused_and_what_was_typed_stays(client, plan, sign_in):
    sign_in(Role.TEAM)

    response = client.post(url("expense-create", plan), expense_data(amount_2029="douze mille"))

    assert response.status_code == 422
    assert "douze mille" in response.content.decode()
    assert not ExpenseLine.objects.exists()


def test_posting_the_identifier_of_another_plan_answers_404(client, plan, sign_in):
    foreign = make_expense_line(label="Chez les voisins")
    sign_in(Role.LEAD)

    response = client.post(url("expense-edit", plan, public_id=foreign.public_id), expense_data())

    assert response.status_code == 404
    foreign.refresh_from_db()
    assert foreign.label == "Chez les voisins"


def test_a_funder_of_another_candidacy_is_not_a_choice(client, plan, sign_in):
    foreign = make_organisation(name="Région voisine")
    sign_in(Role.LEAD)
    data = expense_data(account="742", status="considered", funder=foreign.pk)

    response = client.post(url("income-create", plan), data)

    assert response.status_code == 422
    assert "Région voisine" not in response.content.decode()
    assert not IncomeLine.objects.exists()


def test_removing_by_a_link_is_impossible(client, plan, sign_in):
    line = make_expense_line(plan=plan)
    sign_in(Role.LEAD)

    assert client.get(url("expense-remove", plan, public_id=line.public_id)).status_code == 405
    assert client.post(url("expense-remove", plan, public_id=line.public_id)).status_code == 302
    assert not ExpenseLine.objects.exists()


def test_a_partner_reads_the_lines_of_their_own_organisation_and_no_other(client, plan, sign_in):
    user = make_user()
    own = make_contact(candidacy=plan.candidacy, user=user).organisation
    make_income_line(plan=plan, funder=own, label="Notre apport")
    make_income_line(plan=plan, funder=make_organisation(candidacy=plan.candidacy), label="Apport du voisin")
    sign_in(Role.PARTNER, user=user)

    page = client.get(url("funding-own", plan)).content.decode()

    assert "Notre apport" in page
    assert "Apport du voisin" not in page


@pytest.mark.parametrize("count", [3, 30])
def test_their_funding_costs_the_same_for_any_number_of_lines(
    client, plan, sign_in, count, django_assert_num_queries
):
    user = make_user()
    own = make_contact(candidacy=plan.candidacy, user=user).organisation
    for _ in range(count):
        make_income_line(plan=plan, funder=own)
        make_income_line(plan=plan, funder=make_organisation(candidacy=plan.candidacy))
    sign_in(Role.PARTNER, user=user)

    # Session, user, memberships; plan, lines with their funders, amounts.
    with django_assert_num_queries(6):
        response = client.get(url("funding-own", plan))

    assert len(response.context["rows"]) == count


@pytest.mark.parametrize(("granted", "status"), [(True, 200), (False, 403)])
def test_an_observer_reads_the_summary_only_when_it_was_granted(client, plan, sign_in, granted, status):
    sign_in(Role.OBSERVER, can_read_funding=granted)

    assert client.get(url("plan-summary", plan)).status_code == status
    assert client.get(url("plan-detail", plan)).status_code == 403


def test_the_summary_names_no_funder(client, plan, sign_in):
    make_income_line(plan=plan, label="Mécène discret", amounts={2029: 10})
    sign_in(Role.ELECTED)

    assert "Mécène discret" not in client.get(url("plan-summary", plan)).content.decode()


def test_the_spreadsheet_holds_no_formula_but_its_totals(client, plan, sign_in):
    make_expense_line(plan=plan, label="=1+1", amounts={2029: 10})
    make_income_line(
        plan=plan, label="+33 6", funder=make_organisation(candidacy=plan.candidacy, name="@mécène")
    )
    sign_in(Role.LEAD)

    book = load_workbook(BytesIO(client.get(url("plan-export", plan)).content))

    formulas = [cell.value for sheet in book for row in sheet.rows for cell in row if cell.data_type == "f"]
    assert formulas
    assert all(formula.startswith("=SUM(") for formula in formulas)
    assert book["Charges"]["B2"].value == "=1+1"


@pytest.mark.parametrize("name", ["plan-detail", "plan-export", "plan-summary"])
def test_a_page_costs_the_same_for_any_number_of_lines(client, plan, sign_in, name):
    sign_in(Role.LEAD)
    funder = make_organisation(candidacy=plan.candidacy)
    costs = []
    for count in (3, 27):
        for _ in range(count):
            make_expense_line(plan=plan)
            make_income_line(plan=plan, funder=funder)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, plan)).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]
