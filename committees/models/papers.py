"""What comes with an item of an agenda: its papers, and what it is about elsewhere in the candidacy."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from candidacy.models import Membership
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from committees.models.meeting import AgendaItem, Invitation
from core.models import PublicIdModel, TimestampedModel


class AgendaPaperQuerySet(models.QuerySet["AgendaPaper"]):
    def visible_to(self, user: User) -> "AgendaPaperQuerySet":
        """Lead and team see every paper; whoever is called to the meeting those that are not kept from them."""
        called = Invitation.objects.filter(meeting=OuterRef("item__meeting"), contact__user=user)
        scope = "item__meeting__committee__candidacy__in"
        deciding = Q((scope, candidacies_of(user, GUESTS - {Membership.Role.OBSERVER}))) & Exists(
            called.filter(is_voting=True)
        )
        told = Q((scope, candidacies_of(user, GUESTS)), item__meeting__convened_at__isnull=False)
        shown = Q(is_confidential=False, item__is_confidential=False) | deciding
        return self.filter(Q((scope, candidacies_of(user, STAFF))) | (told & Exists(called) & shown))


def paper_path(paper: "AgendaPaper", filename: str) -> str:
    """Keep the file of each paper apart: the same document under two items is two files."""
    return f"papers/{paper.public_id}/{filename}"


class AgendaPaper(PublicIdModel, TimestampedModel):
    """One document to be read before an item is dealt with."""

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "Word"
        XLSX = "xlsx", "Excel"
        PPTX = "pptx", "PowerPoint"
        ODT = "odt", _("texte OpenDocument")
        ODS = "ods", _("tableur OpenDocument")
        ODP = "odp", _("présentation OpenDocument")

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="papers")
    position = models.PositiveSmallIntegerField(_("rang"))
    title = models.CharField(_("intitulé"), max_length=200)
    file = models.FileField(_("fichier"), upload_to=paper_path, max_length=200)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    size = models.PositiveIntegerField(_("taille (octets)"))
    sha256 = models.CharField(_("empreinte"), max_length=64, editable=False)
    is_confidential = models.BooleanField(
        _("pièce confidentielle"),
        default=False,
        help_text=_("Lue par l’équipe et les membres qui votent, même sous un point que tous lisent."),
    )
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)

    objects = AgendaPaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce")
        verbose_name_plural = _("pièces")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="agendapaper_once",
                fields=["item", "sha256"],
                violation_error_message=_("Ce document est déjà joint à ce point."),
            ),
            models.CheckConstraint(name="agendapaper_not_empty", condition=Q(size__gt=0)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def filename(self) -> str:
        """Name the file by its title, as whoever downloads it will look for it."""
        name = self.title.translate(_NO_PATH).strip(" .") or str(_("pièce"))
        return f"{name}.{self.format}"


#: What no file system takes in a name.
_NO_PATH = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))


class AgendaConcern(models.Model):
    """That an item is about something of another application; see `committees.concerns`."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="concerns")
    kind = models.CharField(_("nature"), max_length=20)
    target = models.UUIDField(_("objet concerné"))

    class Meta:
        verbose_name = _("objet d’un point")
        verbose_name_plural = _("objets des points")
        constraints = [
            models.UniqueConstraint(name="agendaconcern_once", fields=["item", "kind", "target"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
