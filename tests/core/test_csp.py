"""Nothing inline runs, nothing comes from elsewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from tests.factories import make_member, make_section

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path
    for path in (ROOT / "templates").rglob("*.html")
    # Printed by WeasyPrint or sent by mail, never sent to a browser as a page.
    if not {"pdf", "emails", "email"} & set(path.relative_to(ROOT).parts)
)


def policy(response):
    directives = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


def test_the_policy_lets_nothing_in_but_our_own_files(client):
    found = policy(client.get(reverse("account_login")))

    assert found == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }


def test_the_editor_is_let_in_by_a_nonce_that_changes_each_time(client):
    section = make_section()
    membership = make_member(candidacy=section.candidacy)
    client.force_login(membership.user)
    address = reverse("dossier:section-edit", args=[section.candidacy.slug, section.public_id])

    nonces = set()
    for _ in range(2):
        response = client.get(address)
        (nonce,) = {part for part in policy(response)["script-src"] if part.startswith("'nonce-")}
        html = response.content.decode()
        inline = re.findall(r"<(?:script|style)(?![^>]*\bsrc=)[^>]*>", html)
        executed = [tag for tag in inline if 'type="application/json"' not in tag]
        assert len(executed) >= 2  # the import map and the style that stands in for the editor's own
        assert all(f'nonce="{nonce[7:-1]}"' in tag for tag in executed)
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_holds_what_the_policy_refuses(template):
    html = re.sub(r"\{#.*?#\}", "", template.read_text())

    assert not re.search(r"<[^>]*\sstyle=", html)
    assert not re.search(r"<[^>]*\son[a-z]+=", html)
    assert not re.search(r"javascript:", html)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', html)
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", html):
        assert "src=" in tag or 'type="application/json"' in tag or "nonce=" in tag


@pytest.mark.parametrize("sheet", sorted((ROOT / "static/css").glob("*.css")), ids=lambda path: path.name)
def test_no_style_sheet_calls_elsewhere(sheet):
    assert not re.search(r"@import|url\(\s*[\"']?(?:https?:)?//", sheet.read_text())


def test_htmx_runs_without_what_the_policy_refuses(client):
    html = client.get(reverse("account_login")).content.decode()
    configuration = re.search(r"name=\"htmx-config\" content='([^']+)'", html)[1]

    for setting in ('"includeIndicatorStyles":false', '"allowEval":false', '"selfRequestsOnly":true'):
        assert setting in configuration
    assert '{"code":"422","swap":true}' in configuration
