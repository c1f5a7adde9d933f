import logging

import pytest
from django.conf import settings

from core.logs import SecretAddressFilter


@pytest.mark.parametrize(
    ("message", "args", "written"),
    [
        ("Not Found: %s", ("/lecture/s3cret-_x/pdf/",), "Not Found: /lecture/…/pdf/"),
        ("GET /lecture/s3cret?x=1", (), "GET /lecture/…?x=1"),
        ("%s and %s", ("/lecture/a/", "/lecture/b/"), "/lecture/…/ and /lecture/…/"),
        ("Not Found: %s", ("/c/lens/dossier/",), "Not Found: /c/lens/dossier/"),
    ],
)
def test_the_secret_of_an_address_is_cut_out(message, args, written):
    record = logging.LogRecord("x", logging.WARNING, __file__, 1, message, args, None)

    assert SecretAddressFilter(under=["lecture"]).filter(record)
    assert record.getMessage() == written


def test_every_handler_of_the_site_cuts_them_out():
    assert all("secret_addresses" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
