"""What a person reads when they are let into a candidacy. It holds no secret: signing in asks for a code or a password."""

from django.utils.translation import gettext as _

from candidacy.models import Membership
from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip
from notifications.rendering import page_url, render_mail


def compose_invitation(message: OutboundMessage) -> Composed | Skip:
    membership = (
        Membership.objects.select_related("candidacy", "user").filter(public_id=message.about).first()
    )
    if membership is None:
        return Skip(_("Cette personne n’est plus membre de la candidature."))
    if not membership.user.is_active:
        return Skip(_("Le compte de cette personne est désactivé."))
    subject, body = render_mail(
        "membership_invitation",
        {
            "membership": membership,
            "candidacy": membership.candidacy,
            "person": membership.user,
            "code_url": page_url("account_request_login_code"),
            "login_url": page_url("account_login"),
        },
    )
    return Composed(address=membership.user.email, subject=subject, body=body)
