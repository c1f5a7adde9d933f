from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from dossier.search import MAX_CHARACTERS, search


@require_GET
def search_page(request: AppRequest, slug: str) -> HttpResponse:
    """Answer every member, each from what they may open."""
    candidacy = candidacy_for(request, slug)
    question = request.GET.get("q", "").replace("\0", " ")[:MAX_CHARACTERS].strip()
    context = {
        "question": question,
        "groups": search(candidacy, request.user, question),
        "max_characters": MAX_CHARACTERS,
    }
    return render(request, "dossier/search.html", context)
