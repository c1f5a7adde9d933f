from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossierConfig(AppConfig):
    name = "dossier"
    verbose_name = _("dossier")

    def ready(self) -> None:
        from dossier import messages, reading_messages
        from dossier.comment_messages import compose_notice
        from dossier.partner_panel import sections_panel
        from dossier.services.comments import NOTICE
        from notifications import registry
        from partners import panels

        messages.register_composers()
        reading_messages.register_composers()
        panels.register("sections", sections_panel, place=10)
        registry.register(NOTICE, compose_notice, label=_("Commentaire d’une section"))
