from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("partenaires")

    def ready(self) -> None:
        from partners import panels
        from partners.deliberation_panels import deliberations_panel, sittings_panel

        panels.register("deliberations", deliberations_panel, place=15)
        panels.register("sittings", sittings_panel, place=16)
