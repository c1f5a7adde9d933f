from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.forms.settings import LogoForm, SettingsForm
from candidacy.models import Candidacy
from candidacy.permissions import can_change_settings
from candidacy.scope import candidacy_for
from candidacy.services.settings import change_settings, remove_logo, set_logo
from core.colour import accent_for, contrast_of
from core.permissions import require
from core.sheets import Outcome, submit


@require_http_methods(["GET", "HEAD", "POST"])
def candidacy_settings(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_to_set(request, slug)
    form = SettingsForm(request.POST if request.method == "POST" else None, row=candidacy)
    outcome = submit(
        form,
        lambda: change_settings(candidacy=candidacy, fields=form.values, seen=form.cleaned_data["seen"]),
    )
    if outcome.is_saved:
        messages.success(request, _("Les réglages sont enregistrés."))
        return redirect("candidacy:candidacy-settings", slug)
    return _show(request, candidacy, form=form, logo_form=LogoForm(), outcome=outcome)


@require_POST
def logo_replace(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = _candidacy_to_set(request, slug)
    logo_form = LogoForm(request.POST, request.FILES)
    outcome = submit(logo_form, lambda: set_logo(candidacy=candidacy, file=logo_form.cleaned_data["file"]))
    if outcome.is_saved:
        messages.success(request, _("Le logo est remplacé."))
        return redirect("candidacy:candidacy-settings", slug)
    form = SettingsForm(row=candidacy)
    return _show(request, candidacy, form=form, logo_form=logo_form, outcome=outcome)


@require_POST
def logo_remove(request: AppRequest, slug: str) -> HttpResponse:
    remove_logo(candidacy=_candidacy_to_set(request, slug))
    messages.success(request, _("Le logo est retiré."))
    return redirect("candidacy:candidacy-settings", slug)


@require_safe
def logo(request: AppRequest, slug: str) -> HttpResponse:
    """Serve the logo to the members of the candidacy; browsers keep it and ask whether it is still the same."""
    candidacy = candidacy_for(request, slug)
    if not candidacy.logo:
        raise Http404
    tag = f'"{candidacy.logo.name}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        with candidacy.logo.open("rb") as file:
            response = HttpResponse(file.read(), content_type="image/png")
    response["ETag"] = tag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _candidacy_to_set(request: AppRequest, slug: str) -> Candidacy:
    candidacy = candidacy_for(request, slug)
    require(can_change_settings(request.user, candidacy))
    return candidacy


def _show(
    request: AppRequest, candidacy: Candidacy, *, form: SettingsForm, logo_form: LogoForm, outcome: Outcome
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "logo_form": logo_form,
        "differences": outcome.differences,
        "accent": accent_for(candidacy.accent_colour, "light"),
        "contrast": round(contrast_of(candidacy.accent_colour, "#ffffff"), 1),
    }
    return render(request, "candidacy/candidacy_settings.html", context, status=outcome.status)
