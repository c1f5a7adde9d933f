from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetConfig(AppConfig):
    name = "budget"
    verbose_name = _("budget")

    def ready(self) -> None:
        from budget import agenda_concerns, recalls
        from budget.action_future import register_future
        from budget.partner_panel import funding_panel
        from committees import concerns
        from partners import panels

        concerns.register(
            "income",
            label=_("Produits du plan de financement"),
            offer=agenda_concerns.offer_incomes,
            show=agenda_concerns.show_incomes,
            place=20,
        )
        concerns.register(
            "expense",
            label=_("Charges du plan de financement"),
            offer=agenda_concerns.offer_expenses,
            show=agenda_concerns.show_expenses,
            place=30,
        )
        recalls.register_kinds()
        register_future()
        panels.register("funding", funding_panel, place=30)
