from decimal import Decimal

import pytest

from budget.models import IncomeLine
from budget.summary import read_plan
from tests.factories import make_expense_line, make_income_line, make_organisation, make_plan

Status = IncomeLine.Status


def test_totals_are_exact_to_the_cent_on_every_database():
    plan = make_plan()
    for _ in range(30):
        make_expense_line(plan=plan, amounts={2029: "0.10", 2030: "0.20"})

    summary = read_plan(plan)

    assert summary.expenses.amounts == (Decimal("3.00"), Decimal("6.00"), Decimal("0.00"))
    assert summary.expenses.total == Decimal("9.00")


def test_what_was_refused_stays_in_sight_but_weighs_nothing():
    plan = make_plan()
    make_income_line(plan=plan, amounts={2029: 500}, status=Status.REFUSED)
    make_income_line(plan=plan, amounts={2029: 300}, status=Status.REQUESTED)

    summary = read_plan(plan)

    assert len(summary.income.rows) == 2
    assert summary.income.total == Decimal("300.00")


def test_secured_counts_what_was_granted_and_not_what_was_asked():
    plan = make_plan()
    make_expense_line(plan=plan, amounts={2029: 1000})
    make_income_line(
        plan=plan, amounts={2029: 700}, status=Status.NOTIFIED, requested_amount=700, granted_amount=600
    )
    make_income_line(plan=plan, amounts={2029: 200}, status=Status.UNDER_REVIEW)
    make_income_line(plan=plan, amounts={2029: 100}, status=Status.CONSIDERED)

    summary = read_plan(plan)

    assert (summary.secured, summary.requested, summary.to_find) == (
        Decimal("600.00"),
        Decimal("200.00"),
        Decimal("200.00"),
    )
    assert summary.secured_share == Decimal("60.0")


def test_contributions_in_kind_are_added_up_apart():
    plan = make_plan()
    make_expense_line(plan=plan, amounts={2029: 1000})
    make_expense_line(plan=plan, account="864", amounts={2029: 50})
    make_income_line(plan=plan, amounts={2029: 1000})
    make_income_line(plan=plan, account="870", amounts={2029: 40})

    summary = read_plan(plan)

    assert summary.balance == 0
    assert summary.balance_in_kind == Decimal("-10.00")
    assert not summary.is_balanced


def test_an_unbalanced_plan_says_by_how_much_and_in_which_year():
    plan = make_plan()
    make_expense_line(plan=plan, amounts={2029: 100, 2030: 900})
    make_income_line(plan=plan, amounts={2029: 150, 2030: 700})

    summary = read_plan(plan)

    assert summary.balance == Decimal("-150.00")
    assert summary.balances == (Decimal("50.00"), Decimal("-200.00"), Decimal("0.00"))


@pytest.mark.parametrize("line_count", [3, 30])
def test_reading_a_plan_costs_the_same_for_any_number_of_lines(line_count, django_assert_num_queries):
    plan = make_plan()
    funder = make_organisation(candidacy=plan.candidacy)
    for _ in range(line_count):
        make_expense_line(plan=plan)
        make_income_line(plan=plan, funder=funder)

    with django_assert_num_queries(4):  # charges and their amounts, produits and their amounts
        summary = read_plan(plan)

    assert len(summary.income.rows) == line_count
