from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    name = "committees"
    verbose_name = _("comités")

    def ready(self) -> None:
        from committees.messages import register_composers
        from committees.partner_panel import actions_panel, meetings_panel
        from partners import panels

        register_composers()
        panels.register("meetings", meetings_panel, place=20)
        panels.register("actions", actions_panel, place=25)
