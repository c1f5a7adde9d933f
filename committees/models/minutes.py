from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.permissions import STAFF, candidacies_of
from committees.models.meeting import AgendaItem, Meeting
from core.drafts import TextDraft
from core.models import PublicIdModel, TimestampedModel
from core.richtext import SimpleRichTextField


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User) -> "MinutesQuerySet":
        return self.filter(meeting__committee__candidacy__in=candidacies_of(user, STAFF))


class Minutes(PublicIdModel, TimestampedModel):
    """What was said and decided at one meeting, in a text for each item of its agenda, one before and one after."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("compte rendu")
        verbose_name_plural = _("comptes rendus")

    def __str__(self) -> str:
        return _t("Compte rendu\u00a0: %(meeting)s") % {"meeting": self.meeting}


class MinutesText(PublicIdModel):
    """One text of the minutes: the opening of the meeting, one item of its agenda, or its closing."""

    class Place(models.TextChoices):
        OPENING = "opening", _("ouverture de la séance")
        ITEM = "item", _("point à l’ordre du jour")
        CLOSING = "closing", _("clôture de la séance")

    minutes = models.ForeignKey(Minutes, on_delete=models.CASCADE, related_name="texts")
    place = models.CharField(_("place"), max_length=7, choices=Place)
    agenda_item = models.ForeignKey(
        AgendaItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="minutes_texts",
        verbose_name=_("point à l’ordre du jour"),
    )
    body: "models.TextField[str, str]" = SimpleRichTextField(_("texte"), blank=True)
    revision = models.PositiveIntegerField(_("révision"), default=0, editable=False)

    class Meta:
        verbose_name = _("texte du compte rendu")
        verbose_name_plural = _("textes du compte rendu")
        constraints = [
            models.UniqueConstraint(name="minutestext_item_once", fields=["minutes", "agenda_item"]),
            models.UniqueConstraint(
                name="minutestext_place_once", fields=["minutes", "place"], condition=~Q(place="item")
            ),
            models.CheckConstraint(
                name="minutestext_item_iff_agenda_item",
                condition=Q(place="item", agenda_item__isnull=False)
                | (~Q(place="item") & Q(agenda_item__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        if self.agenda_item is not None:
            return self.agenda_item.title
        label = str(self.get_place_display())
        return label[0].upper() + label[1:]

    @property
    def rank(self) -> tuple[int, int, int]:
        """Where the text stands: the opening, the items in the order of the agenda, the closing."""
        item = self.agenda_item
        return (self.Place.values.index(self.place), item.position if item else 0, self.pk)


class MinutesRevision(models.Model):
    """One saved state of a text of the minutes. Rows are added, never changed."""

    text = models.ForeignKey(MinutesText, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("révision"))
    body: "models.TextField[str, str]" = SimpleRichTextField(_("texte"), blank=True)
    saved_at = models.DateTimeField(_("enregistrée le"), default=timezone.now)
    saved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )

    class Meta:
        verbose_name = _("révision d’un compte rendu")
        verbose_name_plural = _("révisions d’un compte rendu")
        constraints = [models.UniqueConstraint(name="minutesrevision_number_once", fields=["text", "number"])]

    def __str__(self) -> str:
        return f"{self.text} – {self.number}"


class MinutesDraftQuerySet(models.QuerySet["MinutesDraft"]):
    def visible_to(self, user: User) -> "MinutesDraftQuerySet":
        """Nobody reads the draft of somebody else, and nobody reads their own once they left the team."""
        return self.filter(
            author=user, text__minutes__meeting__committee__candidacy__in=candidacies_of(user, STAFF)
        )


class MinutesDraft(TextDraft):
    """What one person has typed in a text of the minutes and not saved yet. It ends when they save or give it up."""

    text = models.ForeignKey(MinutesText, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="minutes_drafts", verbose_name=_("par")
    )
    body: "models.TextField[str, str]" = SimpleRichTextField(_("texte"), blank=True)

    objects = MinutesDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("brouillon de compte rendu")
        verbose_name_plural = _("brouillons de compte rendu")
        constraints = [models.UniqueConstraint(name="minutesdraft_one_each", fields=["text", "author"])]

    def __str__(self) -> str:
        return f"{self.text} – {self.author}"

    @property
    def is_stale(self) -> bool:
        """Whether somebody has saved the text since this draft was begun."""
        return self.base_revision != self.text.revision
