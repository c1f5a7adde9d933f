from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    name = "committees"
    verbose_name = _("comités")

    def ready(self) -> None:
        from committees.messages import register_composers
        from committees.partner_panel import meetings_panel
        from partners import panels

        register_composers()
        panels.register("meetings", meetings_panel, place=20)
