"""What the assemblies of partners vote for the bid, and the days on which they can."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel
from core.templatetags.formats import short_date
from partners.models.directory import Organisation, organisations_of


def _seen_by(user: User) -> Q:
    """Lead and team see what every assembly does, a partner what their own does, nobody else anything."""
    return Q(candidacy__in=candidacies_of(user, STAFF)) | Q(organisation__in=organisations_of(user))


class SittingQuerySet(models.QuerySet["Sitting"]):
    def visible_to(self, user: User) -> "SittingQuerySet":
        return self.filter(_seen_by(user))


class Sitting(PublicIdModel, TimestampedModel):
    """One day on which an assembly of a partner votes; what it votes on is fixed some days before."""

    class Assembly(models.TextChoices):
        MUNICIPAL = "municipal", _("conseil municipal")
        COMMUNITY = "community", _("conseil communautaire")
        METROPOLITAN = "metropolitan", _("conseil métropolitain")
        DEPARTMENT = "department", _("conseil départemental")
        REGION = "region", _("conseil régional")
        STANDING = "standing", _("commission permanente")
        BUREAU = "bureau", _("bureau")
        UNION = "union", _("comité syndical")
        BOARD = "board", _("conseil d’administration")
        GENERAL = "general", _("assemblée générale")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="sittings")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="sittings", verbose_name=_("structure")
    )
    assembly = models.CharField(_("assemblée"), max_length=12, choices=Assembly, default=Assembly.MUNICIPAL)
    held_on = models.DateField(_("date de la séance"))
    agenda_closes_on = models.DateField(_("clôture de l’ordre du jour"))

    history = HistoricalRecords()
    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance d’assemblée")
        verbose_name_plural = _("séances d’assemblée")
        constraints = [
            models.UniqueConstraint(
                name="sitting_once",
                fields=["organisation", "assembly", "held_on"],
                violation_error_message=_("Cette séance est déjà notée."),
            ),
            models.CheckConstraint(
                name="sitting_agenda_closes_before",
                condition=Q(agenda_closes_on__lte=F("held_on")),
                violation_error_message=_("L’ordre du jour se clôt au plus tard le jour de la séance."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_assembly_display()}, {short_date(self.held_on)}"


class DeliberationQuerySet(models.QuerySet["Deliberation"]):
    def visible_to(self, user: User) -> "DeliberationQuerySet":
        return self.filter(_seen_by(user))

    def undecided(self) -> "DeliberationQuerySet":
        return self.filter(status__in=Deliberation.UNDECIDED)


def act_path(deliberation: "Deliberation", filename: str) -> str:
    """Keep the files of each deliberation apart: the same act of two partners is two files."""
    return f"deliberations/{deliberation.public_id}/{filename}"


class Deliberation(PublicIdModel, TimestampedModel):
    """What one assembly is asked to vote for the bid, and what it voted."""

    class Subject(models.TextChoices):
        SUPPORT = "support", _("soutien à la candidature")
        FUNDING = "funding", _("financement")
        AGREEMENT = "agreement", _("convention")
        OTHER = "other", _("autre objet")

    class Status(models.TextChoices):
        TO_SCHEDULE = "to_schedule", _("à inscrire à l’ordre du jour")
        SCHEDULED = "scheduled", _("à l’ordre du jour")
        ADOPTED = "adopted", _("adoptée")
        REJECTED = "rejected", _("rejetée")
        WITHDRAWN = "withdrawn", _("retirée")

    VOTED = (Status.ADOPTED, Status.REJECTED)
    UNDECIDED = (Status.TO_SCHEDULE, Status.SCHEDULED)

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="deliberations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="deliberations", verbose_name=_("structure")
    )
    subject = models.CharField(_("objet"), max_length=10, choices=Subject, default=Subject.SUPPORT)
    title = models.CharField(_("intitulé"), max_length=200)
    rapporteur = models.CharField(_("rapporteur·rice"), max_length=120, blank=True)
    #: The sitting that is aimed at, then the one that votes. RESTRICT: both go with their organisation.
    sitting = models.ForeignKey(
        Sitting,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="deliberations",
        verbose_name=_("séance"),
    )
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.TO_SCHEDULE)
    votes_for = models.PositiveSmallIntegerField(_("voix pour"), null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(_("voix contre"), null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField(_("abstentions"), null=True, blank=True)
    act_number = models.CharField(_("numéro d’acte"), max_length=60, blank=True)
    transmitted_on = models.DateField(_("transmise au contrôle de légalité le"), null=True, blank=True)
    file = models.FileField(_("délibération signée"), upload_to=act_path, max_length=200, blank=True)
    notes = models.TextField(
        _("notes internes"), blank=True, help_text=_("Lues par l’équipe seulement, jamais par le partenaire.")
    )

    history = HistoricalRecords()
    objects = DeliberationQuerySet.as_manager()

    class Meta:
        verbose_name = _("délibération")
        verbose_name_plural = _("délibérations")
        constraints = [
            models.CheckConstraint(
                name="deliberation_on_an_agenda_has_sitting",
                condition=Q(status__in=["to_schedule", "withdrawn"]) | Q(sitting__isnull=False),
                violation_error_message=_("Dites à quelle séance\u00a0: une assemblée ne vote qu’en séance."),
            ),
            models.CheckConstraint(
                name="deliberation_counted_once_voted",
                condition=Q(status__in=["adopted", "rejected"])
                | Q(votes_for=None, votes_against=None, abstentions=None, act_number=""),
                violation_error_message=_("Les voix et le numéro d’acte se notent une fois le vote tenu."),
            ),
            models.CheckConstraint(
                name="deliberation_transmitted_once_voted",
                condition=Q(status__in=["adopted", "rejected"]) | Q(transmitted_on=None),
                violation_error_message=_("Une délibération se transmet une fois votée."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        sitting = self.sitting
        if sitting is None:
            return
        if sitting.organisation_id != self.organisation_id:
            raise ValidationError({"sitting": _("Cette séance est celle d’une autre structure.")})
        if self.transmitted_on is not None and self.transmitted_on < sitting.held_on:
            raise ValidationError(
                {"transmitted_on": _("Une délibération ne se transmet pas avant la séance qui la vote.")}
            )

    @property
    def is_voted(self) -> bool:
        return self.status in self.VOTED
