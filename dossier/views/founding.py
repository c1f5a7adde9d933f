"""Founding a candidacy in a few steps. What is typed stays in the session until the last one; then it is all written."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import AppRequest
from candidacy.call_copies import templates_for
from candidacy.models import Candidacy
from candidacy.permissions import can_create_candidacy
from core.errors import DomainError
from core.permissions import require
from core.sheets import UNPROCESSABLE
from dossier.founding_draft import Draft
from dossier.founding_forms import CallStepForm, Known
from dossier.founding_steps import BY_KEY, REVIEW, STEPS, Founding


@require_http_methods(["GET", "POST"])
def candidacy_create(request: AppRequest) -> HttpResponse:
    """Choose the call: the draft begins with that choice."""
    require(can_create_candidacy(request.user))
    known = Known(today=timezone.localdate(), offered=templates_for(request.user))
    form = CallStepForm(request.POST or None, known=known)
    if request.method == "POST" and form.is_valid():
        draft = Draft.begin(request.session)
        draft.keep(STEPS[0].key, request.POST)
        return redirect("dossier:candidacy-create-step", draft.key, STEPS[1].key)
    context = {
        "form": form,
        "step": STEPS[0],
        "foundings": [_founding(request, draft) for draft in Draft.all(request.session)],
    }
    return render(request, "dossier/founding_start.html", context, status=_status(request))


@require_http_methods(["GET", "POST"])
def candidacy_create_step(request: AppRequest, draft: UUID, step: str) -> HttpResponse:
    require(can_create_candidacy(request.user))
    found = Draft.find(request.session, draft)
    if found is None:
        return _to_what_it_became(request, draft)
    if step not in BY_KEY:
        raise Http404
    founding = _founding(request, found)
    if not founding.is_reachable(step):
        return _to_step(founding, founding.first_unsettled)
    if request.method == "POST":
        return _step_posted(request, founding, step)
    return _step_page(request, founding, step, founding.form(step))


@require_http_methods(["GET", "POST"])
def candidacy_create_review(request: AppRequest, draft: UUID) -> HttpResponse:
    require(can_create_candidacy(request.user))
    found = Draft.find(request.session, draft)
    if found is None:
        return _to_what_it_became(request, draft)
    founding = _founding(request, found)
    if founding.first_unsettled != REVIEW:
        messages.warning(request, _("Cette étape est à compléter avant de créer la candidature."))
        return _to_step(founding, founding.first_unsettled)
    if request.method == "POST":
        return _create(request, founding)
    context = {"founding": founding, "summary": founding.summary(), "marks": founding.marks(REVIEW)}
    return render(request, "dossier/founding_review.html", context)


@require_POST
def candidacy_create_abandon(request: AppRequest, draft: UUID) -> HttpResponse:
    require(can_create_candidacy(request.user))
    found = Draft.find(request.session, draft)
    if found is not None:
        found.forget()
        messages.success(request, _("La candidature en préparation est abandonnée."))
    return redirect("candidacy:home")


def _create(request: AppRequest, founding: Founding) -> HttpResponse:
    try:
        candidacy = founding.found()
    except (DomainError, ValidationError) as error:
        told = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        messages.error(request, told)
        return _to_step(founding, REVIEW)
    founding.draft.forget()
    messages.success(
        request,
        _(
            "La candidature est prête : le plan du dossier, les critères, les étapes et le plan de financement vous "
            "attendent."
        ),
    )
    return redirect("dossier:dashboard", candidacy.slug)


def _step_posted(request: AppRequest, founding: Founding, step: str) -> HttpResponse:
    """Keep what was typed, right or wrong; go on only when it is right, back or aside in any case."""
    form = founding.form(step, request.POST)
    to = request.POST.get("to", "")
    is_in_order = form.is_valid()
    founding.draft.keep(step, form.typed_again(request.POST) if is_in_order else request.POST)
    if is_in_order and step == "territoires":
        founding.draft.keep_communes(form.rows)
    founding = _founding(request, founding.draft)
    if to in {*BY_KEY, REVIEW} and to != step and founding.is_reachable(to):
        return _to_step(founding, to)
    if not is_in_order:
        return _step_page(request, founding, step, form)
    if to == "stay":
        return _to_step(founding, step)
    return _to_step(founding, _after(founding, step))


def _after(founding: Founding, step: str) -> str:
    """Return the step that follows; somebody who came back to mend one returns to the review."""
    if founding.first_unsettled == REVIEW:
        return REVIEW
    keys = list(BY_KEY)
    return keys[min(keys.index(step) + 1, len(keys) - 1)]


def _step_page(request: AppRequest, founding: Founding, step: str, form: Any) -> HttpResponse:
    keys = list(BY_KEY)
    place = keys.index(step)
    context = {
        "founding": founding,
        "form": form,
        "step": BY_KEY[step],
        "marks": founding.marks(step),
        "former": keys[place - 1] if place else "",
    }
    return render(request, "dossier/founding_step.html", context, status=_status(request))


def _founding(request: AppRequest, draft: Draft) -> Founding:
    return Founding(draft, founder=request.user, today=timezone.localdate())


def _to_step(founding: Founding, step: str) -> HttpResponse:
    if step == REVIEW:
        return redirect("dossier:candidacy-create-review", founding.draft.key)
    return redirect("dossier:candidacy-create-step", founding.draft.key, step)


def _to_what_it_became(request: AppRequest, draft: UUID) -> HttpResponse:
    """Lead to the candidacy that the draft has founded, when the same form is sent twice or its page reloaded."""
    candidacy = Candidacy.objects.visible_to(request.user).filter(public_id=draft).first()
    if candidacy is None:
        raise Http404
    return redirect("dossier:dashboard", candidacy.slug)


def _status(request: AppRequest) -> int:
    return UNPROCESSABLE if request.method == "POST" else 200
