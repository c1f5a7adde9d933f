from datetime import date, time
from typing import Protocol

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import StrIndex
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel
from core.search import fold
from partners.models import Contact


class CommitteeQuerySet(models.QuerySet["Committee"]):
    def visible_to(self, user: User) -> "CommitteeQuerySet":
        """Lead and team see every committee, an elected official those they sit on today."""
        sits = CommitteeMember.objects.sitting_on(timezone.localdate()).filter(
            committee=OuterRef("pk"), contact__user=user
        )
        return self.filter(
            Q(candidacy__in=candidacies_of(user, STAFF))
            | (Q(candidacy__in=candidacies_of(user, {Membership.Role.ELECTED})) & Exists(sits))
        )

    def in_usual_order(self) -> "CommitteeQuerySet":
        """Put the technical committee first, the steering committee next, then the others by name."""
        # One expression: a case for each kind takes Django longer to write than the database to answer.
        rank = StrIndex(models.Value(" ".join(Committee.Kind.values)), "kind")
        return self.order_by(rank, "name", "pk")


class Committee(PublicIdModel, TimestampedModel):
    class Kind(models.TextChoices):
        COTECH = "cotech", _("comité technique (COTECH)")
        COPIL = "copil", _("comité de pilotage (COPIL)")
        SUPPORT = "support", _("comité de soutien")
        WORKING_GROUP = "working_group", _("groupe de travail")
        PLENARY = "plenary", _("plénière")
        NETWORK = "network", _("réseau de sites")
        OTHER = "other", _("autre instance")

    class Period(models.TextChoices):
        MONTH = "month", _("par mois")
        QUARTER = "quarter", _("par trimestre")
        YEAR = "year", _("par an")

    class DecisionMode(models.TextChoices):
        CONSENSUS = "consensus", _("consensus")
        VOTE = "vote", _("vote")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="committees")
    name = models.CharField(_("nom"), max_length=120)
    acronym = models.CharField(
        _("sigle"),
        max_length=12,
        validators=[
            RegexValidator(
                r"^[0-9A-ZÀ-Ý]+([ -][0-9A-ZÀ-Ý]+)*$", _("Écrivez le sigle en capitales, par exemple COPIL.")
            )
        ],
        help_text=_("En capitales. Il numérote les décisions : COPIL-2026-03-D2."),
    )
    kind = models.CharField(_("nature"), max_length=15, choices=Kind)
    mandate = models.TextField(_("mission"), blank=True)
    rhythm_min = models.PositiveSmallIntegerField(_("réunions au moins"), null=True, blank=True)
    rhythm_max = models.PositiveSmallIntegerField(_("réunions au plus"), null=True, blank=True)
    rhythm_period = models.CharField(_("période"), max_length=10, choices=Period, default=Period.QUARTER)
    notice_days = models.PositiveSmallIntegerField(
        _("délai de convocation (jours)"), default=7, validators=[MaxValueValidator(90)]
    )
    quorum = models.PositiveSmallIntegerField(
        _("quorum"), null=True, blank=True, help_text=_("Nombre de voix présentes\u00a0; vide\u00a0: aucun.")
    )
    max_proxies = models.PositiveSmallIntegerField(
        _("pouvoirs par personne"),
        default=1,
        validators=[MaxValueValidator(10)],
        help_text=_("Ce qu’une même personne peut en recevoir\u00a0; vide\u00a0: un\u00a0; 0\u00a0: aucun."),
    )
    decision_mode = models.CharField(
        _("mode de décision"), max_length=10, choices=DecisionMode, default=DecisionMode.CONSENSUS
    )
    default_place = models.CharField(_("lieu habituel"), max_length=200, blank=True)
    default_video_url = models.URLField(_("lien de visioconférence habituel"), blank=True)
    default_minutes = models.PositiveSmallIntegerField(
        _("durée habituelle (minutes)"), default=120, validators=[MaxValueValidator(1440)]
    )
    animator = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="animated_committees",
        verbose_name=_("animation"),
    )
    co_animator = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="co_animated_committees",
        verbose_name=_("animation, avec"),
    )
    minutes_due_days = models.PositiveSmallIntegerField(
        _("compte rendu envoyé sous (jours ouvrés)"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    minutes_silence_days = models.PositiveSmallIntegerField(
        _("silence valant approbation (jours)"),
        null=True,
        blank=True,
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)

    history = HistoricalRecords()
    objects = CommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("comité")
        verbose_name_plural = _("comités")
        constraints = [
            models.UniqueConstraint(
                name="committee_acronym_once",
                fields=["candidacy", "acronym"],
                violation_error_message=_("Un comité porte déjà ce sigle."),
            ),
            models.CheckConstraint(
                name="committee_rhythm_range",
                condition=Q(rhythm_min__isnull=True)
                | Q(rhythm_max__isnull=True)
                | Q(rhythm_min__lte=F("rhythm_max")),
                violation_error_message=_("Le minimum de réunions dépasse le maximum."),
            ),
            models.CheckConstraint(
                name="committee_duration_positive",
                condition=Q(default_minutes__gt=0),
                violation_error_message=_("La durée habituelle doit être positive."),
            ),
            models.CheckConstraint(
                name="committee_animators_are_two",
                condition=Q(animator__isnull=True)
                | Q(co_animator__isnull=True)
                | ~Q(animator=F("co_animator")),
                violation_error_message=_("Les deux personnes qui animent sont la même."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def animators(self) -> list[Contact]:
        return [contact for contact in (self.animator, self.co_animator) if contact is not None]


class CommitteeMemberQuerySet(models.QuerySet["CommitteeMember"]):
    def sitting_on(self, day: date) -> "CommitteeMemberQuerySet":
        """Keep the members whose mandate covers ``day``."""
        return self.filter(
            Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day)
        )


class CommitteeMember(PublicIdModel):
    """A seat: one contact on one committee, in one quality."""

    class Quality(models.TextChoices):
        CHAIR = "chair", _("président·e")
        TITULAR = "titular", _("titulaire")
        DEPUTY = "deputy", _("suppléant·e")
        INVITED = "invited", _("invité·e")
        SECRETARY = "secretary", _("secrétaire")

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="members")
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="seats", verbose_name=_("contact")
    )
    quality = models.CharField(_("qualité"), max_length=10, choices=Quality, default=Quality.TITULAR)
    is_voting = models.BooleanField(_("voix délibérative"), default=True)
    deputy_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deputies",
        verbose_name=_("supplée"),
    )
    since = models.DateField(_("depuis le"), null=True, blank=True)
    until = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = CommitteeMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre du comité")
        verbose_name_plural = _("membres du comité")
        constraints = [
            models.UniqueConstraint(
                name="committeemember_once",
                fields=["committee", "contact"],
                violation_error_message=_("Cette personne siège déjà à ce comité."),
            ),
            models.CheckConstraint(
                name="committeemember_mandate_order",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message=_("La fin du mandat précède son début."),
            ),
            models.CheckConstraint(
                name="committeemember_only_deputies_deputise",
                condition=Q(deputy_of__isnull=True) | Q(quality="deputy"),
                violation_error_message=_("Seul·e un·e suppléant·e supplée un autre membre."),
            ),
            models.CheckConstraint(
                name="committeemember_deputises_another",
                condition=Q(deputy_of__isnull=True) | ~Q(deputy_of=F("pk")),
                violation_error_message=_("On ne se supplée pas soi-même."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.get_quality_display()})"

    def sits_on(self, day: date) -> bool:
        """Whether the mandate covers ``day``; see `CommitteeMemberQuerySet.sitting_on`."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Seated(Protocol):
    """Whoever has a place at a table: a seat, or an invitation."""

    quality: str
    contact: Contact


def protocol_rank(place: Seated) -> tuple[int, str, str]:
    """Sort the chair first, then titulars, deputies, guests and the secretary, each by name."""
    qualities = CommitteeMember.Quality.values
    rank = qualities.index(place.quality) if place.quality in qualities else len(qualities)
    return rank, fold(place.contact.last_name), fold(place.contact.first_name)


class ReminderRule(models.Model):
    """One reminder that a committee sends before each meeting: so many days ahead, at a local hour, to some or to all.

    ``text`` takes the place of the usual first sentence.
    """

    class Audience(models.TextChoices):
        """Whom a reminder speaks to, among those who have not said that they stay away."""

        EXPECTED = "expected", _("toutes les personnes attendues")
        UNANSWERED = "unanswered", _("celles qui n’ont pas répondu")
        COMING = "coming", _("celles qui viennent")
        VOTING = "voting", _("celles qui votent")

    committee = models.ForeignKey(Committee, on_delete=models.CASCADE, related_name="reminder_rules")
    days_before = models.PositiveSmallIntegerField(_("jours avant"), validators=[MaxValueValidator(60)])
    local_time = models.TimeField(_("heure locale"), default=time(8, 0))
    audience = models.CharField(_("à qui"), max_length=10, choices=Audience, default=Audience.EXPECTED)
    working_days = models.BooleanField(_("jours ouvrés seulement"), default=False)
    text = models.CharField(_("première phrase"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("règle de rappel")
        verbose_name_plural = _("règles de rappel")
        constraints = [
            models.UniqueConstraint(
                name="reminderrule_once",
                fields=["committee", "days_before"],
                violation_error_message=_("Un rappel est déjà prévu à ce délai."),
            )
        ]

    def __str__(self) -> str:
        moment = f"J-{self.days_before}, {self.local_time:%H:%M}"
        if self.audience == self.Audience.EXPECTED:
            return moment
        return f"{moment}, {self.get_audience_display()}"
