from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    name = "committees"
    verbose_name = _("comités")

    def ready(self) -> None:
        from committees import messages, poll_messages, recalls
        from committees.partner_futures import register_future
        from committees.partner_panel import actions_panel, meetings_panel
        from committees.services.reminders import replan_upcoming_meetings
        from notifications import planners
        from partners import panels

        messages.register_composers()
        poll_messages.register_composers()
        recalls.register_kinds()
        register_future()
        planners.register(replan_upcoming_meetings)
        panels.register("meetings", meetings_panel, place=20)
        panels.register("actions", actions_panel, place=25)
