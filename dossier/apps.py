from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    name = "dossier"
    verbose_name = _("dossier")

    def ready(self) -> None:
        from dossier.partner_panel import sections_panel
        from partners import panels

        panels.register("sections", sections_panel, place=10)
