"""The search of a candidacy: what its words name among what a person may open, grouped by kind.

Databases differ on accents and case, so the words are compared here, folded, on the rows of one candidacy; a kind costs
one query, however many rows it has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from budget.models import ExpenseLine, IncomeLine
from candidacy.models import Candidacy
from candidacy.permissions import can_change_members, is_staff
from committees.models import Action, Committee, Decision, Meeting
from core.richtext import to_plain_text
from core.search import fold
from core.search_form import MAX_CHARACTERS
from core.templatetags.formats import short_date
from dossier.models import Edition, Section
from partners.models import Contact, Organisation

#: Beyond so many rows of a kind, another word finds sooner than reading on.
SHOWN = 10
#: What is read of a question: more words find nothing more.
MAX_WORDS = 8

_BEFORE, _AFTER = 6, 14


@dataclass(frozen=True)
class Hit:
    """One row that answers. ``note`` says where it stands, or the words around what was found."""

    title: str
    #: The name and the arguments of the address of its page.
    page: tuple[object, ...]
    note: str = ""

    @property
    def url(self) -> str:
        """Worked out for the few that are shown."""
        name, *arguments = self.page
        return reverse(str(name), args=arguments)


@dataclass(frozen=True)
class Group:
    label: str
    hits: Sequence[Hit]
    #: The list that shows all of them, where one searches for the same words.
    list_url: str = ""

    @property
    def shown(self) -> Sequence[Hit]:
        return self.hits[:SHOWN]

    @property
    def is_cut(self) -> bool:
        return len(self.hits) > SHOWN


def words_of(question: str) -> list[str]:
    return fold(question[:MAX_CHARACTERS]).split()[:MAX_WORDS]


def search(candidacy: Candidacy, reader: User, question: str) -> list[Group]:
    """Return what holds every word of ``question``, kind by kind; nothing without a word."""
    words = words_of(question)
    return [group for group in _Search(candidacy, reader, words).groups() if group.hits] if words else []


@dataclass(frozen=True)
class _Search:
    candidacy: Candidacy
    reader: User
    words: Sequence[str]

    def groups(self) -> Iterator[Group]:
        yield Group(_("Sections"), list(self.sections()))
        yield Group(_("Éditions"), list(self.editions()))
        yield Group(_("Structures"), list(self.organisations()), self.list_of_organisations())
        yield Group(_("Contacts"), list(self.contacts()))
        yield Group(_("Comités"), list(self.committees()))
        yield Group(_("Réunions"), list(self.meetings()))
        yield Group(_("Décisions"), list(self.decisions()))
        yield Group(_("Suites à donner"), list(self.actions()))
        yield Group(_("Plan de financement"), [*self.expenses(), *self.income()])
        if can_change_members(self.reader, self.candidacy):
            yield Group(_("Membres"), list(self.members()))

    def page(self, name: str, *arguments: object) -> tuple[object, ...]:
        return (name, self.candidacy.slug, *arguments)

    def answers(self, *texts: str) -> bool:
        folded = fold(" / ".join(texts))
        return all(word in folded for word in self.words)

    def sections(self) -> Iterator[Hit]:
        """Those whose title answers come first."""
        rows = Section.objects.visible_to(self.reader).filter(candidacy=self.candidacy).in_outline_order()
        in_texts = []
        for public_id, title, body in rows.values_list("public_id", "title", "body"):
            page = self.page("dossier:section-detail", public_id)
            if self.answers(title):
                yield Hit(title, page)
                continue
            text = unescape(to_plain_text(body))
            if self.answers(title, text):
                in_texts.append((title, page, text))
        for place, (title, page, text) in enumerate(in_texts):
            yield Hit(title, page, self.excerpt(text) if place < SHOWN else "")

    def excerpt(self, text: str) -> str:
        """Return what stands around the first word of ``text`` that was asked for."""
        written = text.split()
        for place, one in enumerate(written):
            folded = fold(one)
            if any(word in folded for word in self.words):
                start, end = max(place - _BEFORE, 0), place + _AFTER
                before, after = "… " if start else "", " …" if end < len(written) else ""
                return f"{before}{' '.join(written[start:end])}{after}"
        return ""

    def editions(self) -> Iterator[Hit]:
        rows = Edition.objects.visible_to(self.reader).filter(candidacy=self.candidacy)
        for edition in rows.newest_first().only("public_id", "number", "label"):
            if self.answers(str(edition)):
                yield Hit(str(edition), self.page("dossier:edition-detail", edition.public_id))

    def organisations(self) -> Iterator[Hit]:
        """As the list of organisations finds them: by their own words and by those of their contacts."""
        rows = Organisation.objects.visible_to(self.reader).filter(candidacy=self.candidacy)
        found = rows.matching(" ".join(self.words)).order_by("search_text", "pk")
        for public_id, name, role in found.values_list("public_id", "name", "role"):
            yield Hit(name, self.page("partners:organisation-detail", public_id), role)

    def list_of_organisations(self) -> str:
        if not is_staff(self.reader, self.candidacy):
            return ""
        address = reverse("partners:organisation-list", args=[self.candidacy.slug])
        return f"{address}?{urlencode({'q': ' '.join(self.words)})}"

    def contacts(self) -> Iterator[Hit]:
        rows = Contact.objects.visible_to(self.reader).filter(candidacy=self.candidacy)
        for word in self.words:
            rows = rows.filter(search_text__contains=word)
        found = rows.select_related("organisation").order_by("search_text", "pk")
        for contact in found.only("first_name", "last_name", "organisation__public_id", "organisation__name"):
            page = self.page("partners:organisation-detail", contact.organisation.public_id)
            yield Hit(f"{contact.first_name} {contact.last_name}", page, contact.organisation.name)

    def committees(self) -> Iterator[Hit]:
        rows = Committee.objects.visible_to(self.reader).filter(candidacy=self.candidacy).in_usual_order()
        for public_id, name in rows.values_list("public_id", "name"):
            if self.answers(name):
                yield Hit(name, self.page("committees:committee-detail", public_id))

    def meetings(self) -> Iterator[Hit]:
        rows = Meeting.objects.visible_to(self.reader).filter(committee__candidacy=self.candidacy)
        found = rows.order_by("-starts_at", "-pk").values_list("public_id", "title", "place", "starts_at")
        for public_id, title, place, starts_at in found:
            if self.answers(title, place):
                yield Hit(title, self.page("committees:meeting-detail", public_id), short_date(starts_at))

    def decisions(self) -> Iterator[Hit]:
        rows = Decision.objects.visible_to(self.reader).filter(candidacy=self.candidacy)
        found = rows.order_by("-meeting__starts_at", "pk").values_list("public_id", "number", "wording")
        for public_id, number, wording in found:
            if self.answers(number, wording):
                yield Hit(number, self.page("committees:decision-edit", public_id), self.excerpt(wording))

    def actions(self) -> Iterator[Hit]:
        rows = Action.objects.visible_to(self.reader).filter(candidacy=self.candidacy)
        for public_id, title in rows.order_by("-pk").values_list("public_id", "title"):
            if self.answers(title):
                yield Hit(title, self.page("committees:action-edit", public_id))

    def expenses(self) -> Iterator[Hit]:
        rows = ExpenseLine.objects.visible_to(self.reader).filter(plan__candidacy=self.candidacy)
        for public_id, label in rows.in_plan_order().values_list("public_id", "label"):
            if self.answers(label):
                yield Hit(label, self.page("budget:expense-edit", public_id), _("charge"))

    def income(self) -> Iterator[Hit]:
        """A partner reads their own lines on one page and has no sheet of them."""
        rows = IncomeLine.objects.visible_to(self.reader).filter(plan__candidacy=self.candidacy)
        has_sheet = is_staff(self.reader, self.candidacy)
        for public_id, label in rows.in_plan_order().values_list("public_id", "label"):
            if self.answers(label):
                sheet = ("budget:income-edit", public_id) if has_sheet else ("budget:funding-own",)
                yield Hit(label, self.page(*sheet), _("produit"))

    def members(self) -> Iterator[Hit]:
        for member in self.candidacy.memberships.select_related("user").order_by("user__last_name", "pk"):
            if self.answers(str(member.user), member.user.email):
                page = self.page("candidacy:member-edit", member.public_id)
                yield Hit(str(member.user), page, member.get_role_display())
