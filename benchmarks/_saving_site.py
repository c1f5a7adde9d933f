"""What `saving` needs of the database: `fill` it and tell who writes where, or say which texts are nowhere.

`fill` prints one line of JSON: the address that everybody writes at, and for each person a session and an address of
their own. `missing` reads texts, one a line, and prints how many are in no revision and in nobody's draft.
"""

import json
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402 -- the applications must be ready
from django.urls import reverse  # noqa: E402

from benchmarks._many_rows import session_of  # noqa: E402
from candidacy.models import Membership  # noqa: E402
from dossier.models import Section, SectionDraft, SectionRevision  # noqa: E402
from tests import factories  # noqa: E402


@transaction.atomic
def fill(people: int) -> None:
    candidacy = factories.make_candidacy()
    chapter = factories.make_section(candidacy=candidacy)
    shared = factories.make_section(candidacy=candidacy, parent=chapter)
    writers = []
    for _ in range(people):
        member = factories.make_member(candidacy=candidacy, role=Membership.Role.TEAM)
        own = factories.make_section(candidacy=candidacy, parent=chapter)
        writers.append({"session": session_of(member.user), "address": _address(own)})
    print(json.dumps({"shared": _address(shared), "writers": writers}))


def missing(texts: list[str]) -> None:
    kept = "".join(
        [
            *SectionRevision.objects.values_list("body", flat=True),
            *SectionDraft.objects.values_list("body", flat=True),
        ]
    )
    print(sum(text not in kept for text in texts))


def _address(section: Section) -> str:
    return reverse("dossier:section-edit", args=[section.candidacy.slug, section.public_id])


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        missing(sys.stdin.read().split())
