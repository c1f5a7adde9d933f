from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from budget.models import ExpenseLine, FundingPlan, IncomeLine
from budget.services import remove_income_line, save_expense_line, save_income_line, set_plan_years
from core.errors import DomainError
from tests.factories import make_candidacy, make_expense_line, make_income_line, make_organisation, make_plan


def expense_fields(**changes):
    return {"account": "604", "label": "Commandes artistiques", "nature": "operating", "note": ""} | changes


def income_fields(**changes):
    return {
        "account": "742",
        "label": "Région",
        "funder": None,
        "nature": "operating",
        "status": "considered",
        "status_on": None,
        "requested_amount": None,
        "granted_amount": None,
        "reference": "",
        "note": "",
    } | changes


def test_a_year_that_holds_money_cannot_be_dropped():
    plan = make_plan()
    make_expense_line(plan=plan, amounts={2031: 10})

    with pytest.raises(DomainError, match="2031"):
        set_plan_years(candidacy=plan.candidacy, first_year=2029, last_year=2030)

    assert FundingPlan.objects.get().last_year == 2031


def test_a_year_without_money_can_be_dropped():
    plan = make_plan()
    make_expense_line(plan=plan, amounts={2029: 10, 2031: 0})

    set_plan_years(candidacy=plan.candidacy, first_year=2029, last_year=2030)

    assert FundingPlan.objects.get().last_year == 2030


@pytest.mark.parametrize(("first", "last"), [(2031, 2029), (2029, 2039)])
def test_years_out_of_order_or_too_many_are_refused(first, last):
    with pytest.raises(DomainError):
        set_plan_years(candidacy=make_candidacy(), first_year=first, last_year=last)


def test_saving_twice_replaces_the_amounts():
    plan = make_plan()
    line = save_expense_line(plan=plan, line=None, fields=expense_fields(), amounts={2029: Decimal(5)})

    save_expense_line(
        plan=plan, line=line, fields=expense_fields(), amounts={2029: Decimal(7), 2030: Decimal(1)}
    )

    line = ExpenseLine.objects.get()
    assert dict(line.amounts.values_list("year", "amount")) == {2029: 7, 2030: 1, 2031: 0}


def test_a_charge_cannot_be_booked_on_an_income_account():
    with pytest.raises(ValidationError):
        save_expense_line(plan=make_plan(), line=None, fields=expense_fields(account="742"), amounts={})

    assert not ExpenseLine.objects.exists()


def test_a_negative_amount_is_refused_and_nothing_is_written():
    with pytest.raises(ValidationError):
        save_expense_line(plan=make_plan(), line=None, fields=expense_fields(), amounts={2029: Decimal(-1)})

    assert not ExpenseLine.objects.exists()


def test_the_funder_of_another_candidacy_is_refused():
    with pytest.raises(DomainError):
        save_income_line(
            plan=make_plan(), line=None, fields=income_fields(funder=make_organisation()), amounts={}
        )


def test_a_granted_amount_goes_with_a_voted_funding_only():
    with pytest.raises(ValidationError, match="accordé"):
        save_income_line(
            plan=make_plan(), line=None, fields=income_fields(granted_amount=Decimal(5)), amounts={}
        )


def test_a_voted_funding_needs_its_granted_amount():
    with pytest.raises(ValidationError, match="accordé"):
        save_income_line(plan=make_plan(), line=None, fields=income_fields(status="voted"), amounts={})


def test_a_secured_funding_is_not_erased():
    line = make_income_line(status=IncomeLine.Status.VOTED, granted_amount=10)

    with pytest.raises(DomainError, match="retirée"):
        remove_income_line(line=line)

    assert IncomeLine.objects.filter(pk=line.pk).exists()


def test_the_history_of_a_line_keeps_what_it_said():
    plan = make_plan()
    line = save_income_line(plan=plan, line=None, fields=income_fields(), amounts={})

    save_income_line(plan=plan, line=line, fields=income_fields(status="requested"), amounts={})

    assert list(line.history.order_by("history_id").values_list("status", flat=True)) == [
        "considered",
        "requested",
    ]
