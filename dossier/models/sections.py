from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Exists, F, Min, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Candidacy, Criterion, Membership
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from core.models import PublicIdModel, TimestampedModel
from core.richtext import RichTextField, count_text
from dossier.models.histories import History, HistoryQuerySet
from dossier.models.live_figures import LiveFigure
from dossier.models.pictures import Picture
from dossier.models.proofs import Proof
from partners.models import Contact, Organisation, organisations_of


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, user: User) -> "SectionQuerySet":
        """Lead and team see the whole outline, a partner what is asked of their organisation.

        Whoever is named as a reviewer sees the section once it is handed in. What is retired has pages of its own.
        """
        return self.live().filter(_read_by(user))

    def written_by(self, user: User) -> "SectionQuerySet":
        """Keep what ``user`` writes in, while it is open: every section for lead and team, a partner's own."""
        return self.live().filter(_written_by(user))

    def once_written_by(self, user: User) -> "SectionQuerySet":
        """Keep the retired ones that ``user`` would write in, were they in the outline."""
        return self.retired().filter(_written_by(user))

    def live(self) -> "SectionQuerySet":
        """Keep what is in the outline."""
        return self.filter(retired_at__isnull=True)

    def retired(self) -> "SectionQuerySet":
        return self.filter(retired_at__isnull=False).order_by("-retired_at", "-pk")

    def in_outline_order(self) -> "SectionQuerySet":
        """Order parents before their children, as the numbers run; the outline is two levels deep."""
        return (
            self.live()
            .select_related("parent")
            .order_by(
                Coalesce("parent__position", "position"),
                Coalesce("parent_id", "id"),
                F("parent_id").asc(nulls_first=True),
                "position",
                "pk",
            )
        )

    def with_proofs(self) -> "SectionQuerySet":
        """Fetch what the sections prove, for ``proofs_by_criterion`` to group."""
        proofs = Proof.objects.select_related("criterion", "validated_by").in_reading_order()
        return self.prefetch_related(Prefetch("proofs", proofs))

    def late(self, today: date) -> "SectionQuerySet":
        return self.live().filter(due_on__lt=today).exclude(status__in=Section.CLOSED)

    def with_first_due_dates(self) -> "SectionQuerySet":
        """Add ``first_due_on``: the earliest date agreed before it was moved, nothing when it never was."""
        return self.annotate(first_due_on=Min("due_changes__former_on"))

    def without_text(self) -> "SectionQuerySet":
        """Leave the long texts in the database: lists show titles, counts and contracts."""
        return self.defer("body", "brief", "parent__body", "parent__brief")


def _written_by(user: User) -> Q:
    return Q(candidacy__in=candidacies_of(user, STAFF)) | Q(organisation__in=organisations_of(user))


def _read_by(user: User) -> Q:
    read = _written_by(user)
    if candidacies_of(user, GUESTS):
        read |= Q(Exists(reviewing_contacts(user, section="pk")), status__in=Section.HANDED_IN)
    return read


def reviewing_contacts(user: User, *, section: str) -> "models.QuerySet[Contact]":
    """Contacts by which ``user``, still a member, is named as reviewer of the section that the outer row names."""
    belongs = Membership.objects.filter(candidacy=OuterRef("candidacy"), user=user)
    return Contact.objects.filter(Exists(belongs), user=user, reviews__section=OuterRef(section))


class Section(PublicIdModel, TimestampedModel):
    """One section of the dossier, and its contract: who writes what, how long, by when."""

    class Kind(models.TextChoices):
        """What is printed after the section's own text: nothing, or a chapter made of live data."""

        TEXT = "text", _("texte")
        FUNDING_PLAN = "funding_plan", _("plan de financement")
        PARTNERS = "partners", _("partenaires")
        GOVERNANCE = "governance", _("gouvernance")
        CALENDAR = "calendar", _("calendrier")
        CRITERIA = "criteria", _("critères et preuves")

    class Status(models.TextChoices):
        ORDERED = "ordered", _("commandée")
        WRITING = "writing", _("en rédaction")
        IN_REVIEW = "in_review", _("en relecture")
        VALIDATED = "validated", _("validée")
        FROZEN = "frozen", _("figée")

    #: Where nobody may write, short of sending the section back first; both count as validated.
    CLOSED = frozenset({Status.VALIDATED, Status.FROZEN})
    #: Where the reviewers of the contract may read.
    HANDED_IN = frozenset({Status.IN_REVIEW, *CLOSED})

    class Disclosure(models.TextChoices):
        """How much of the live data after the section the public version shows."""

        SHOWN = "shown", _("données montrées en entier")
        SUMMARY = "summary", _("montants du plan résumés")
        HIDDEN = "hidden", _("données retirées")

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
    questions = models.JSONField(_("questions de l’appel"), default=list, blank=True)
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
    is_confidential = models.BooleanField(_("confidentielle"), default=False)
    disclosure = models.CharField(
        _("version publique"), max_length=10, choices=Disclosure, default=Disclosure.SHOWN
    )
    #: A criterion comes here once for each kind of proof: pages read ``proofs``.
    criteria = models.ManyToManyField(
        Criterion, blank=True, through=Proof, related_name="sections", verbose_name=_("critères")
    )
    retired_at = models.DateTimeField(_("retirée le"), null=True, blank=True, editable=False)
    retired_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("retirée par"),
    )
    retirement_reason = models.CharField(_("raison du retrait"), max_length=300, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("fusionnée dans"),
    )

    body: "models.TextField[str, str]" = RichTextField(_("texte"), blank=True)
    pictures = models.ManyToManyField(
        Picture, blank=True, editable=False, related_name="sections", verbose_name=_("images du texte")
    )
    live_figures = models.ManyToManyField(
        LiveFigure, blank=True, editable=False, related_name="sections", verbose_name=_("chiffres du texte")
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
            models.CheckConstraint(
                name="section_retired_with_a_reason",
                condition=Q(retired_at__isnull=True, retirement_reason="", merged_into__isnull=True)
                | (Q(retired_at__isnull=False) & ~Q(retirement_reason="")),
                violation_error_message=_("Dites pourquoi la section est retirée."),
            ),
            models.CheckConstraint(
                name="section_summary_is_of_the_plan",
                condition=~Q(disclosure="summary") | Q(kind="funding_plan"),
                violation_error_message=_("Seul le plan de financement se résume."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        """Whether nobody may write in it any more, short of sending it back first."""
        return self.status in self.CLOSED

    @property
    def is_frozen(self) -> bool:
        return self.status == self.Status.FROZEN

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def proofs_by_criterion(self) -> list[tuple[Criterion, list[Proof]]]:
        """Group what ``with_proofs`` has fetched."""
        return [
            (criterion, list(proofs))
            for criterion, proofs in groupby(self.proofs.all(), attrgetter("criterion"))
        ]

    def is_late(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today and not self.is_closed

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the two counts true to the text whenever the text is written."""
        update_fields = kwargs.get("update_fields")
        if update_fields is None or "body" in update_fields:
            self.word_count, self.character_count = count_text(self.body)
            if update_fields is not None:
                kwargs["update_fields"] = {*update_fields, "word_count", "character_count"}
        super().save(*args, **kwargs)


class SectionRevisionQuerySet(HistoryQuerySet["SectionRevision"]):
    def visible_to(self, user: User) -> "SectionRevisionQuerySet":
        """Lead and team read every revision; a partner the current text, and what was saved in their hands.

        A reviewer reads the current text alone. What others wrote before the section was asked of the organisation of
        ``user`` stays theirs.
        """
        prepared = Q(section__candidacy__in=candidacies_of(user, STAFF))
        if not candidacies_of(user, GUESTS):
            return self.filter(prepared)
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
        is_current = Q(number=F("section__revision"))
        reviews = Q(section__status__in=Section.HANDED_IN) & Exists(
            reviewing_contacts(user, section="section")
        )
        return revisions.filter(
            prepared
            | (Q(section__organisation__in=organisations_of(user)) & (in_their_hands | is_current))
            | (reviews & is_current)
        )


class SectionRevision(History):
    """The text of a section as one person saved it. Rows are added, never changed."""

    DATED = frozenset({"saved_at", "saved_by"})

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
