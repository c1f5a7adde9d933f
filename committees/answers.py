"""How many answered what, counted once for all the meetings of a page."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from committees.models import Invitation

#: French counts in the plural from two on.
PLURAL = 2


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    present: int = 0
    remote: int = 0
    excused: int = 0
    deputy: int = 0
    proxy: int = 0
    none: int = 0

    @property
    def invited(self) -> int:
        return self.present + self.remote + self.excused + self.represented + self.none

    @property
    def represented(self) -> int:
        return self.deputy + self.proxy

    def __str__(self) -> str:
        """Write « 7 viennent, 2 à distance, 1 excusé·e, 5 sans réponse »; where nobody is invited, a dash."""
        if not self.invited:
            return "–"
        coming = _("%(n)d viennent") if self.present >= PLURAL else _("%(n)d vient")
        excused = _("%(n)d excusé·es") if self.excused >= PLURAL else _("%(n)d excusé·e")
        others = (
            (self.remote, _("%(n)d à distance")),
            (self.excused, excused),
            (
                self.represented,
                _("%(n)d représenté·es") if self.represented >= PLURAL else _("%(n)d représenté·e"),
            ),
            (self.none, _("%(n)d sans réponse")),
        )
        return ", ".join([coming % {"n": self.present}, *(text % {"n": n} for n, text in others if n)])


def count_answers(meetings: Iterable[int]) -> dict[int, AnswerCounts]:
    """Count, in one query, the answers to the meetings given by primary key; each of them has its counts."""
    keys = list(meetings)
    if not keys:
        return {}
    rows = Invitation.objects.filter(meeting__in=keys).values_list("meeting", "answer").annotate(Count("pk"))
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for meeting, answer, count in rows:
        counted[meeting][Invitation.Answer(answer).name.lower()] = count
    return {key: AnswerCounts(**counted[key]) for key in keys}
