"""Personal links to one edition for people without an account, and what came of them."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Membership
from core.models import PublicIdModel
from dossier.models.editions import Edition, EditionFile, Kept, KeptQuerySet

MAX_REMARK = 4000


class ReadingLinkQuerySet(models.QuerySet["ReadingLink"]):
    def visible_to(self, user: User) -> "ReadingLinkQuerySet":
        """Who reads what, and when, is known to the leads alone."""
        leads = Membership.objects.filter(
            candidacy=OuterRef("edition__candidacy"), user=user, role=Membership.Role.LEAD
        )
        return self.filter(Exists(leads))

    def live(self, now: datetime) -> "ReadingLinkQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)

    def with_readings(self) -> "ReadingLinkQuerySet":
        """Count on each link what a person did with it: what programs fetched is no reading."""
        remarks = (
            ReaderRemark.objects.filter(link=OuterRef("pk"))
            .order_by()
            .values("link")
            .annotate(count=Count("pk"))
            .values("count")
        )
        opened = Q(openings__kind=ReadingLinkOpening.Kind.OPENED)
        return self.annotate(
            approved_at=F("approval__approved_at"),
            opened_count=Count("openings", filter=opened),
            last_opened_at=Max("openings__at", filter=opened),
            remark_count=Coalesce(Subquery(remarks, output_field=IntegerField()), 0),
        )


class ReadingLink(PublicIdModel):
    """One reader let into one version of an edition by an address that nobody guesses.

    Of that address the digest is kept. Where it leaves by mail, `nonce` lets the one who holds the secret key of the
    installation make it again at the moment of sending, and it alone is of no use to anybody.
    """

    class State(models.TextChoices):
        LIVE = "live", _("ouvert")
        EXPIRED = "expired", _("échu")
        REVOKED = "revoked", _("révoqué")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="reading_links")
    variant = models.CharField(_("version"), max_length=10, choices=EditionFile.Variant)
    reader_name = models.CharField(_("nom"), max_length=120)
    email = models.EmailField(_("adresse électronique"), blank=True)
    token_sha256 = models.CharField(
        _("empreinte de l’adresse secrète"), max_length=64, unique=True, editable=False
    )
    nonce = models.CharField(_("aléa"), max_length=64, blank=True, editable=False)
    is_watermarked = models.BooleanField(_("PDF au nom de la personne"), default=True)
    may_comment = models.BooleanField(_("remarques au chef ou à la cheffe de projet"), default=True)
    may_approve = models.BooleanField(_("approbation"), default=False)
    expires_at = models.DateTimeField(_("échéance"))
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("créé par")
    )
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("révoqué par"),
    )

    objects = ReadingLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lien de lecture")
        verbose_name_plural = _("liens de lecture")
        constraints = [
            models.CheckConstraint(
                name="readinglink_named",
                condition=~Q(reader_name="") & ~Q(token_sha256=""),
                violation_error_message=_("Un lien de lecture porte le nom de son lecteur."),
            ),
            models.CheckConstraint(
                name="readinglink_version_for_readers", condition=~Q(variant=EditionFile.Variant.ARCHIVE)
            ),
        ]
        indexes = [models.Index(name="readinglink_by_edition", fields=["edition", "reader_name"])]

    def __str__(self) -> str:
        return f"{self.reader_name} – {self.edition}"

    @property
    def state(self) -> "ReadingLink.State":
        if self.revoked_at is not None:
            return self.State.REVOKED
        return self.State.LIVE if timezone.now() < self.expires_at else self.State.EXPIRED

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE


class ReadingLinkOpeningQuerySet(models.QuerySet["ReadingLinkOpening"]):
    def newest_first(self) -> "ReadingLinkOpeningQuerySet":
        return self.order_by("-at", "-pk")

    def outlived(self, now: datetime) -> "ReadingLinkOpeningQuerySet":
        return self.filter(at__lt=now - ReadingLinkOpening.KEPT)


class ReadingLinkOpening(models.Model):
    """One line of the log of a link: what was asked for, when, and by what sort of device. No address is kept."""

    #: After this the line is deleted; the remarks and the approval stay.
    KEPT = timedelta(days=365)

    class Kind(models.TextChoices):
        FETCHED = "fetched", _("page demandée, peut-être par un logiciel")
        OPENED = "opened", _("dossier ouvert")
        DOWNLOADED = "downloaded", _("PDF téléchargé")

    class Device(models.TextChoices):
        TABLET = "tablet", _("tablette")
        PHONE = "phone", _("téléphone")
        COMPUTER = "computer", _("ordinateur")
        PROGRAM = "program", _("logiciel")

    link = models.ForeignKey(ReadingLink, on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField(_("date"), default=timezone.now)
    kind = models.CharField(_("nature"), max_length=10, choices=Kind)
    device = models.CharField(_("appareil"), max_length=10, choices=Device)

    objects = ReadingLinkOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("ouverture d’un lien de lecture")
        verbose_name_plural = _("ouvertures de liens de lecture")
        indexes = [
            models.Index(name="readinglinkopening_of_link", fields=["link", "-at"]),
            models.Index(name="readinglinkopening_by_age", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.link} – {self.get_kind_display()}"


class MarkedCopyQuerySet(models.QuerySet["MarkedCopy"]):
    def visible_to(self, user: User) -> "MarkedCopyQuerySet":
        """Whoever may read a version knows a copy of it. Whose copy it is can be told where the link is visible."""
        files = EditionFile.objects.visible_to(user).filter(
            edition=OuterRef("link__edition"), variant=OuterRef("link__variant")
        )
        return self.filter(Exists(files))


class MarkedCopy(models.Model):
    """A file that a link handed out with its reader's name on each page, known again by the digest of its bytes."""

    link = models.ForeignKey(ReadingLink, on_delete=models.CASCADE, related_name="copies")
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    handed_at = models.DateTimeField(_("remis le"), default=timezone.now)

    objects = MarkedCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("exemplaire de lecture")
        verbose_name_plural = _("exemplaires de lecture")
        constraints = [
            models.UniqueConstraint(name="markedcopy_once_a_link", fields=["link", "sha256"]),
            models.CheckConstraint(name="markedcopy_has_digest", condition=~Q(sha256="")),
        ]
        indexes = [models.Index(name="markedcopy_by_digest", fields=["sha256"])]

    def __str__(self) -> str:
        return f"{self.link} – {self.handed_at:%Y-%m-%d}"


class ReaderRemarkQuerySet(KeptQuerySet):
    def in_order(self) -> "QuerySet[ReaderRemark]":
        return self.order_by("written_at", "pk")


class ReaderRemark(Kept, PublicIdModel):
    """What a reader wrote to the leads about the edition, as they wrote it."""

    link = models.ForeignKey(ReadingLink, on_delete=models.PROTECT, related_name="remarks")
    place = models.CharField(_("passage"), max_length=250, blank=True)
    page = models.PositiveSmallIntegerField(_("page du PDF"), null=True, blank=True)
    body = models.TextField(_("remarque"), max_length=MAX_REMARK)
    written_at = models.DateTimeField(_("écrite le"), default=timezone.now)

    objects = ReaderRemarkQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("remarque de lecture")
        verbose_name_plural = _("remarques de lecture")
        constraints = [
            models.CheckConstraint(
                name="readerremark_has_text",
                condition=~Q(body=""),
                violation_error_message=_("Écrivez votre remarque."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link} – {self.written_at:%Y-%m-%d}"


class ReaderApproval(Kept):
    """The approval of an edition by one reader, once: who, when, and of which content."""

    link = models.OneToOneField(ReadingLink, on_delete=models.PROTECT, related_name="approval")
    reader_name = models.CharField(_("nom"), max_length=120)
    content_digest = models.CharField(_("empreinte du contenu"), max_length=64)
    approved_at = models.DateTimeField(_("approuvée le"), default=timezone.now)

    objects = KeptQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("approbation d’une édition")
        verbose_name_plural = _("approbations d’éditions")
        constraints = [
            models.CheckConstraint(
                name="readerapproval_of_a_content",
                condition=~Q(content_digest="") & ~Q(reader_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader_name} – {self.link.edition}"
