from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import AppRequest
from candidacy.scope import candidacy_for
from core.search_form import SearchForm
from dossier.search import search


@require_GET
def search_page(request: AppRequest, slug: str) -> HttpResponse:
    """Answer every member, each from what they may open."""
    candidacy = candidacy_for(request, slug)
    form = SearchForm(request.GET)
    question = form.question
    context = {"form": form, "question": question, "groups": search(candidacy, request.user, question)}
    return render(request, "dossier/search.html", context)
