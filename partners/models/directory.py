import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from stdnum.fr import siret

from accounts.models import User
from candidacy.models import Candidacy, Membership, Territory, validate_siren
from candidacy.permissions import STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel
from core.phones import readable_phone
from core.search import fold
from core.templatetags.formats import NBSP


def validate_siret(value: str) -> None:
    if not re.fullmatch(r"[0-9]{14}", value):
        raise ValidationError(_("Un numéro SIRET compte quatorze chiffres."), code="siret_length")
    if not siret.is_valid(value):
        raise ValidationError(
            _("Ce numéro SIRET n’existe pas : sa clé de contrôle est fausse. Relisez les chiffres."),
            code="siret_key",
        )


class SearchableModel(models.Model):
    """A row found again by the words of some of its fields, whatever their case and accents.

    ``search_text`` begins with what the row is called, so that it also sorts as a French index runs, on every
    database.
    """

    SEARCHED: ClassVar[tuple[str, ...]]

    search_text = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the words true to the fields whenever one of those is written."""
        update_fields = kwargs.get("update_fields")
        if update_fields is None or set(update_fields) & set(self.SEARCHED):
            self.search_text = fold(" / ".join(str(getattr(self, name)) for name in self.SEARCHED))
            if update_fields is not None:
                kwargs["update_fields"] = {*update_fields, "search_text"}
        super().save(*args, **kwargs)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: User) -> "OrganisationQuerySet":
        """Lead and team see every organisation, a partner their own, nobody else any."""
        return self.filter(Q(candidacy__in=candidacies_of(user, STAFF)) | Q(pk__in=organisations_of(user)))

    def engaged(self) -> "OrganisationQuerySet":
        return self.filter(stage__in=[Organisation.Stage.COMMITTED, Organisation.Stage.ACTIVE])

    def matching(self, words: str) -> "OrganisationQuerySet":
        """Keep the organisations that hold every one of ``words``, in their own fields or in one contact's."""
        rows = self
        for word in fold(words).split():
            in_contact = Contact.objects.filter(organisation=OuterRef("pk"), search_text__contains=word)
            rows = rows.filter(Q(search_text__contains=word) | Exists(in_contact))
        return rows

    def without_contact(self) -> "OrganisationQuerySet":
        return self.filter(~Exists(Contact.objects.filter(organisation=OuterRef("pk"))))

    def with_contact_count(self) -> "OrganisationQuerySet":
        contacts = Contact.objects.filter(organisation=OuterRef("pk")).order_by().values("organisation")
        count = contacts.annotate(count=models.Count("pk")).values("count")
        return self.annotate(contact_count=Coalesce(Subquery(count), 0))


class Organisation(PublicIdModel, TimestampedModel, SearchableModel):
    """A body that takes part in the bid, or may: the address book stays inside its candidacy."""

    SEARCHED = ("name", "short_name", "role", "discipline")

    class Kind(models.TextChoices):
        LOCAL_AUTHORITY = "local_authority", _("collectivité")
        STATE_SERVICE = "state_service", _("service de l’État")
        PUBLIC_BODY = "public_body", _("établissement public, opérateur")
        JOINT_BODY = "joint_body", _("syndicat mixte, pôle métropolitain, GECT")
        CULTURAL_VENUE = "cultural_venue", _("équipement culturel")
        ASSOCIATION = "association", _("association")
        COLLECTIVE = "collective", _("collectif d’artistes")
        COMPANY = "company", _("entreprise")
        FOUNDATION = "foundation", _("fondation, fonds de dotation")
        CHAMBER = "chamber", _("chambre consulaire")
        EDUCATION = "education", _("université, école")
        SCHOOL = "school", _("établissement scolaire")
        SOCIAL_HEALTH = "social_health", _("structure sociale ou de santé")
        TOURISM = "tourism", _("tourisme")
        MEDIA = "media", _("média")
        INTERNATIONAL = "international", _("partenaire international, ville jumelle")

    class Circle(models.TextChoices):
        FIRST = "first", _("premier cercle")
        SECOND = "second", _("deuxième cercle")
        THIRD = "third", _("troisième cercle")

    class Stage(models.TextChoices):
        """How far the organisation has come; the order of the members is the order of the stages."""

        IDENTIFIED = "identified", _("identifié")
        CONTACTED = "contacted", _("contacté")
        MET = "met", _("rencontré")
        INTERESTED = "interested", _("intéressé")
        COMMITTED = "committed", _("engagé")
        ACTIVE = "active", _("actif")
        WITHDRAWN = "withdrawn", _("retiré")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="organisations")
    name = models.CharField(_("nom"), max_length=200)
    short_name = models.CharField(_("nom court"), max_length=40, blank=True)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind)
    circle = models.CharField(_("cercle"), max_length=10, choices=Circle, default=Circle.THIRD)
    stage = models.CharField(_("étape d’engagement"), max_length=12, choices=Stage, default=Stage.IDENTIFIED)
    stage_changed_on = models.DateField(_("étape atteinte le"), null=True, blank=True)
    role = models.CharField(_("rôle dans la candidature"), max_length=200, blank=True)
    discipline = models.CharField(_("discipline"), max_length=100, blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, validators=[validate_siren])
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("commune"),
    )
    address = models.TextField(_("adresse"), blank=True)
    website = models.URLField(_("site"), blank=True)
    notes = models.TextField(
        _("notes internes"), blank=True, help_text=_("Lues par l’équipe seulement, jamais par le partenaire.")
    )
    source = models.CharField(_("source de la fiche"), max_length=200, blank=True)

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")
        # The usual order of the address book: a page of it sorts nothing.
        indexes = [models.Index(name="organisation_by_name", fields=["candidacy", "search_text"])]
        constraints = [
            models.UniqueConstraint(
                name="organisation_name_once",
                fields=["candidacy", "name"],
                violation_error_message=_("Une structure porte déjà ce nom."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.siren and self.siret and not self.siret.startswith(self.siren):
            raise ValidationError(
                {"siret": _("Le SIRET commence par le SIREN : ces deux numéros ne vont pas ensemble.")}
            )

    @property
    def label(self) -> str:
        return self.short_name or self.name

    @property
    def siren_in_groups(self) -> str:
        """Write 216 204 982, as the number is read aloud."""
        return NBSP.join(self.siren[start : start + 3] for start in (0, 3, 6)) if self.siren else ""

    @property
    def siret_in_groups(self) -> str:
        """Write 216 204 982 00016."""
        if not self.siret:
            return ""
        return NBSP.join([*(self.siret[start : start + 3] for start in (0, 3, 6)), self.siret[9:]])


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, user: User) -> "ContactQuerySet":
        """Lead and team see every contact; a partner sees their own data and nobody else's."""
        own = Q(user=user, candidacy__in=candidacies_of(user, _PARTNER))
        return self.filter(Q(candidacy__in=candidacies_of(user, STAFF)) | own)


class Contact(PublicIdModel, TimestampedModel, SearchableModel):
    """A person at an organisation; the one with a ``user`` may sign in."""

    SEARCHED = ("last_name", "first_name", "job_title", "email")

    class Role(models.TextChoices):
        ELECTED = "elected", _("élu·e référent·e")
        DIRECTION = "direction", _("direction")
        TECHNICAL = "technical", _("technicien·ne référent·e")
        OFFICER = "officer", _("instructeur·rice")
        SIGNATORY = "signatory", _("signataire")
        ACCOUNTING = "accounting", _("comptabilité")
        PRESS = "press", _("presse")
        AMBASSADOR = "ambassador", _("ambassadeur·rice")

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="contacts")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("structure")
    )
    user = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name=_("compte"),
    )
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    job_title = models.CharField(_("fonction"), max_length=120, blank=True)
    role = models.CharField(_("rôle"), max_length=12, choices=Role, default=Role.TECHNICAL)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    notes = models.TextField(
        _("notes internes"), blank=True, help_text=_("Lues par l’équipe seulement, jamais par la personne.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    history = HistoricalRecords(excluded_fields=["search_text"])
    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                name="contact_email_once",
                fields=["organisation", "email"],
                condition=~Q(email=""),
                violation_error_message=_("Un contact de cette structure a déjà cette adresse."),
            ),
            models.UniqueConstraint(
                name="contact_user_once",
                fields=["candidacy", "user"],
                condition=Q(user__isnull=False),
                violation_error_message=_("Ce compte est déjà lié à un contact."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()

    @property
    def phone_in_groups(self) -> str:
        """Write the telephone number as people read it, however it was stored."""
        return readable_phone(self.phone)

    @property
    def phone_link(self) -> str:
        """Return the telephone number as links want it: figures alone, with the plus sign of a foreign one."""
        return re.sub(r"[^0-9+]", "", self.phone)

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


_PARTNER = frozenset({Membership.Role.PARTNER})


def organisations_of(user: User) -> models.QuerySet[Contact, Any]:
    """Primary keys of the organisations that ``user`` speaks for, where they are still a member."""
    candidacies = candidacies_of(user, _PARTNER)
    contacts = (
        Contact.objects.filter(user=user, candidacy__in=candidacies)
        if candidacies
        else Contact.objects.none()
    )
    return contacts.values("organisation")
