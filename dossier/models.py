from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Candidacy, Criterion, Membership
from candidacy.permissions import STAFF
from core.models import PublicIdModel, TimestampedModel
from core.richtext import RichTextField, to_plain_text
from partners.models import Contact, Organisation, organisations_of


class PictureQuerySet(models.QuerySet["Picture"]):
    def visible_to(self, user: User) -> "PictureQuerySet":
        """Lead and team see every picture, a partner those of the sections asked of their organisation."""
        prepares = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=STAFF)
        shown = Section.pictures.through.objects.filter(
            picture=OuterRef("pk"), section__organisation__in=organisations_of(user)
        )
        return self.filter(Exists(prepares) | Exists(shown))


class Picture(PublicIdModel, TimestampedModel):
    """A picture of the dossier, turned, stripped and scaled once when it came in."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="pictures")
    key = models.SlugField(_("clé"), max_length=60)
    file = models.ImageField(_("fichier"), upload_to="pictures", width_field="width", height_field="height")
    width = models.PositiveIntegerField(_("largeur"), editable=False)
    height = models.PositiveIntegerField(_("hauteur"), editable=False)
    digest = models.CharField(_("empreinte SHA-256"), max_length=64, editable=False)
    alternative_text = models.TextField(_("texte alternatif"), blank=True)
    is_decorative = models.BooleanField(_("image décorative"), default=False)
    caption = models.CharField(_("légende"), max_length=300, blank=True)
    credit = models.CharField(_("crédit"), max_length=200)
    rights = models.CharField(_("droits"), max_length=200, blank=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [
            models.UniqueConstraint(name="picture_key_once", fields=["candidacy", "key"]),
            models.CheckConstraint(
                name="picture_described_or_decorative",
                condition=~Q(alternative_text="") | Q(is_decorative=True),
                violation_error_message=_("Décrivez l’image, ou déclarez-la décorative."),
            ),
        ]

    def __str__(self) -> str:
        return self.caption or self.key


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, user: User) -> "SectionQuerySet":
        """Lead and team see the whole outline, a partner what is asked of their organisation."""
        prepares = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=STAFF)
        return self.filter(Exists(prepares) | Q(organisation__in=organisations_of(user)))

    def in_outline_order(self) -> "SectionQuerySet":
        """Order parents before their children, as the numbers run; the outline is two levels deep."""
        return self.select_related("parent").order_by(
            Coalesce("parent__position", "position"),
            Coalesce("parent_id", "id"),
            F("parent_id").asc(nulls_first=True),
            "position",
            "pk",
        )

    def late(self, today: date) -> "SectionQuerySet":
        return self.filter(due_on__lt=today).exclude(status=Section.Status.VALIDATED)

    def without_text(self) -> "SectionQuerySet":
        """Leave the long texts in the database: lists show titles, counts and contracts."""
        return self.defer("body", "brief", "parent__body", "parent__brief")


class Section(PublicIdModel, TimestampedModel):
    """One section of the dossier, and its contract: who writes what, how long, by when."""

    class Kind(models.TextChoices):
        """What is printed after the section's own text: nothing, or a chapter made of live data."""

        TEXT = "text", _("texte")
        FUNDING_PLAN = "funding_plan", _("plan de financement")
        PARTNERS = "partners", _("partenaires")
        GOVERNANCE = "governance", _("gouvernance")
        CALENDAR = "calendar", _("calendrier")

    class Status(models.TextChoices):
        ORDERED = "ordered", _("commandée")
        WRITING = "writing", _("en rédaction")
        IN_REVIEW = "in_review", _("en relecture")
        VALIDATED = "validated", _("validée")

    class LimitUnit(models.TextChoices):
        WORDS = "words", _("mots")
        CHARACTERS = "characters", _("signes")
        PAGES = "pages", _("pages")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="sections")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("partie"),
    )
    key = models.SlugField(_("clé"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("nature"), max_length=15, choices=Kind, default=Kind.TEXT)
    title = models.CharField(_("titre"), max_length=200)
    brief = models.TextField(_("consigne"), blank=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.ORDERED)
    status_note = models.CharField(_("mot joint au changement d’état"), max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("structure responsable"),
    )
    writer = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("personne responsable"),
    )
    due_on = models.DateField(_("échéance"), null=True, blank=True)
    limit_value = models.PositiveIntegerField(_("limite"), null=True, blank=True)
    limit_unit = models.CharField(_("unité"), max_length=10, choices=LimitUnit, default=LimitUnit.WORDS)
    criteria = models.ManyToManyField(
        Criterion, blank=True, related_name="sections", verbose_name=_("critères")
    )

    body: "models.TextField[str, str]" = RichTextField(_("texte"), blank=True)
    pictures = models.ManyToManyField(
        Picture, blank=True, editable=False, related_name="sections", verbose_name=_("images du texte")
    )
    word_count = models.PositiveIntegerField(_("mots"), default=0, editable=False)
    character_count = models.PositiveIntegerField(_("signes"), default=0, editable=False)
    revision = models.PositiveIntegerField(_("révision"), default=0, editable=False)

    history = HistoricalRecords(excluded_fields=["body", "word_count", "character_count"])
    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.UniqueConstraint(name="section_key_once", fields=["candidacy", "key"]),
            models.CheckConstraint(
                name="section_limit_positive",
                condition=Q(limit_value__isnull=True) | Q(limit_value__gt=0),
                violation_error_message=_("Une limite doit être positive."),
            ),
            models.CheckConstraint(
                name="section_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                violation_error_message=_("Une section ne peut se contenir elle-même."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        """Whether nobody may write in it any more, short of sending it back first."""
        return self.status == self.Status.VALIDATED

    def is_late(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today and not self.is_closed

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the two counts true to the text whenever the text is written."""
        update_fields = kwargs.get("update_fields")
        if update_fields is None or "body" in update_fields:
            words = unescape(to_plain_text(self.body)).split()
            # A colon or a guillemet stands alone between its spaces, as French wants it, and is no word.
            self.word_count = sum(any(map(str.isalnum, word)) for word in words)
            self.character_count = len(" ".join(words))
            if update_fields is not None:
                kwargs["update_fields"] = {*update_fields, "word_count", "character_count"}
        super().save(*args, **kwargs)


class SectionRevisionQuerySet(models.QuerySet["SectionRevision"]):
    def visible_to(self, user: User) -> "SectionRevisionQuerySet":
        """Lead and team read every revision; a partner the current text, and what was saved in their hands.

        What others wrote before the section was asked of the organisation of ``user`` stays theirs.
        """
        prepares = Membership.objects.filter(
            candidacy=OuterRef("section__candidacy"), user=user, role__in=STAFF
        )
        states = Section.history.filter(id=OuterRef("section"))
        elsewhere = states.exclude(organisation=OuterRef("section__organisation"))
        back = states.filter(
            organisation=OuterRef("section__organisation"),
            history_date__gt=OuterRef("left_others_after"),
            history_date__lte=OuterRef("saved_at"),
        )
        revisions = self.alias(
            left_others_after=Subquery(elsewhere.order_by("-history_date").values("history_date")[:1])
        )
        in_their_hands = Q(left_others_after__isnull=True) | Exists(back)
        return revisions.filter(
            Exists(prepares)
            | (
                Q(section__organisation__in=organisations_of(user))
                & (in_their_hands | Q(number=F("section__revision")))
            )
        )


class SectionRevision(models.Model):
    """The text of a section as one person saved it. Rows are added, never changed."""

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("révision"))
    body: "models.TextField[str, str]" = RichTextField(_("texte"), blank=True)
    saved_at = models.DateTimeField(_("enregistrée le"), default=timezone.now)
    saved_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )

    objects = SectionRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("révision")
        verbose_name_plural = _("révisions")
        constraints = [
            models.UniqueConstraint(name="sectionrevision_number_once", fields=["section", "number"])
        ]

    def __str__(self) -> str:
        return f"{self.section} – {self.number}"


class DossierExportQuerySet(models.QuerySet["DossierExport"]):
    def visible_to(self, user: User) -> "DossierExportQuerySet":
        """Lead and team see every export; elected officials and observers those that were published."""
        prepares = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=STAFF)
        reads = Membership.objects.filter(
            candidacy=OuterRef("candidacy"),
            user=user,
            role__in=[Membership.Role.ELECTED, Membership.Role.OBSERVER],
        )
        return self.filter(Exists(prepares) | (Q(published_at__isnull=False) & Exists(reads)))

    def published(self) -> "DossierExportQuerySet":
        return self.filter(published_at__isnull=False).order_by("-published_at")

    def unfinished(self) -> "DossierExportQuerySet":
        return self.filter(status__in=[DossierExport.Status.QUEUED, DossierExport.Status.RUNNING])

    def without_sign_of_life(self, now: datetime, *, silence: timedelta) -> "DossierExportQuerySet":
        """Keep the unfinished exports that no worker has spoken of for ``silence``."""
        return self.unfinished().filter(Q(alive_at__lt=now - silence))

    def newest_first(self) -> "DossierExportQuerySet":
        return self.order_by("-created_at", "-pk")


class DossierExport(PublicIdModel, TimestampedModel):
    """One printing of the dossier: its progress while it runs, its file and digest once it is done.

    ``attempt`` grows each time a worker takes it up: what a worker given up for dead still writes is recognised by
    its older number and refused.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        FAILED = "failed", _("échec")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="exports")
    requested_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandé par"),
    )
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.QUEUED)
    stage = models.CharField(_("étape"), max_length=120, blank=True)
    progress = models.PositiveSmallIntegerField(_("avancement"), default=0)
    attempt = models.PositiveSmallIntegerField(_("essai"), default=0, editable=False)
    alive_at = models.DateTimeField(_("dernier signe de vie"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("commencé le"), null=True, blank=True)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    file = models.FileField(_("fichier"), upload_to="exports", blank=True)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    byte_count = models.PositiveIntegerField(_("taille en octets"), default=0)
    page_count = models.PositiveSmallIntegerField(_("pages"), default=0)
    notices = models.JSONField(_("avertissements"), default=list, blank=True)
    error = models.TextField(_("cause de l’échec"), blank=True)
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("publié par")
    )

    objects = DossierExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export du dossier")
        verbose_name_plural = _("exports du dossier")
        constraints = [
            models.UniqueConstraint(
                name="dossierexport_one_at_a_time",
                fields=["candidacy"],
                condition=Q(status__in=["queued", "running"]),
                violation_error_message=_("Un export est déjà en cours."),
            ),
            models.CheckConstraint(
                name="dossierexport_done_has_file",
                condition=~Q(status="done") | (~Q(file="") & ~Q(sha256="")),
            ),
            models.CheckConstraint(
                name="dossierexport_published_is_done",
                condition=Q(published_at__isnull=True) | Q(status="done"),
                violation_error_message=_("Seul un export terminé peut être publié."),
            ),
            models.CheckConstraint(name="dossierexport_progress_range", condition=Q(progress__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} – {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_unfinished(self) -> bool:
        return self.status in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def is_done(self) -> bool:
        return self.status == self.Status.DONE

    @property
    def is_published(self) -> bool:
        return self.published_at is not None
