from typing import Any

from django.http import HttpRequest

from candidacy.models import Candidacy, Membership
from candidacy.permissions import memberships_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the page's shell the candidacy, the role and the other candidacies of the person."""
    candidacy: Candidacy | None = getattr(request, "candidacy", None)
    membership: Membership | None = getattr(request, "membership", None)
    # Already read for the page's candidacy: the switcher costs no query.
    known = memberships_of(request.user).values() if candidacy and request.user.is_authenticated else ()
    return {
        "candidacy": candidacy,
        "membership": membership,
        "other_memberships": [other for other in known if other.candidacy != candidacy],
        "role": membership.role if membership else None,
        "is_staff": bool(membership and membership.role in {Membership.Role.LEAD, Membership.Role.TEAM}),
        "is_lead": bool(membership and membership.role == Membership.Role.LEAD),
    }
