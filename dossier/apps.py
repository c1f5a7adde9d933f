from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    name = "dossier"
    verbose_name = _("dossier")

    def ready(self) -> None:
        from committees import concerns
        from dossier import deposit_triggers, history_triggers, messages, reading_messages, recalls
        from dossier.action_future import register_future
        from dossier.agenda_concerns import offer_sections, show_sections
        from dossier.comment_messages import compose_notice
        from dossier.partner_panel import sections_panel
        from dossier.services.comments import NOTICE
        from notifications import registry
        from partners import panels

        post_migrate.connect(deposit_triggers.install_triggers, sender=self)
        post_migrate.connect(history_triggers.install_triggers, sender=self)
        messages.register_composers()
        reading_messages.register_composers()
        concerns.register(
            "section",
            label=_("Sections du dossier"),
            offer=offer_sections,
            show=show_sections,
            place=10,
        )
        recalls.register_kinds()
        register_future()
        panels.register("sections", sections_panel, place=10)
        registry.register(NOTICE, compose_notice, label=_("Commentaire d’une section"), is_refusable=True)
