from datetime import date

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Membership
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from committees.models.committee import CommitteeMember
from committees.models.meeting import AgendaItem, Invitation, Meeting
from core.drafts import TextDraft
from core.models import PublicIdModel, TimestampedModel
from core.richtext import SimpleRichTextField


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: User) -> "MinutesQuerySet":
        """Lead and team see all minutes; whoever was called to the meeting those that were sent; an elected official
        also the approved ones of the committees they sit on today.
        """
        scope = "meeting__committee__candidacy__in"
        called = Invitation.objects.filter(meeting=OuterRef("meeting"), contact__user=user)
        sits = CommitteeMember.objects.sitting_on(timezone.localdate()).filter(
            committee=OuterRef("meeting__committee"), contact__user=user
        )
        told = Q((scope, candidacies_of(user, GUESTS)), status__in=Minutes.TOLD) & Exists(called)
        read = Q((scope, candidacies_of(user, {Membership.Role.ELECTED})), status="approved") & Exists(sits)
        return self.filter(Q((scope, candidacies_of(user, STAFF))) | told | read)

    def silent_on(self, day: date) -> "MinutesQuerySet":
        """Keep what silence approves on ``day`` or did before: nothing that was asked for is left to examine."""
        pending = Exists(Minutes.objects.filter(pk=OuterRef("pk"), corrections__outcome="pending"))
        return self.filter(~pending, status=Minutes.Status.SENT, silence_on__lte=day)


class Minutes(PublicIdModel, TimestampedModel):
    """What was said and decided at one meeting, in a text for each item of its agenda, one before and one after.

    Those who took part may ask for corrections once it is sent; when it is approved, what it says is kept by value in
    ``content`` (committees.minutes_content) and the row does not change any more.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("en rédaction")
        SENT = "sent", _("en correction")
        APPROVED = "approved", _("approuvé")

    class Approval(models.TextChoices):
        SILENCE = "silence", _("par le silence")
        LEAD = "lead", _("par le·la chef·fe de projet")
        MEETING = "meeting", _("par une réunion suivante")

    #: What those who were called to the meeting read.
    TOLD = ("sent", "approved")

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    status = models.CharField(_("état"), max_length=8, choices=Status, default=Status.DRAFT)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("envoyé par")
    )
    silence_on = models.DateField(_("approuvé par le silence le"), null=True, blank=True)
    approval = models.CharField(_("approbation"), max_length=7, choices=Approval, blank=True)
    approved_at = models.DateTimeField(_("approuvé le"), null=True, blank=True)
    approved_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approbation consignée par"),
    )
    approved_in = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="minutes_approved",
        verbose_name=_("approuvé par la réunion"),
    )
    content = models.TextField(_("contenu approuvé"), blank=True, editable=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("compte rendu")
        verbose_name_plural = _("comptes rendus")
        constraints = [
            models.CheckConstraint(
                name="minutes_draft_iff_not_sent",
                condition=Q(status="draft", sent_at__isnull=True)
                | (~Q(status="draft") & Q(sent_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="minutes_approved_iff_kept",
                condition=(Q(status="approved", approved_at__isnull=False) & ~Q(content="") & ~Q(approval=""))
                | (~Q(status="approved") & Q(approved_at__isnull=True, content="", approval="")),
            ),
            models.CheckConstraint(
                name="minutes_approved_by_meeting_iff_named",
                condition=Q(approval="meeting", approved_in__isnull=False)
                | (~Q(approval="meeting") & Q(approved_in__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return _t("Compte rendu\u00a0: %(meeting)s") % {"meeting": self.meeting}

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_sent(self) -> bool:
        return self.status == self.Status.SENT

    @property
    def is_approved(self) -> bool:
        return self.status == self.Status.APPROVED


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
