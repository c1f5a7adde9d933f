from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class AppRequest(HttpRequest):
    """The request of a signed-in page: core.middleware.SignInMiddleware has made sure of ``user``."""

    user: User
    htmx: HtmxDetails
