from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.drafts import TextDraft
from core.richtext import RichTextField
from dossier.models.sections import Section


class SectionDraftQuerySet(models.QuerySet["SectionDraft"]):
    def visible_to(self, user: User) -> "SectionDraftQuerySet":
        """Nobody reads the draft of somebody else, and nobody reads their own once the section is out of reach."""
        return self.filter(author=user, section__in=Section.objects.visible_to(user))

    def left_behind_by(self, user: User) -> "SectionDraftQuerySet":
        """Keep what ``user`` had typed in sections that were retired since, and still reads."""
        return self.filter(author=user, section__in=Section.objects.once_written_by(user))


class SectionDraft(TextDraft):
    """What one person has typed in a section and not saved yet. It ends when they save or give it up."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="section_drafts", verbose_name=_("par")
    )
    body: "models.TextField[str, str]" = RichTextField(_("texte"), blank=True)

    objects = SectionDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("brouillon")
        verbose_name_plural = _("brouillons")
        constraints = [models.UniqueConstraint(name="sectiondraft_one_each", fields=["section", "author"])]

    def __str__(self) -> str:
        return f"{self.section} – {self.author}"

    @property
    def is_stale(self) -> bool:
        """Whether somebody has saved the section since this text was begun."""
        return self.base_revision != self.section.revision
