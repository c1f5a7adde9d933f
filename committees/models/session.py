import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from committees.models.followup import Decision
from committees.models.meeting import AgendaItem, Invitation, Meeting

#: The sheet on which a signature is drawn.
SIGNATURE_WIDTH, SIGNATURE_HEIGHT = 600, 200
_SIGNATURE = re.compile(r"M\d{1,3} \d{1,3}(?: [ML]\d{1,3} \d{1,3})+")
_LONGEST_SIGNATURE = 20_000


def validate_signature(value: str) -> None:
    """Refuse whatever is not a drawing made of moves and lines: a path of SVG can hold nothing else."""
    if not _SIGNATURE.fullmatch(value):
        raise ValidationError(_("Cette signature n’a pas pu être lue."), code="signature")


class MeetingSession(models.Model):
    """What the clock of the room says of one meeting: when it was really opened and closed."""

    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="session")
    opened_at = models.DateTimeField(_("ouverte à"), default=timezone.now)
    closed_at = models.DateTimeField(_("levée à"), null=True, blank=True)

    class Meta:
        verbose_name = _("séance")
        verbose_name_plural = _("séances")
        constraints = [
            models.CheckConstraint(
                name="meetingsession_closed_after_opened",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
            )
        ]

    def __str__(self) -> str:
        return str(self.meeting)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class ItemPassage(models.Model):
    """When the room came to one item and when it left it; the one that is not left is the current one."""

    session = models.ForeignKey(MeetingSession, on_delete=models.CASCADE, related_name="passages")
    agenda_item = models.OneToOneField(
        AgendaItem,
        on_delete=models.CASCADE,
        related_name="passage",
        verbose_name=_("point à l’ordre du jour"),
    )
    started_at = models.DateTimeField(_("abordé à"), default=timezone.now)
    ended_at = models.DateTimeField(_("quitté à"), null=True, blank=True)

    class Meta:
        verbose_name = _("passage d’un point")
        verbose_name_plural = _("passages des points")
        constraints = [
            models.UniqueConstraint(
                name="itempassage_one_current", fields=["session"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="itempassage_ended_after_started",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.agenda_item)


class Arrival(models.Model):
    """When somebody came, and the signature they drew, if they did."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="arrival")
    arrived_at = models.DateTimeField(_("arrivée à"), default=timezone.now)
    signature = models.TextField(
        _("signature"), blank=True, validators=[MaxLengthValidator(_LONGEST_SIGNATURE), validate_signature]
    )

    class Meta:
        verbose_name = _("arrivée")
        verbose_name_plural = _("arrivées")

    def __str__(self) -> str:
        return str(self.invitation)


class DecisionVote(models.Model):
    """How the committee voted on one decision, with the voices that were there and the quorum of that moment."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="vote")
    votes_for = models.PositiveSmallIntegerField(_("pour"))
    votes_against = models.PositiveSmallIntegerField(_("contre"))
    abstentions = models.PositiveSmallIntegerField(_("abstentions"))
    voices = models.PositiveSmallIntegerField(_("voix présentes"))
    quorum = models.PositiveSmallIntegerField(_("quorum"), null=True, blank=True)
    counted_at = models.DateTimeField(_("compté à"), default=timezone.now)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.CheckConstraint(
                name="decisionvote_no_more_than_voices",
                condition=Q(voices__gte=F("votes_for") + F("votes_against") + F("abstentions")),
                violation_error_message=_("Il y a plus de votes que de voix présentes."),
            )
        ]

    def __str__(self) -> str:
        return self.told

    @property
    def told(self) -> str:
        """Write « 7 pour, 1 contre, 2 abstentions, sur 11 voix »."""
        if self.votes_for == self.voices:
            return _t("à l’unanimité (%(voices)d voix)") % {"voices": self.voices}
        told = ngettext(
            "%(for)d pour, %(against)d contre, %(abstentions)d abstention, sur %(voices)d voix",
            "%(for)d pour, %(against)d contre, %(abstentions)d abstentions, sur %(voices)d voix",
            self.abstentions,
        )
        return told % {
            "for": self.votes_for,
            "against": self.votes_against,
            "abstentions": self.abstentions,
            "voices": self.voices,
        }

    @property
    def lacked_quorum(self) -> bool:
        return self.quorum is not None and self.voices < self.quorum
