"""What the funding plan reminds the leads of: a funder whose deadline comes, an agreement that will expire."""

from collections.abc import Collection, Iterator
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.models import IncomeLine
from candidacy.models import RecallRule
from candidacy.reminder_kinds import Occasion, ReminderKind
from candidacy.reminder_messages import register_kind
from core.templatetags.formats import euros, long_date
from notifications.rendering import page_url
from partners.readers import leads_of, linked

FUNDER_DEADLINE = "funder-deadline"
AGREEMENT = "agreement-expiring"

Audience = RecallRule.Audience


def register_kinds() -> None:
    register_kind(
        ReminderKind(
            key=FUNDER_DEADLINE,
            label=gettext_lazy("Échéance d’un financeur"),
            subject=gettext_lazy("Demande à déposer %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("Ce financement doit être demandé au plus tard %(when)s."),
            find=lines_to_request,
            steps=(21, 7, 1),
            audience=Audience.LEADS,
            audiences=(Audience.LEADS,),
        )
    )
    register_kind(
        ReminderKind(
            key=AGREEMENT,
            label=gettext_lazy("Convention qui expire"),
            subject=gettext_lazy("Convention qui expire %(when)s\u00a0: %(title)s"),
            intro=gettext_lazy("La convention de ce financement expire %(when)s."),
            find=agreements_that_end,
            steps=(60, 15),
            audience=Audience.LEADS,
            audiences=(Audience.LEADS,),
        )
    )


def lines_to_request(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the fundings that nobody has asked for yet and that have a last day."""
    return _occasions("apply_by", (IncomeLine.Status.CONSIDERED,), about)


def agreements_that_end(about: Collection[UUID] | None) -> Iterator[Occasion]:
    """Find the agreements that have a last day; until the money has come, they may have to be prolonged."""
    return _occasions("agreement_until", (IncomeLine.Status.NOTIFIED, IncomeLine.Status.CONTRACTED), about)


def _occasions(day: str, statuses: Collection[str], about: Collection[UUID] | None) -> Iterator[Occasion]:
    lines = IncomeLine.objects.filter(status__in=statuses, **{f"{day}__isnull": False})
    if about is not None:
        lines = lines.filter(public_id__in=about)
    rows = list(lines.select_related("plan__candidacy", "funder").order_by("pk"))
    leads = leads_of(line.plan.candidacy_id for line in rows) if rows else {}
    for line in rows:
        candidacy = line.plan.candidacy
        url = page_url("budget:income-edit", slug=candidacy.slug, public_id=line.public_id)
        yield Occasion(
            candidacy=candidacy,
            about=line.public_id,
            day=getattr(line, day),
            title=line.label,
            write_lines=partial(_lines, line, day),
            leads=linked(leads.get(candidacy.pk, ()), url),
        )


def _lines(line: IncomeLine, day: str) -> list[str]:
    lines = [_("Dernier jour\u00a0: %(day)s") % {"day": long_date(getattr(line, day))}]
    if line.funder is not None:
        lines.append(_("Financeur\u00a0: %(name)s") % {"name": line.funder.label})
    if line.requested_amount is not None:
        lines.append(_("Montant demandé\u00a0: %(amount)s") % {"amount": euros(line.requested_amount)})
    return lines
