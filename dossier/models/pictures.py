from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Candidacy
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel
from partners.models import Contact, organisations_of


class PictureQuerySet(models.QuerySet["Picture"]):
    def visible_to(self, user: User) -> "PictureQuerySet":
        """Lead and team see every picture, a partner those of the sections asked of their organisation.

        Of a section are the pictures that its text shows and those that were uploaded for it. A reviewer sees those
        of what is handed in for their review.
        """
        shown = Picture.sections.through.objects.filter(
            picture=OuterRef("pk"),
            section__retired_at__isnull=True,
            section__organisation__in=organisations_of(user),
        )
        uploaded = Q(
            uploaded_for__retired_at__isnull=True, uploaded_for__organisation__in=organisations_of(user)
        )
        reviewed = Picture.sections.through.objects.filter(
            picture=OuterRef("pk"),
            section__retired_at__isnull=True,
            section__in=Contact.objects.filter(user=user).values("reviews__section"),
            section__status__in=["in_review", "validated", "frozen"],
        )
        return self.filter(
            Q(candidacy__in=candidacies_of(user, STAFF)) | Exists(shown) | uploaded | Exists(reviewed)
        )


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
    uploaded_for = models.ForeignKey(
        "dossier.Section",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="uploaded_pictures",
        verbose_name=_("déposée pour la section"),
    )

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
