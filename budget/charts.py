"""What the plan shows at a glance. Each chart stands beside the table that it draws."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from budget.summary import PlanSummary
from core.charts import Bar, draw, horizontal_bars, stacked_bar
from core.money import share
from core.templatetags.formats import euros, percent

#: From dark to light, so that the three parts stay apart in grey.
CERTAINTY_COLOURS = ("#1d4f4a", "#7fa89b", "#d8dee2")


def draw_certainty(plan: PlanSummary, *, width: int = 460) -> SafeString:
    """One bar of the expenses: what is secured, what is requested, what remains to be found."""
    whole = plan.expenses.total
    parts = [
        (_("acquis"), plan.secured),
        (_("sollicité"), plan.requested),
        (_("reste à trouver"), plan.to_find),
    ]
    bars = [
        Bar(
            label="",
            value=value,
            text=euros(value),
            group=f"{name} : {euros(value)} ({percent(share(value, whole))})",
        )
        for name, value in parts
    ]
    kept = [(bar, colour) for bar, colour in zip(bars, CERTAINTY_COLOURS, strict=True) if bar.value > 0]
    return draw(
        stacked_bar([bar for bar, _colour in kept], colours=[colour for _bar, colour in kept], width=width),
        description=_("Financement des charges : ") + " ; ".join(bar.group for bar in bars),
    )


def draw_income(plan: PlanSummary, *, colour: str = "#1d4f4a", width: int = 420) -> SafeString:
    """Bars of the funders that weigh most in the plan, the largest first; the smaller ones make one bar."""
    rows = sorted(
        (row for row in plan.income.rows if row.is_counted and row.total), key=lambda row: -row.total
    )
    shown, rest = rows[:9], rows[9:]
    whole = plan.income.total
    bars = [
        Bar(row.label, row.total, f"{euros(row.total)} · {percent(share(row.total, whole))}") for row in shown
    ]
    if rest:
        left = sum((row.total for row in rest), start=rest[0].total * 0)
        bars.append(
            Bar(
                _("%(count)d autres produits") % {"count": len(rest)},
                left,
                f"{euros(left)} · {percent(share(left, whole))}",
            )
        )
    return draw(
        horizontal_bars(bars, colour=colour, width=width),
        description=_("Produits par ordre d’importance : ")
        + " ; ".join(f"{bar.label}, {bar.text}" for bar in bars),
    )
