"""The signed address by which one participant answers a date poll without an account.

It carries the identifier of the participant, which is random, under a signature: nothing is stored, and it opens nothing
once the participant is gone.
"""

from uuid import UUID

from django.core import signing

from committees.models import PollParticipant

_signer = signing.Signer(sep=".", salt="committees.date-poll")


def token_for(participant: PollParticipant) -> str:
    return _signer.sign(participant.public_id.hex)


def participant_id_in(token: str) -> UUID | None:
    """Return whom ``token`` speaks of; nothing where the signature is not ours."""
    try:
        return UUID(hex=_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
