from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy, Membership
from candidacy.permissions import STAFF
from committees.models import Meeting
from core.errors import DomainError
from core.models import PublicIdModel

#: What may still change before the deposit: where the edition stands. The frozen content never does.
STATE_FIELDS = frozenset({"status", "meeting", "submitted_at", "deposited_at", "deposited_by"})
READERS = (Membership.Role.ELECTED, Membership.Role.OBSERVER)


def _refuse_to_alter() -> NoReturn:
    raise DomainError(_t("Ce qui est figé dans une édition ne se modifie plus."))


def _refuse_to_delete() -> NoReturn:
    raise DomainError(_t("Une édition ne se supprime pas : son numéro resterait sans elle."))


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: User) -> "EditionQuerySet":
        """Lead and team see every edition; elected officials and observers those that are published."""
        prepares = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=STAFF)
        reads = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user, role__in=READERS)
        published = EditionPublication.objects.open().filter(edition=OuterRef("pk"))
        return self.filter(Exists(prepares) | (Exists(published) & Exists(reads)))

    def newest_first(self) -> "EditionQuerySet":
        return self.order_by("-number")

    def without_snapshot(self) -> "EditionQuerySet":
        """Leave the frozen content in the database: lists show numbers and dates."""
        return self.defer("snapshot")

    def update(self, **values: Any) -> int:
        if not STATE_FIELDS.issuperset(values) or self.filter(status=Edition.Status.DEPOSITED).exists():
            _refuse_to_alter()
        return super().update(**values)

    def bulk_create(self, *args: Any, **options: Any) -> list["Edition"]:
        if options.get("update_conflicts"):
            _refuse_to_alter()
        return super().bulk_create(*args, **options)

    def delete(self) -> NoReturn:
        _refuse_to_delete()

    def _raw_delete(self, using: str | None) -> NoReturn:
        _refuse_to_delete()


class Edition(PublicIdModel):
    """A frozen, numbered state of the dossier: its content by value, under the digest of that content.

    Once deposited, nothing about it changes; who may read it is said by `EditionPublication`.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("projet à relire")
        SUBMITTED = "submitted", _("soumise")
        DEPOSITED = "deposited", _("déposée")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("numéro"))
    label = models.CharField(_("libellé"), max_length=120)
    note = models.TextField(_("note"), blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("auteur·ice"))
    frozen_at = models.DateTimeField(_("figée le"), default=timezone.now)
    #: Canonical JSON: text, so that no database writes it otherwise than it was digested.
    snapshot = models.TextField(_("contenu figé"), editable=False)
    content_digest = models.CharField(_("empreinte du contenu"), max_length=64, editable=False)
    day = models.DateField(_("jour du dossier"), editable=False)
    changed_at = models.DateTimeField(_("dernière modification relevée"), editable=False)

    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.DRAFT)
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="editions",
        verbose_name=_("réunion"),
    )
    submitted_at = models.DateTimeField(_("soumise le"), null=True, blank=True)
    deposited_at = models.DateTimeField(_("déposée le"), null=True, blank=True)
    deposited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("déposée par")
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("édition")
        verbose_name_plural = _("éditions")
        constraints = [
            models.UniqueConstraint(name="edition_number_once", fields=["candidacy", "number"]),
            models.CheckConstraint(name="edition_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="edition_label_present",
                condition=~Q(label=""),
                violation_error_message=_("Une édition a un libellé."),
            ),
            models.CheckConstraint(
                name="edition_submitted_to_a_meeting",
                condition=Q(meeting__isnull=False, submitted_at__isnull=False)
                | Q(meeting__isnull=True, submitted_at__isnull=True) & ~Q(status="submitted"),
            ),
            models.CheckConstraint(
                name="edition_deposited_by_somebody",
                condition=Q(status="deposited", deposited_at__isnull=False, deposited_by__isnull=False)
                | ~Q(status="deposited") & Q(deposited_at__isnull=True, deposited_by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return _t("Édition %(number)d – %(label)s") % {"number": self.number, "label": self.label}

    @property
    def is_deposited(self) -> bool:
        return self.status == self.Status.DEPOSITED

    def save(self, *args: Any, **kwargs: Any) -> None:
        stored = Edition.objects.filter(pk=self.pk).values_list("status", flat=True).first()
        if stored is not None and (
            stored == self.Status.DEPOSITED
            or not STATE_FIELDS.issuperset(kwargs.get("update_fields") or {""})
        ):
            _refuse_to_alter()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse_to_delete()


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that are added, and never changed nor removed."""

    def update(self, **values: Any) -> NoReturn:
        _refuse_to_alter()

    def bulk_create(self, *args: Any, **options: Any) -> list[Any]:
        if options.get("update_conflicts"):
            _refuse_to_alter()
        return super().bulk_create(*args, **options)

    def delete(self) -> NoReturn:
        _refuse_to_delete()

    def _raw_delete(self, using: str | None) -> NoReturn:
        _refuse_to_delete()


class Kept(models.Model):
    """A row that is added, and never changed nor removed."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_stored:
            _refuse_to_alter()
        # What has a key already must not reach an existing row by another door.
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse_to_delete()

    @property
    def is_stored(self) -> bool:
        return not self._state.adding


class KeptFile(FieldFile):
    """The stored bytes of a kept row: written once, read ever after."""

    instance: Kept

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.instance.is_stored:
            _refuse_to_alter()
        super().save(*args, **kwargs)

    def open(self, mode: str | None = "rb", *args: Any, **kwargs: Any) -> Self:
        if mode != "rb":
            _refuse_to_alter()
        return super().open(mode, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse_to_delete()


class KeptFileField(models.FileField):
    attr_class = KeptFile

    def deconstruct(self) -> Any:
        """Migrate as the plain field: the database holds a name and no more."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.FileField", args, kwargs


class EditionFileQuerySet(KeptQuerySet):
    def visible_to(self, user: User) -> "EditionFileQuerySet":
        """Lead and team see every file; elected officials and observers the one that was published."""
        prepares = Membership.objects.filter(
            candidacy=OuterRef("edition__candidacy"), user=user, role__in=STAFF
        )
        reads = Membership.objects.filter(
            candidacy=OuterRef("edition__candidacy"), user=user, role__in=READERS
        )
        published = EditionPublication.objects.open().filter(file=OuterRef("pk"))
        return self.filter(Exists(prepares) | (Exists(published) & Exists(reads)))


class EditionFile(Kept):
    """One version of an edition, printed once."""

    class Variant(models.TextChoices):
        FULL = "full", _("version complète")
        PUBLIC = "public", _("version publique")
        ARCHIVE = "archive", _("version d’archive (PDF/A-3)")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="files")
    variant = models.CharField(_("version"), max_length=10, choices=Variant)
    file = KeptFileField(_("fichier"), upload_to="editions")
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    byte_count = models.PositiveIntegerField(_("taille en octets"))
    page_count = models.PositiveSmallIntegerField(_("pages"))
    #: What the press had to say: the part, a code and a sentence each.
    notices = models.JSONField(_("avertissements"), default=list, blank=True)
    #: Where each section begins, in pages from the first one, with the share of the page above it.
    places = models.JSONField(_("places des sections"), default=dict, blank=True)
    printed_at = models.DateTimeField(_("imprimée le"), default=timezone.now)

    objects = EditionFileQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("fichier d’édition")
        verbose_name_plural = _("fichiers d’édition")
        constraints = [
            models.UniqueConstraint(name="editionfile_variant_once", fields=["edition", "variant"]),
            models.CheckConstraint(
                name="editionfile_has_content", condition=~Q(file="") & ~Q(sha256="") & Q(page_count__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} – {self.get_variant_display()}"


class EditionPublicationQuerySet(models.QuerySet["EditionPublication"]):
    def open(self) -> "EditionPublicationQuerySet":
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> "EditionPublicationQuerySet":
        """Return what ``user`` may read as one of the readers, or as one of those who prepare."""
        members = Membership.objects.filter(
            candidacy=OuterRef("edition__candidacy"), user=user, role__in=[*STAFF, *READERS]
        )
        return self.filter(Exists(members))

    def newest_first(self) -> "EditionPublicationQuerySet":
        return self.order_by("-published_at", "-pk")


class EditionPublication(models.Model):
    """One file of an edition shown to elected officials and observers, until it is withdrawn."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="publications")
    file = models.ForeignKey(EditionFile, on_delete=models.PROTECT, related_name="publications")
    published_at = models.DateTimeField(_("publiée le"), default=timezone.now)
    published_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("publiée par")
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retirée par"),
    )

    objects = EditionPublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication d’édition")
        verbose_name_plural = _("publications d’éditions")
        constraints = [
            models.UniqueConstraint(
                name="editionpublication_one_open",
                fields=["edition"],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message=_("Cette édition est déjà publiée."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} – {self.published_at:%Y-%m-%d}"


class DepositOverride(Kept):
    """A condition of the deposit that was not met and was passed over, with the reason that was given."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="overrides")
    condition = models.CharField(_("condition"), max_length=40)
    finding = models.TextField(_("constat"))
    reason = models.CharField(_("raison"), max_length=500)
    decided_at = models.DateTimeField(_("décidé le"), default=timezone.now)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("décidé par")
    )

    objects = KeptQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("condition de dépôt passée outre")
        verbose_name_plural = _("conditions de dépôt passées outre")
        constraints = [
            models.UniqueConstraint(name="depositoverride_condition_once", fields=["edition", "condition"]),
            models.CheckConstraint(
                name="depositoverride_has_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Dites pourquoi."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} – {self.condition}"
