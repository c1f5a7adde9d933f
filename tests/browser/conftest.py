"""A real browser on a live server: no console error, no request that leaves the site, axe on every page."""

import os
import re
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"
#: The size that is touched rather than clicked.
TABLET = "1024"
SIZES = {
    "1280": {"width": 1280, "height": 900},
    "1024": {"width": 1024, "height": 768},
    "360": {"width": 360, "height": 740},
}
SERIOUS = {"serious", "critical"}
#: In milliseconds: on a machine that prints beside it, a page takes its time.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)

# Playwright keeps an event loop in the thread of the test, where Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert executable, "no Chromium: run bin/test, which installs one, or set CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


class Visitor:
    """One person at one browser. What the browser complains of is kept, and fails the test at its end."""

    def __init__(self, browser, base_url, *, size="1280"):
        self.base_url, self.size = base_url, size
        self.complaints = []
        self.context = browser.new_context(
            viewport=SIZES[size], has_touch=size == TABLET, locale="fr-FR", timezone_id="Europe/Paris"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._watch)
        self.page.on("response", self._judge)

    def _hear(self, message):
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _watch(self, request):
        # Chromium shows a PDF by an extension of its own, which loads its parts from itself.
        if not request.url.startswith((self.base_url, "data:", "blob:", "chrome-extension:", "chrome:")):
            self.complaints.append(f"left the site: {request.url}")

    def _judge(self, response):
        if response.status >= 500 or (response.status == 404 and "/static/" in response.url):
            self.complaints.append(f"{response.status}: {response.url}")

    def open(self, path):
        self.page.goto(self.base_url + path)
        return self.page

    def sign_in(self, user, password):
        self.open("/compte/connexion/")
        self.page.get_by_label("Adresse").fill(user.email)
        self.page.get_by_label("Mot de passe").fill(password)
        self.page.get_by_role("button", name=re.compile("connecter", re.IGNORECASE)).click()
        self.page.wait_for_url(lambda url: "/connexion" not in url)

    def look(self, name):
        """Keep a screenshot and run axe; no serious or critical violation may remain."""
        ARTEFACTS.mkdir(exist_ok=True)
        # As JPEG: compressing a long page as PNG takes longer than loading it.
        self.page.screenshot(path=ARTEFACTS / f"{name}-{self.size}.jpg", full_page=True, quality=80)
        # Of the rules that pass, axe would else describe every element.
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [
            f"{name}: {violation['id']} ({violation['impact']}) {violation['help']} "
            f"{[node['target'] for node in violation['nodes'][:3]]}"
            for violation in found
            if violation["impact"] in SERIOUS
        ]

    def look_wide_and_narrow(self, name):
        """Look at the page as it stands in both sizes, and say also whether it scrolls sideways."""
        trouble = []
        for size in ("360", "1280"):
            self.resize(size)
            trouble += self.look(name)
            if self.scrolls_sideways():
                trouble.append(f"{name} {size}: scrolls sideways")
        return trouble

    def scrolls_sideways(self):
        return self.page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
        )

    def resize(self, size):
        self.size = size
        self.page.set_viewport_size(SIZES[size])

    def close(self):
        self.context.close()


@pytest.fixture
def visit(chromium, live_server):
    """Call it for a new person at the browser: ``visit(size="360")``."""
    visitors = []

    def arrive(*, size="1280"):
        visitors.append(Visitor(chromium, live_server.url, size=size))
        return visitors[-1]

    yield arrive
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.close()
    assert complaints == []
