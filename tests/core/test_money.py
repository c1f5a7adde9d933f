from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from budget.models import ExpenseAmount, ExpenseLine
from core.money import add_up, share, to_cents, total
from tests.factories import make_plan


def test_a_thousand_small_sums_add_up_to_the_cent_in_the_database():
    plan = make_plan()
    lines = ExpenseLine.objects.bulk_create(
        ExpenseLine(plan=plan, account="604", label=f"Charge {n}") for n in range(1000)
    )
    ExpenseAmount.objects.bulk_create(
        ExpenseAmount(line=line, year=plan.first_year, amount=Decimal("0.10")) for line in lines
    )

    assert total(ExpenseAmount.objects.filter(line__plan=plan), "amount") == Decimal("100.00")


def test_nothing_adds_up_to_zero():
    assert total(ExpenseAmount.objects.none(), "amount") == Decimal("0.00")
    assert add_up([]) == Decimal("0.00")
    assert add_up([None, Decimal("1.5")]) == Decimal("1.50")


def test_half_a_cent_is_rounded_up_as_accountants_do():
    assert to_cents(Decimal("0.125")) == Decimal("0.13")
    assert to_cents(Decimal("0.135")) == Decimal("0.14")
    assert to_cents(None) == Decimal("0.00")


def test_a_share_of_nothing_is_unknown():
    assert share(Decimal(1), Decimal(3)) == Decimal("33.3")
    assert share(Decimal(1), Decimal(0)) is None


@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=2), max_size=50))
def test_the_order_of_sums_does_not_change_their_total(amounts):
    assert add_up(amounts) == add_up(reversed(amounts))
