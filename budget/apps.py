from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetConfig(AppConfig):
    name = "budget"
    verbose_name = _("budget")

    def ready(self) -> None:
        from budget.action_future import register_future
        from budget.partner_panel import funding_panel
        from partners import panels

        register_future()
        panels.register("funding", funding_panel, place=30)
