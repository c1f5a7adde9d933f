import logging
import re

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from core.logs import SecretAddressFilter

SECRET = "s3cret-_x"
#: The key in a mail that lets choose a password is the library's, and has another name.
KEY = "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)"


def secret_routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern).strip("^$")
        if isinstance(pattern, URLResolver):
            yield from secret_routes(pattern.url_patterns, route)
        elif "<str:token>" in route or KEY in route:
            yield route


SECRET_ROUTES = sorted(secret_routes(get_resolver().url_patterns))


@pytest.mark.parametrize(
    ("message", "args", "written"),
    [
        ("Not Found: %s", ("/lecture/s3cret-_x/pdf/",), "Not Found: /lecture/…/pdf/"),
        ("GET /lecture/s3cret?x=1", (), "GET /lecture/…?x=1"),
        ("%s and %s", ("/lecture/a/", "/lecture/b/"), "/lecture/…/ and /lecture/…/"),
        ("GET webcal://x.example/lecture/s3cret.ics", (), "GET webcal://x.example/lecture/…"),
        ("Not Found: %s", ("/c/lens/dossier/",), "Not Found: /c/lens/dossier/"),
    ],
)
def test_the_secret_of_an_address_is_cut_out(message, args, written):
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, message, args, None)

    assert SecretAddressFilter(under=["lecture"]).filter(record)
    assert record.getMessage() == written


def test_addresses_with_a_secret_are_found():
    assert {route.partition("/")[0] for route in SECRET_ROUTES} == {
        "lecture",
        "sondage",
        "reponse",
        "relecture",
        "calendriers",
        "compte",
    }


@pytest.mark.parametrize("route", SECRET_ROUTES)
def test_the_secret_of_every_address_that_holds_one_is_cut_out(route):
    address = "/" + re.sub(r"<uuid:[a-z_]+>", "7", route).replace("<str:token>", SECRET).replace(KEY, SECRET)
    options = {
        name: value for name, value in settings.LOGGING["filters"]["secret_addresses"].items() if name != "()"
    }
    record = logging.LogRecord("x", logging.WARNING, "", 0, "Not Found: %s", (address,), None)

    SecretAddressFilter(**options).filter(record)

    assert SECRET in address
    assert SECRET not in record.getMessage()
    assert "/…" in record.getMessage()


def test_operators_are_told_what_a_proxy_must_not_write():
    told = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    under = settings.LOGGING["filters"]["secret_addresses"]["under"]

    assert [place for place in under if f"/{place}/`" not in told] == []


def test_every_handler_of_the_site_cuts_them_out():
    assert all("secret_addresses" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
