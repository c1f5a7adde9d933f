from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import PublicIdModel, TimestampedModel


class CallTemplateCopyQuerySet(models.QuerySet["CallTemplateCopy"]):
    def visible_to(self, user: User) -> "CallTemplateCopyQuerySet":
        return self.filter(made_by=user)


class CallTemplateCopy(PublicIdModel, TimestampedModel):
    """A call template that a lead copied to change it: the tables of a shipped file, kept as one document.

    A candidacy takes the rules over when it is founded, so what is changed here never reaches one that exists.
    """

    made_by = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="call_template_copies", verbose_name=_("copié par")
    )
    copied_from = models.CharField(_("copié de"), max_length=60)
    name = models.CharField(_("nom"), max_length=200)
    version = models.PositiveIntegerField(_("version"), default=1)
    #: As tomllib reads a file of ``calls/``, dates as ISO texts; ``candidacy.call_templates`` knows the keys.
    content: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("contenu"), default=dict)

    objects = CallTemplateCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("copie de modèle d’appel")
        verbose_name_plural = _("copies de modèles d’appel")
        constraints = [
            models.UniqueConstraint(
                name="calltemplatecopy_name_once",
                fields=["made_by", "name"],
                violation_error_message=_("Vous avez déjà un modèle de ce nom."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The name by which a founding and a candidacy refer to it, as they do to the key of a shipped file."""
        return f"copie-{self.public_id}"
