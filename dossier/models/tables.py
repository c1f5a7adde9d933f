from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dossier.models.sections import Section


class TextTableQuerySet(models.QuerySet["TextTable"]):
    def in_outline_order(self) -> "TextTableQuerySet":
        """Order as the numbers of the tables run: that of the outline, then that of each text."""
        return self.filter(section__retired_at__isnull=True).order_by(
            Coalesce("section__parent__position", "section__position"),
            Coalesce("section__parent_id", "section_id"),
            F("section__parent_id").asc(nulls_first=True),
            "section__position",
            "section_id",
            "position",
        )


class TextTable(models.Model):
    """A titled table in the text of a section, noted when the text is saved: pages number it without reading all texts."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="tables")
    identity = models.UUIDField(_("identifiant"))
    position = models.PositiveSmallIntegerField(_("rang"))
    title = models.TextField(_("titre"))

    objects = TextTableQuerySet.as_manager()

    class Meta:
        verbose_name = _("tableau d’un texte")
        verbose_name_plural = _("tableaux des textes")
        constraints = [
            models.UniqueConstraint(name="texttable_once_in_a_text", fields=["section", "identity"]),
            models.UniqueConstraint(name="texttable_one_at_a_place", fields=["section", "position"]),
            models.CheckConstraint(name="texttable_titled", condition=~Q(title="")),
        ]
        indexes = [models.Index(name="texttable_by_identity", fields=["identity"])]

    def __str__(self) -> str:
        return self.title
