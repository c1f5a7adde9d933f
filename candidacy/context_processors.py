from typing import Any

from django.http import HttpRequest

from candidacy.models import Membership


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the page's shell the candidacy, the role and the other candidacies of the person."""
    candidacy = getattr(request, "candidacy", None)
    membership = getattr(request, "membership", None)
    return {
        "candidacy": candidacy,
        "membership": membership,
        "role": membership.role if membership else None,
        "is_staff": bool(membership and membership.role in {Membership.Role.LEAD, Membership.Role.TEAM}),
        "is_lead": bool(membership and membership.role == Membership.Role.LEAD),
    }
