"""The floor of `pages`: bare Django list views of the same rows and columns, on the same server.

Session, signed-in user, one page of as many rows as ours has, a plain template: what no Django page can be much quicker than.
"""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from candidacy.models import Membership
from committees.models import Action, Committee, CommitteeMember, Decision, Meeting
from committees.views.committees import COMMITTEES_A_PAGE
from dossier.models import DossierExport, Edition, LiveFigure, Picture
from dossier.views.editions import EDITIONS_A_PAGE
from dossier.views.exports import EXPORTS_A_PAGE
from dossier.views.picture_sheets import PICTURES_A_PAGE
from notifications.models import OutboundMessage
from partners.models import Deliberation, Organisation

_TEMPLATE = """<!doctype html><html lang="fr"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<p>{{ user.email }}</p><table><thead><tr>{% for name in columns %}<th>{{ name }}</th>{% endfor %}</tr></thead><tbody>
{% for row in page %}<tr>{% for value in row %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table><p>{{ page.number }} / {{ page.paginator.num_pages }}</p></body></html>"""


def _of_committee(model: type[Meeting] | type[CommitteeMember]) -> QuerySet[Any]:
    return model._default_manager.filter(committee=OuterRef("pk"))


_LISTS: dict[str, Callable[[], QuerySet[object]]] = {
    "organisations": lambda: Organisation.objects.order_by("name").values_list(
        "name", "kind", "circle", "stage", "stage_changed_on", "territory__name", "role"
    ),
    "actions": lambda: Action.objects.order_by("due_on", "pk").values_list(
        "title", "owner__last_name", "owner__organisation__name", "due_on", "status", "meeting__title"
    ),
    "decisions": lambda: Decision.objects.order_by("-number").values_list(
        "number", "wording", "owner__last_name", "due_on", "status", "meeting__title"
    ),
    "meetings": lambda: Meeting.objects.order_by("starts_at").values_list(
        "title", "starts_at", "place", "status", "committee__name"
    ),
    "messages": lambda: OutboundMessage.objects.order_by("due_at", "pk").values_list(
        "title", "recipient_name", "due_at", "status", "rule", "sent_at"
    ),
    "members": lambda: Membership.objects.order_by("user__last_name").values_list(
        "user__first_name", "user__last_name", "user__email", "role", "last_seen_at"
    ),
    "deliberations": lambda: Deliberation.objects.order_by("title").values_list(
        "title", "organisation__name", "status", "sitting__held_on", "sitting__agenda_closes_on"
    ),
    "committees": lambda: Committee.objects.order_by("name").values_list(
        *("name", "acronym", "rhythm_min", "rhythm_max", "rhythm_period"),
        Subquery(_of_committee(Meeting).order_by("starts_at").values("starts_at")[:1]),
        Subquery(
            _of_committee(CommitteeMember).values("committee").annotate(Count("pk")).values("pk__count")
        ),
    ),
    "pictures": lambda: Picture.objects.order_by("-pk").values_list(
        *("file", "width", "height", "caption", "credit", "rights", "alternative_text", "is_decorative")
    ),
    "figures": lambda: LiveFigure.objects.order_by("label").values_list(
        "label", "value", "source", "dated_on", "owner__last_name"
    ),
    "editions": lambda: Edition.objects.order_by("-pk").values_list(
        "number", "label", "status", "frozen_at", "author__last_name", "meeting__title"
    ),
    "exports": lambda: DossierExport.objects.order_by("-pk").values_list(
        "created_at", "requested_by__last_name", "page_count", "status"
    ),
}
#: Where ours shows fewer than fifty rows a page.
_ROWS_A_PAGE = {
    "committees": COMMITTEES_A_PAGE,
    "pictures": PICTURES_A_PAGE,
    "editions": EDITIONS_A_PAGE,
    "exports": EXPORTS_A_PAGE,
}


def bare_list(request: HttpRequest, name: str) -> HttpResponse:
    page = Paginator(_LISTS[name](), _ROWS_A_PAGE.get(name, 50)).get_page(request.GET.get("page"))
    columns = range(len(page.object_list[0]))
    template = engines["django"].from_string(_TEMPLATE)
    return HttpResponse(template.render({"title": name, "page": page, "columns": columns}, request))


urlpatterns = [path("nu/<slug:name>/", bare_list), path("", include("config.urls"))]
