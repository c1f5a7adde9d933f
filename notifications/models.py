from datetime import datetime
from email.utils import parseaddr
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import PublicIdModel, TimestampedModel


def make_message_id() -> str:
    """Return a Message-ID of our domain, given to the row once: a message sent again carries the same one."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{uuid4()}@{address.rpartition('@')[2]}>"


class OutboundMessageQuerySet(models.QuerySet["OutboundMessage"]):
    def in_scope(self, scope: UUID) -> "OutboundMessageQuerySet":
        return self.filter(scope=scope)

    def planned(self) -> "OutboundMessageQuerySet":
        return self.filter(status=OutboundMessage.Status.PLANNED)

    def due(self, now: datetime) -> "OutboundMessageQuerySet":
        """Keep what must leave now, first come first served; an hour missed is still due.

        What another row carries is not due as long as that one is still to leave.
        """
        due = self.planned().filter(due_at__lte=now)
        return due.exclude(carried_by__status=OutboundMessage.Status.PLANNED).order_by("due_at", "pk")

    def leaving_before(self, instant: datetime) -> "OutboundMessageQuerySet":
        """Keep what is planned to leave before ``instant``, in the order in which it will."""
        return self.planned().filter(due_at__lt=instant).order_by("due_at", "pk")

    def failed(self) -> "OutboundMessageQuerySet":
        return self.filter(status=OutboundMessage.Status.FAILED)

    def refused(self) -> "OutboundMessageQuerySet":
        """Keep what the mail server would not take for its address, until a person tries it again or gives it up."""
        return self.failed().exclude(recipient_address="")

    def about(self, kind: str, about: UUID) -> "OutboundMessageQuerySet":
        return self.filter(kind=kind, about=about)


class OutboundMessage(PublicIdModel, TimestampedModel):
    """One e-mail to one person: planned first, written and sent when it is due.

    The unique key is the promise of the outbox: for one object, one rule, one recipient and one occurrence
    there is one row for ever, so neither a second worker nor a second run can send twice. What the message
    says and the address it goes to are decided at sending time and then kept.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("à envoyer")
        SENT = "sent", _("envoyé")
        FAILED = "failed", _("échec")
        CANCELLED = "cancelled", _("annulé")

    class CancelledBy(models.TextChoices):
        """Who gave the message up, which decides whether it may be planned again."""

        NOBODY = "", _("personne")
        PLAN = "plan", _("le calendrier")  # its object moved or closed; may come back
        DELIVERY = "delivery", _("l’envoi")  # nobody to write to when it was due; may come back
        PERSON = "person", _("une personne")  # for good

    scope = models.UUIDField(_("candidature"), help_text=_("Identifiant public de la candidature."))
    kind = models.CharField(_("nature"), max_length=50)
    about = models.UUIDField(_("objet concerné"))
    rule = models.CharField(_("règle"), max_length=50)
    recipient_key = models.CharField(_("destinataire"), max_length=80)
    occurrence = models.CharField(_("occurrence"), max_length=50)

    recipient_name = models.CharField(_("nom du destinataire"), max_length=200, blank=True)
    title = models.CharField(_("intitulé"), max_length=200, blank=True)
    planned_for = models.DateTimeField(_("prévu le"), help_text=_("Ce que la règle demande."))
    due_at = models.DateTimeField(
        _("à envoyer le"), help_text=_("Avancé par une personne ou repoussé après un échec passager.")
    )
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.PLANNED)
    reason = models.CharField(_("motif"), max_length=300, blank=True)
    cancelled_by = models.CharField(
        _("annulé par"), max_length=10, choices=CancelledBy, default=CancelledBy.NOBODY, blank=True
    )
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    last_error = models.TextField(_("réponse du serveur"), blank=True)

    message_id = models.CharField(
        _("Message-ID"), max_length=200, unique=True, default=make_message_id, editable=False
    )
    recipient_address = models.EmailField(_("adresse"), blank=True)
    subject = models.CharField(_("sujet"), max_length=300, blank=True)
    body = models.TextField(_("texte"), blank=True)
    facts = models.JSONField(
        _("faits annoncés"),
        default=dict,
        blank=True,
        help_text=_("Ce que la personne a lu, pour que le message suivant dise ce qui a changé."),
    )
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)

    gathered_at = models.DateTimeField(
        _("compagnie arrêtée le"),
        null=True,
        blank=True,
        help_text=_("Dès lors, le message ne part ni avec d’autres ni sous un autre Message-ID."),
    )
    carried_by = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,  # the partial one below: every message that leaves would write an entry of the whole one
        related_name="carried",
        verbose_name=_("part avec"),
    )

    own_subject = models.CharField(_("objet"), max_length=300, blank=True)
    own_body = models.TextField(
        _("texte"), blank=True, help_text=_("Ce qu’une personne a écrit à la place du texte automatique.")
    )
    own_facts = models.JSONField(
        _("faits annoncés par ce texte"),
        default=dict,
        blank=True,
        help_text=_("S’ils changent, le texte automatique part."),
    )

    objects = OutboundMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                name="outboundmessage_once",
                fields=["kind", "about", "rule", "recipient_key", "occurrence"],
            ),
            models.CheckConstraint(
                name="outboundmessage_sent_iff_instant",
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="outboundmessage_carried_is_settled",
                condition=Q(carried_by__isnull=True) | Q(gathered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outboundmessage_carries_another",
                condition=Q(carried_by__isnull=True) | ~Q(carried_by=models.F("pk")),
            ),
            models.CheckConstraint(
                name="outboundmessage_own_words_have_subject",
                condition=Q(own_body="", own_subject="") | (~Q(own_body="") & ~Q(own_subject="")),
                violation_error_message=_("Donnez un objet au message."),
            ),
            models.CheckConstraint(
                name="outboundmessage_sent_has_address",
                condition=~Q(status="sent") | ~Q(recipient_address=""),
            ),
        ]
        indexes = [
            models.Index(name="outboundmessage_due", fields=["due_at", "id"], condition=Q(status="planned")),
            models.Index(name="outboundmessage_scope", fields=["scope", "-due_at"]),
            models.Index(name="outboundmessage_about", fields=["about", "kind"]),
            models.Index(
                name="outboundmessage_carried",
                fields=["carried_by"],
                condition=Q(carried_by__isnull=False),
            ),
            models.Index(
                name="outboundmessage_refused", fields=["recipient_address"], condition=Q(status="failed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title or self.kind} → {self.recipient_name or self.recipient_key}"


class Refusal(models.Model):
    """A kind of message that somebody with an account does not want."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("nature"), max_length=50)

    class Meta:
        verbose_name = _("refus d’un message")
        verbose_name_plural = _("refus de messages")
        constraints = [models.UniqueConstraint(name="refusal_once", fields=["user", "kind"])]

    def __str__(self) -> str:
        return self.kind


class OutboundAttachment(models.Model):
    """A file that left with a message, kept as it left."""

    message = models.ForeignKey(OutboundMessage, on_delete=models.CASCADE, related_name="attachments")
    filename = models.CharField(_("nom"), max_length=120)
    content_type = models.CharField(_("type"), max_length=120)
    content = models.BinaryField(_("contenu"))

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")

    def __str__(self) -> str:
        return self.filename
