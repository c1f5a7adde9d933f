"""Pages for whoever knows their address: nobody signs in, and nothing that a browser sends by itself gives a right.

That is why these views want no CSRF token, which would need a cookie: a page of another site cannot post to an address
that it does not know, and one that knows it is told apart by what the browser says of where the request comes from.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

AddressedView = Callable[..., HttpResponseBase]


def for_whoever_knows_the_address(view: AddressedView) -> AddressedView:
    """Let ``view`` answer without an account; what it answers is not kept, listed or told to another site."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answer


def is_sent_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that a form came from a page of another site."""
    return request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
