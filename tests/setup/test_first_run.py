"""The first start on an empty folder: a bid that looks like a real one, accounts that open it, mail that leaves."""

import http.cookiejar
import re
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import pytest

from tests.setup.sites import ROOT, Site, free_port, own_servers

#: Beat turns once a minute unless told otherwise.
TICK_SECONDS = 5
#: How long a message may take: a tick, a worker that has just started, a machine that does other things.
PATIENCE_SECONDS = 90

MAKE_A_REMINDER_DUE = """
from django.utils import timezone
from notifications.models import OutboundMessage

message = OutboundMessage.objects.planned().order_by("due_at").first()
OutboundMessage.objects.filter(pk=message.pk).update(due_at=timezone.now())
print(message.pk)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("first-run")
    with own_servers() as servers:
        running = Site(
            data_dir, free_port(), EMAIL_URL="filemail://", TICK_SECONDS=str(TICK_SECONDS), **servers
        )
        yield running
        running.end()


def manage(site, script):
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", script],
        cwd=ROOT,
        env=site.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.slow
def test_the_accounts_are_printed_before_the_site_is_ready(site):
    printed = site.lines[:-1]

    assert site.lines[-1] == f"Ready: {site.url}"
    assert len([line for line in printed if re.search(r"\S+@\S+\.example$", line)]) == 5
    assert len([line for line in printed if "Mot de passe" in line]) == 1


@pytest.mark.slow
def test_the_printed_account_of_the_lead_opens_the_bid(site):
    address = next(re.search(r"\S+@\S+$", line)[0] for line in site.lines if "projet" in line and "@" in line)
    password = next(line.rsplit(" ", 1)[1] for line in site.lines if "Mot de passe" in line)
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = browser.open(site.url, timeout=30)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.read().decode())[1]
    typed = urllib.parse.urlencode({"login": address, "password": password, "csrfmiddlewaretoken": token})

    answer = browser.open(form.url, data=typed.encode(), timeout=30)

    assert answer.url != form.url
    assert "/c/lens-lievin/" in answer.read().decode()


@pytest.mark.slow
def test_a_due_reminder_leaves_by_itself(site):
    number = manage(site, MAKE_A_REMINDER_DUE)
    status = f"from notifications.models import OutboundMessage; print(OutboundMessage.objects.get(pk={number}).status)"

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (messages := list((site.data_dir / "mail").glob("*"))) and time.monotonic() < deadline:
        time.sleep(1)

    assert len(messages) == 1
    assert "\nMessage-ID: <" in messages[0].read_text()
    # The file is there a moment before the row says so.
    while (said := manage(site, status)) != "sent" and time.monotonic() < deadline:
        time.sleep(1)
    assert said == "sent"
