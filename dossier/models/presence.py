from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.templatetags.formats import clock
from dossier.models.sections import Section

#: Two and a half of the signs of life that an open editor gives: one may be lost.
SILENCE = timedelta(seconds=75)


class SectionPresenceQuerySet(models.QuerySet["SectionPresence"]):
    def alive(self) -> "SectionPresenceQuerySet":
        return self.filter(seen_at__gt=timezone.now() - SILENCE)

    def others_in(self, section: Section, user: User) -> "SectionPresenceQuerySet":
        """Who else has the editor of ``section`` open now, in the order they came."""
        present = self.alive().filter(section=section).exclude(user=user)
        return present.select_related("user").order_by("since", "pk")


class SectionPresence(models.Model):
    """One person has the editor of one section open. It forbids nothing to anybody."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("personne"))
    since = models.DateTimeField(_("depuis"), default=timezone.now)
    seen_at = models.DateTimeField(_("vue à"), default=timezone.now)

    objects = SectionPresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("présence")
        verbose_name_plural = _("présences")
        constraints = [models.UniqueConstraint(name="sectionpresence_one_each", fields=["section", "user"])]

    def __str__(self) -> str:
        return f"{self.user} – {self.section}"

    @property
    def told(self) -> str:
        return _t("%(who)s écrit depuis %(when)s") % {"who": self.user, "when": clock(self.since)}
