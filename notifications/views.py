from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import AppRequest
from notifications.forms import MessagesForm
from notifications.preferences import choose_messages


@require_http_methods(["GET", "HEAD", "POST"])
def message_choice(request: AppRequest) -> HttpResponse:
    """Let a person say which messages they want; nobody else reads or changes it."""
    form = MessagesForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        choose_messages(user=request.user, wanted=form.cleaned_data["wanted"])
        messages.success(request, _("Votre choix est enregistré."))
        return redirect("notifications:message-choice")
    return render(
        request, "notifications/message_choice.html", {"form": form}, status=422 if form.errors else 200
    )
