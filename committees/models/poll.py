from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from committees.models.committee import Committee, CommitteeMember
from committees.models.meeting import Meeting
from core.models import LabelledModel, PublicIdModel, TimestampedModel
from partners.models import Contact


class DatePollQuerySet(models.QuerySet["DatePoll"]):
    def visible_to(self, user: User) -> "DatePollQuerySet":
        """Lead and team see every poll, another member those in which they are asked."""
        asked = PollParticipant.objects.filter(poll=OuterRef("pk"), contact__user=user)
        return self.filter(
            Q(committee__candidacy__in=candidacies_of(user, STAFF))
            | (Q(committee__candidacy__in=candidacies_of(user, GUESTS)) & Exists(asked))
        )

    def open(self) -> "DatePollQuerySet":
        return self.filter(closed_at__isnull=True)


class DatePoll(PublicIdModel, TimestampedModel):
    """When could the members of a committee meet? Open until a date is picked, or until it is closed without one."""

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="polls")
    title = models.CharField(_("objet"), max_length=200, blank=True)
    message = models.TextField(_("mot d’accompagnement"), blank=True)
    duration_minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), default=120, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    video_url = models.URLField(_("lien de visioconférence"), blank=True)
    created_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposé par"),
    )
    closed_at = models.DateTimeField(_("clos le"), null=True, blank=True)
    chosen = models.ForeignKey(
        "PollSlot",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("créneau retenu"),
    )
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("réunion préparée"),
    )

    objects = DatePollQuerySet.as_manager()

    class Meta:
        verbose_name = _("sondage de dates")
        verbose_name_plural = _("sondages de dates")
        constraints = [
            models.CheckConstraint(
                name="datepoll_chosen_is_closed",
                condition=Q(chosen__isnull=True) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.committee.name

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class PollSlot(PublicIdModel):
    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("début"))

    class Meta:
        verbose_name = _("créneau proposé")
        verbose_name_plural = _("créneaux proposés")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="pollslot_once",
                fields=["poll", "starts_at"],
                violation_error_message=_("Ce créneau est proposé deux fois."),
            ),
        ]

    def __str__(self) -> str:
        return timezone.localtime(self.starts_at).strftime("%Y-%m-%d %H:%M")


class PollParticipantQuerySet(models.QuerySet["PollParticipant"]):
    def visible_to(self, user: User) -> "PollParticipantQuerySet":
        """Lead and team see every answer, another member their own."""
        scope = "poll__committee__candidacy__in"
        own = Q((scope, candidacies_of(user, GUESTS)), contact__user=user)
        return self.filter(Q((scope, candidacies_of(user, STAFF))) | own)


class PollParticipant(PublicIdModel):
    """One member asked when they could come, in the quality they had then."""

    poll = models.ForeignKey(DatePoll, on_delete=models.CASCADE, related_name="participants")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="poll_participations", verbose_name=_("contact")
    )
    quality = models.CharField(_("qualité"), max_length=10, blank=True)
    is_voting = models.BooleanField(_("voix délibérative"), default=False)
    comment = models.CharField(_("mot joint à la réponse"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)

    objects = PollParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne consultée")
        verbose_name_plural = _("personnes consultées")
        constraints = [
            models.UniqueConstraint(name="pollparticipant_once", fields=["poll", "contact"]),
        ]

    def __str__(self) -> str:
        return f"{self.contact} – {self.poll}"

    @property
    def quality_label(self) -> str:
        return str(CommitteeMember.Quality(self.quality).label) if self.quality else ""


class PollAnswer(LabelledModel):
    class Value(models.TextChoices):
        YES = "yes", _("oui")
        IF_NEEDED = "if_needed", _("si besoin")
        NO = "no", _("non")

    participant = models.ForeignKey(PollParticipant, on_delete=models.CASCADE, related_name="answers")
    slot = models.ForeignKey(PollSlot, on_delete=models.CASCADE, related_name="answers")
    value = models.CharField(_("réponse"), max_length=10, choices=Value)

    class Meta:
        verbose_name = _("réponse à un sondage de dates")
        verbose_name_plural = _("réponses à un sondage de dates")
        constraints = [
            models.UniqueConstraint(name="pollanswer_once", fields=["participant", "slot"]),
        ]

    def __str__(self) -> str:
        return str(self.get_value_display())
