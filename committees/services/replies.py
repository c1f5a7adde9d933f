"""Answers that calendars send by themselves, written down like those that people give on a page."""

import logging

from django.conf import settings
from django.db import transaction

from committees.announcements import address_of, has_lost_access, invited, last_told, recipient_key
from committees.calendar_replies import Reply, reply_in
from committees.mailbox import MailboxError, open_mailbox
from committees.models import Invitation
from committees.services.invitations import answer_invitation
from core.errors import DomainError
from notifications.models import OutboundMessage

logger = logging.getLogger(__name__)


def read_replies() -> int:
    """Take note of the answers in the mailbox, where one is configured; return how many changed something.

    A message is marked as read after its answer is written down: read again, it changes nothing.
    """
    if not settings.REPLY_MAILBOX_URL:
        return 0
    changed = 0
    try:
        with open_mailbox(settings.REPLY_MAILBOX_URL) as mailbox:
            for letter in mailbox.unread():
                reply = reply_in(letter.content)
                changed += reply is not None and note_reply(reply=reply)
                mailbox.mark_read(letter)
    except MailboxError as error:
        logger.warning("Mailbox of the answers: %s", error)
    return changed


@transaction.atomic
def note_reply(*, reply: Reply) -> bool:
    """Write down what somebody's calendar answered; return whether that changed their answer.

    The address must be the one that was invited. An answer to what has been announced anew since, or older than what the
    person said elsewhere, is of no interest; nor is « accepted » from who comes already, at a distance perhaps.
    """
    called = invited().filter(meeting__public_id=reply.meeting_id, meeting__convened_at__isnull=False)
    invitation = next((row for row in called if address_of(row.contact).casefold() == reply.address), None)
    if invitation is None or has_lost_access(invitation) or _is_overtaken(invitation, reply):
        return False
    says_the_same = Invitation.COMING if reply.answer in Invitation.COMING else Invitation.AWAY
    if invitation.answer in says_the_same:
        return False
    try:
        answer_invitation(invitation=invitation, answer=reply.answer)
    except DomainError:
        return False  # the meeting has begun, or was called off
    return True


def _is_overtaken(invitation: Invitation, reply: Reply) -> bool:
    if invitation.answered_at is not None and reply.given_at <= invitation.answered_at:
        return True
    told = last_told(
        OutboundMessage.objects.filter(
            about=reply.meeting_id, recipient_key=recipient_key(invitation.contact)
        )
    )
    return told is None or reply.sequence < told.sequence
