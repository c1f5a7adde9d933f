"""The signed address by which somebody without an account reads the minutes of their meeting and asks for corrections.

It carries the identifier of their invitation, which is random, under a signature: nothing is stored, and it opens nothing
once the invitation is gone.
"""

from uuid import UUID

from django.core import signing

from committees.models import Invitation

_signer = signing.Signer(sep=".", salt="committees.minutes")


def minutes_token_for(invitation: Invitation) -> str:
    return _signer.sign(invitation.public_id.hex)


def invitation_id_in(token: str) -> UUID | None:
    """Return whose invitation ``token`` speaks of; nothing where the signature is not ours."""
    try:
        return UUID(hex=_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
