import re
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from stdnum.fr import siren

from accounts.models import User
from core.models import PublicIdModel, TimestampedModel
from core.working_days import REGIONS


def validate_siren(value: str) -> None:
    if not re.fullmatch(r"[0-9]{9}", value):
        raise ValidationError(_("Un numéro SIREN compte neuf chiffres."), code="siren_length")
    if not siren.is_valid(value):
        raise ValidationError(
            _("Ce numéro SIREN n’existe pas : sa clé de contrôle est fausse. Relisez les chiffres."),
            code="siren_key",
        )


def validate_time_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(_("Ce fuseau horaire est inconnu."), code="time_zone")


class PopulationKind(models.TextChoices):
    MUNICIPAL = "municipal", _("population municipale")
    TOTAL = "total", _("population totale")


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def visible_to(self, user: User) -> "CandidacyQuerySet":
        return self.filter(Exists(Membership.objects.filter(candidacy=OuterRef("pk"), user=user)))


class Candidacy(PublicIdModel, TimestampedModel):
    """One bid for one title: the scope of every other row."""

    class BearerKind(models.TextChoices):
        COMMUNE = "commune", _("commune")
        EPCI = "epci", _("groupement de communes (EPCI)")
        OTHER = "other", _("autre personne morale")

    slug = models.SlugField(_("adresse courte"), max_length=60, unique=True)
    title = models.CharField(_("intitulé"), max_length=200)
    tagline = models.CharField(_("accroche"), max_length=200, blank=True)
    title_year = models.PositiveSmallIntegerField(_("année du titre"))
    deposit_on = models.DateField(_("date de dépôt"), null=True, blank=True)

    bearer_name = models.CharField(_("personne morale porteuse"), max_length=200)
    bearer_kind = models.CharField(_("nature du porteur"), max_length=10, choices=BearerKind)
    bearer_siren = models.CharField(
        _("SIREN du porteur"), max_length=9, blank=True, validators=[validate_siren]
    )
    population = models.PositiveIntegerField(_("population retenue"), null=True, blank=True)
    population_kind = models.CharField(
        _("population considérée"), max_length=10, choices=PopulationKind, default=PopulationKind.MUNICIPAL
    )
    population_source = models.CharField(_("source de la population"), max_length=200, blank=True)
    population_on = models.DateField(_("population au"), null=True, blank=True)

    time_zone = models.CharField(
        _("fuseau horaire"), max_length=50, default="Europe/Paris", validators=[validate_time_zone]
    )
    holiday_region = models.CharField(
        _("jours fériés"), max_length=3, blank=True, default="", choices=list(REGIONS.items())
    )
    language = models.CharField(
        _("langue du dossier"), max_length=5, default="fr", choices=[("fr", _("français"))]
    )
    accent_colour = models.CharField(
        _("couleur d’accent"),
        max_length=7,
        default="#1f4e79",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Écrivez la couleur sous la forme #1f4e79."))],
    )
    logo = models.ImageField(_("logo"), upload_to="logos", blank=True)
    is_fictitious = models.BooleanField(_("candidature fictive"), default=False)

    history = HistoricalRecords()
    objects = CandidacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        constraints = [
            models.CheckConstraint(
                name="candidacy_population_has_source",
                condition=Q(population__isnull=True)
                | (~Q(population_source="") & Q(population_on__isnull=False)),
                violation_error_message=_("Une population s’indique avec sa source et sa date."),
            ),
            models.CheckConstraint(
                name="candidacy_title_year_plausible",
                condition=Q(title_year__gte=1985, title_year__lte=2100),
                violation_error_message=_("L’année du titre doit être comprise entre 1985 et 2100."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Territory(PublicIdModel):
    """A commune or a grouping that the bid associates, with the populations it was counted by."""

    class Role(models.TextChoices):
        BEARER = "bearer", _("territoire candidat")
        ASSOCIATED = "associated", _("territoire associé")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="territories")
    name = models.CharField(_("nom"), max_length=120)
    insee_code = models.CharField(
        _("code INSEE"),
        max_length=5,
        validators=[RegexValidator(r"^[0-9][0-9AB][0-9]{3}$", _("Un code INSEE compte cinq caractères."))],
    )
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, validators=[validate_siren])
    role = models.CharField(_("rôle"), max_length=10, choices=Role, default=Role.ASSOCIATED)
    population_municipal = models.PositiveIntegerField(_("population municipale"), null=True, blank=True)
    population_total = models.PositiveIntegerField(_("population totale"), null=True, blank=True)
    population_source = models.CharField(_("source"), max_length=200, blank=True)
    population_on = models.DateField(_("population au"), null=True, blank=True)

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        constraints = [
            models.UniqueConstraint(
                name="territory_once",
                fields=["candidacy", "insee_code"],
                violation_error_message=_("Ce territoire est déjà dans la liste."),
            ),
            models.CheckConstraint(
                name="territory_population_has_source",
                condition=Q(population_municipal__isnull=True, population_total__isnull=True)
                | (~Q(population_source="") & Q(population_on__isnull=False)),
                violation_error_message=_("Une population s’indique avec sa source et sa date."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Call(TimestampedModel):
    """The rules a candidacy bids under: its own copy of a call template, at the template's version."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.CASCADE, related_name="call")
    template_key = models.CharField(_("modèle d’appel"), max_length=60)
    template_version = models.PositiveSmallIntegerField(_("version du modèle"))
    name = models.CharField(_("nom"), max_length=200)
    authority = models.CharField(_("autorité"), max_length=200, blank=True)
    description = models.TextField(_("présentation"), blank=True)
    source = models.TextField(_("sources"), blank=True)
    population_min = models.PositiveIntegerField(_("population minimale"), null=True, blank=True)
    population_max = models.PositiveIntegerField(_("population maximale"), null=True, blank=True)
    population_kind = models.CharField(
        _("population considérée"), max_length=10, choices=PopulationKind, default=PopulationKind.MUNICIPAL
    )
    is_population_kind_confirmed = models.BooleanField(_("population considérée confirmée"), default=False)
    prize_amount = models.DecimalField(_("dotation"), max_digits=14, decimal_places=2, null=True, blank=True)
    page_limit = models.PositiveSmallIntegerField(_("nombre maximal de pages"), null=True, blank=True)

    class Meta:
        verbose_name = _("appel")
        verbose_name_plural = _("appels")
        constraints = [
            models.CheckConstraint(
                name="call_population_range",
                condition=Q(population_min__isnull=True)
                | Q(population_max__isnull=True)
                | Q(population_min__lte=models.F("population_max")),
                violation_error_message=_("La population minimale dépasse la population maximale."),
            ),
            models.CheckConstraint(
                name="call_page_limit_positive",
                condition=Q(page_limit__isnull=True) | Q(page_limit__gt=0),
                violation_error_message=_("Une limite doit être positive."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Criterion(PublicIdModel):
    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="criteria")
    code = models.CharField(_("numéro"), max_length=10)
    position = models.PositiveSmallIntegerField(_("rang"))
    title = models.CharField(_("intitulé"), max_length=200)
    is_official = models.BooleanField(_("intitulé officiel"), default=False)
    prompts = models.JSONField(_("invites de travail"), default=list, blank=True)

    class Meta:
        verbose_name = _("critère")
        verbose_name_plural = _("critères")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="criterion_code_once", fields=["candidacy", "code"])]

    def __str__(self) -> str:
        return f"{self.code}. {self.title}"


class Phase(PublicIdModel):
    """A step of the call, with the date that was announced and the one that came true."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="phases")
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    name = models.CharField(_("nom"), max_length=200)
    planned_on = models.DateField(_("date prévue"), null=True, blank=True)
    planned_label = models.CharField(_("date prévue, en clair"), max_length=80, blank=True)
    actual_on = models.DateField(_("date réelle"), null=True, blank=True)

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="phase_key_once", fields=["candidacy", "key"])]

    def __str__(self) -> str:
        return self.name


class Piece(PublicIdModel):
    """A document that the call wants beside the dossier."""

    class Status(models.TextChoices):
        MISSING = "missing", _("à réunir")
        IN_PROGRESS = "in_progress", _("en cours")
        READY = "ready", _("prête")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="pieces")
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    name = models.CharField(_("nom"), max_length=200)
    description = models.TextField(_("précision"), blank=True)
    phase = models.ForeignKey(Phase, on_delete=models.SET_NULL, null=True, blank=True, related_name="pieces")
    is_required = models.BooleanField(_("obligatoire"), default=True)
    is_confirmed = models.BooleanField(_("exigence confirmée"), default=False)
    status = models.CharField(_("état"), max_length=12, choices=Status, default=Status.MISSING)

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(name="piece_key_once", fields=["candidacy", "key"])]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_usual_order(self) -> "MembershipQuerySet":
        """Put leads first, then the team, partners, elected officials and observers, each by name."""
        rank = models.Case(
            *(models.When(role=role, then=place) for place, role in enumerate(Membership.Role.values))
        )
        return self.order_by(rank, "user__last_name", "user__first_name", "pk")


class Membership(PublicIdModel, TimestampedModel):
    """The role of one person in one candidacy."""

    class Role(models.TextChoices):
        LEAD = "lead", _("chef·fe de projet")
        TEAM = "team", _("équipe")
        PARTNER = "partner", _("partenaire")
        ELECTED = "elected", _("élu·e")
        OBSERVER = "observer", _("observateur")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=10, choices=Role)
    can_read_funding = models.BooleanField(
        _("peut lire la synthèse du plan de financement"),
        default=False,
        help_text=_("Pour un observateur : services de l’État, financeurs."),
    )
    last_seen_at = models.DateTimeField(_("dernière visite"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["last_seen_at"])
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre")
        verbose_name_plural = _("membres")
        constraints = [
            models.UniqueConstraint(
                name="membership_once",
                fields=["candidacy", "user"],
                violation_error_message=_("Cette personne est déjà membre de la candidature."),
            ),
            models.CheckConstraint(
                name="membership_funding_grant_is_for_observers",
                condition=Q(can_read_funding=False) | Q(role="observer"),
                violation_error_message=_("Seul un observateur reçoit ce droit séparément."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"
