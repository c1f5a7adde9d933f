from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CandidacyConfig(AppConfig):
    name = "candidacy"
    verbose_name = _("candidature")

    def ready(self) -> None:
        from candidacy.invitations import compose_invitation
        from candidacy.services.members import INVITATION
        from candidacy.services.reminders import replan_reminders
        from notifications import planners, registry

        planners.register(replan_reminders)
        registry.register(INVITATION, compose_invitation, label=_("Invitation à se connecter"))
