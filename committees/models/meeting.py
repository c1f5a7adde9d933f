from datetime import date, datetime, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from candidacy.models import Membership
from candidacy.permissions import GUESTS, STAFF, candidacies_of
from committees.models.agenda import AgendaPoint
from committees.models.committee import Committee, CommitteeMember
from committees.models.series import MeetingSeries
from core.models import PublicIdModel, TimestampedModel
from partners.models import Contact


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> "MeetingQuerySet":
        """Lead and team see every meeting; the others those they are invited to, once convened."""
        seen = Q(committee__candidacy__in=candidacies_of(user, STAFF))
        # Who is a guest nowhere asks no more of the database.
        if guests := candidacies_of(user, GUESTS):
            invited = Invitation.objects.filter(meeting=OuterRef("pk"), contact__user=user)
            seen |= Q(Exists(invited), convened_at__isnull=False, committee__candidacy__in=guests)
        return self.filter(seen)

    def convened(self) -> "MeetingQuerySet":
        return self.filter(status=Meeting.Status.CONVENED)

    def upcoming(self, now: datetime) -> "MeetingQuerySet":
        """Keep drafts and convened meetings still to come, the next one first."""
        return self.filter(
            status__in=[Meeting.Status.DRAFT, Meeting.Status.CONVENED], starts_at__gte=now
        ).order_by("starts_at")

    def past(self, now: datetime) -> "MeetingQuerySet":
        """Keep what is over, held or not, and what was cancelled; the latest first."""
        over = Q(status=Meeting.Status.HELD) | Q(status=Meeting.Status.CANCELLED) | Q(starts_at__lt=now)
        return self.filter(over).order_by("-starts_at", "-pk")

    def inviting(self, user: User) -> "MeetingQuerySet":
        """Keep the meetings that ``user`` has been called to; a draft has called nobody."""
        invited = Invitation.objects.filter(meeting=OuterRef("pk"), contact__user=user)
        return self.filter(Exists(invited), convened_at__isnull=False)


class Meeting(PublicIdModel, TimestampedModel):
    """One sitting of a committee, from the draft that nobody is told of to the meeting that was held.

    ``sequence`` grows each time what calendars show changes; ``calendar_uid`` never changes.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        CONVENED = "convened", _("convoquée")
        HELD = "held", _("tenue")
        CANCELLED = "cancelled", _("annulée")

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="meetings")
    series = models.ForeignKey(
        MeetingSeries,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="meetings",
        verbose_name=_("série"),
    )
    title = models.CharField(_("objet"), max_length=200)
    starts_at = models.DateTimeField(_("début"))
    duration_minutes = models.PositiveSmallIntegerField(
        _("durée (minutes)"), default=120, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    place = models.CharField(_("lieu"), max_length=200, blank=True)
    video_url = models.URLField(_("lien de visioconférence"), blank=True)
    introduction = models.TextField(_("mot d’introduction"), blank=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.DRAFT)
    sequence = models.PositiveIntegerField(_("numéro de mise à jour"), default=0, editable=False)
    revision = models.PositiveIntegerField(_("révision"), default=1, editable=False)
    convened_at = models.DateTimeField(_("convoquée le"), null=True, blank=True)
    convened_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("convoquée par"),
    )
    #: The digest of the agenda that people were last told of; see `committees.agenda_digest`.
    announced_agenda = models.CharField(_("ordre du jour annoncé"), max_length=32, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    cancellation_reason = models.CharField(_("motif de l’annulation"), max_length=300, blank=True)

    history = HistoricalRecords()
    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("réunion")
        verbose_name_plural = _("réunions")
        indexes = [models.Index(name="meeting_committee_start", fields=["committee", "starts_at"])]
        constraints = [
            models.CheckConstraint(
                name="meeting_duration_positive",
                condition=Q(duration_minutes__gt=0),
                violation_error_message=_("La durée doit être positive."),
            ),
            models.CheckConstraint(
                name="meeting_convened_has_instant",
                condition=~Q(status="convened") | Q(convened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_draft_was_never_convened",
                condition=~Q(status="draft") | Q(convened_at__isnull=True),
            ),
            models.CheckConstraint(
                name="meeting_cancelled_iff_instant",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_started(self) -> bool:
        return self.starts_at <= timezone.now()

    @property
    def local_day(self) -> date:
        """The day of the meeting on the candidacy's clock, wherever the reader is."""
        return self.starts_at.astimezone(self.committee.candidacy.zone).date()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.duration_minutes)

    @property
    def calendar_uid(self) -> str:
        return f"{self.public_id}@candidacy"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_convened(self) -> bool:
        return self.status == self.Status.CONVENED

    @property
    def is_held(self) -> bool:
        return self.status == self.Status.HELD

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def has_approved_minutes(self) -> bool:
        """Whether what was decided is settled: only a later meeting sets it right."""
        minutes = getattr(self, "minutes", None)
        return minutes is not None and minutes.is_approved


class AgendaItem(AgendaPoint):
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda_items")
    is_confidential = models.BooleanField(
        _("point confidentiel"),
        default=False,
        help_text=_(
            "Lu par l’équipe et les membres qui votent. Les autres lisent «\u00a0point réservé\u00a0»."
        ),
    )

    #: The item of an earlier meeting of the committee that this one takes up again.
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("reporté de"),
    )

    class Meta(AgendaPoint.Meta):
        verbose_name = _("point à l’ordre du jour")
        verbose_name_plural = _("points à l’ordre du jour")
        constraints = [
            *AgendaPoint.Meta.constraints,
            models.UniqueConstraint(
                name="agendaitem_carried_once",
                fields=["meeting", "carried_from"],
                violation_error_message=_("Ce point est déjà repris."),
            ),
        ]


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: User) -> "InvitationQuerySet":
        """Lead and team see every invitation, another member their own once the meeting is convened."""
        scope = "meeting__committee__candidacy__in"
        own = Q((scope, candidacies_of(user, GUESTS)), contact__user=user, meeting__convened_at__isnull=False)
        return self.filter(Q((scope, candidacies_of(user, STAFF))) | own)


class Invitation(PublicIdModel, TimestampedModel):
    """One person called to one meeting: what they answered and whether they came."""

    class Answer(models.TextChoices):
        NONE = "none", _("sans réponse")
        PRESENT = "present", _("présent·e")
        REMOTE = "remote", _("à distance")
        EXCUSED = "excused", _("excusé·e")
        DEPUTY = "deputy", _("suppléé·e")
        PROXY = "proxy", _("donne pouvoir")

    #: Answers of those whom somebody else stands in for, and of all who stay away.
    REPRESENTED = (Answer.DEPUTY, Answer.PROXY)
    AWAY = (Answer.EXCUSED, *REPRESENTED)
    COMING = (Answer.PRESENT, Answer.REMOTE)

    class Attendance(models.TextChoices):
        UNKNOWN = "unknown", _("non relevée")
        PRESENT = "present", _("présent·e")
        REMOTE = "remote", _("à distance")
        EXCUSED = "excused", _("excusé·e")
        ABSENT = "absent", _("absent·e")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("contact")
    )
    quality = models.CharField(_("qualité"), max_length=10, blank=True)
    is_voting = models.BooleanField(_("voix délibérative"), default=False)
    answer = models.CharField(_("réponse"), max_length=10, choices=Answer, default=Answer.NONE)
    answer_comment = models.CharField(_("mot joint à la réponse"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    stand_in = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="stands_in",
        verbose_name=_("représenté·e par"),
    )
    attendance = models.CharField(
        _("présence"), max_length=10, choices=Attendance, default=Attendance.UNKNOWN
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                name="invitation_once",
                fields=["meeting", "contact"],
                violation_error_message=_("Cette personne est déjà invitée."),
            ),
            models.CheckConstraint(
                name="invitation_answered_iff_instant",
                condition=Q(answer="none", answered_at__isnull=True)
                | (~Q(answer="none") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_stand_in_iff_represented",
                condition=Q(answer__in=["deputy", "proxy"], stand_in__isnull=False)
                | (~Q(answer__in=["deputy", "proxy"]) & Q(stand_in__isnull=True)),
            ),
            models.CheckConstraint(
                name="invitation_stand_in_is_another",
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("contact")),
                violation_error_message=_("On ne se représente pas soi-même."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} – {self.meeting}"

    @property
    def quality_label(self) -> str:
        return str(CommitteeMember.Quality(self.quality).label) if self.quality else ""

    def hears_reserved(self, role: str | None) -> bool:
        """Whether the person, who has ``role`` in the candidacy if any, reads what is confidential.

        Whoever decides must know what about; an observer only looks on, wherever they sit.
        """
        return self.is_voting and role != Membership.Role.OBSERVER
