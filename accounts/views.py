from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms import ProfileForm
from accounts.http import AppRequest
from accounts.services import rename_user


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: AppRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        rename_user(user=request.user, **form.cleaned_data)
        messages.success(request, _("Votre profil est enregistré."))
        return redirect("accounts:profile")
    context = {"form": form, "has_second_factor": is_mfa_enabled(request.user)}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@login_not_required
@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the application is known to be; French law asks for this page."""
    return render(request, "accounts/accessibility.html")
