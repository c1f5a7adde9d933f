"""The signed address by which one person answers a convocation, and reads what goes with it, without an account.

It carries the identifier of the invitation, which is random and belongs to one meeting, under a signature: nothing is
stored. It opens nothing once the person is off the list or the meeting is over.
"""

from uuid import UUID

from django.core import signing

from committees.models import Invitation

_signer = signing.Signer(sep=".", salt="committees.invitation")


def token_for(invitation: Invitation) -> str:
    return _signer.sign(invitation.public_id.hex)


def invitation_id_in(token: str) -> UUID | None:
    """Return what ``token`` speaks of; nothing where the signature is not ours."""
    try:
        return UUID(hex=_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
