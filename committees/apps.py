from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CommitteesConfig(AppConfig):
    name = "committees"
    verbose_name = _("comités")

    def ready(self) -> None:
        from committees import followup_recalls, messages, minutes_messages, poll_messages, recalls
        from committees.kept_minutes import install_triggers
        from committees.partner_futures import register_future
        from committees.partner_panel import actions_panel, meetings_panel
        from committees.services.approval import approve_silent_minutes
        from committees.services.reminders import replan_upcoming_meetings
        from notifications import planners
        from partners import panels

        post_migrate.connect(install_triggers, sender=self)
        messages.register_composers()
        minutes_messages.register_composers()
        poll_messages.register_composers()
        recalls.register_kinds()
        followup_recalls.register_kinds()
        register_future()
        planners.register(replan_upcoming_meetings)
        planners.register(approve_silent_minutes)
        panels.register("meetings", meetings_panel, place=20)
        panels.register("actions", actions_panel, place=25)
