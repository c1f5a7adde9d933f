"""Links to papers that are made while somebody waits: each is plain, and marked for the script that shows the waiting."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
LINK = re.compile(r"<a\b(?:[^<>{]|\{\{.*?\}\}|\{%.*?%\})*>")
MADE_AT_ONCE = (
    "candidacy:backward-plan-pdf",
    "committees:action-pdf",
    "committees:answer-link-pack",
    "committees:attendance-sheet",
    "committees:decision-pdf",
    "committees:meeting-convocation",
    "committees:meeting-pack",
    "committees:minutes-link-pdf",
    "committees:minutes-pdf",
    "committees:minutes-word",
    "dossier:dossier-word",
    "dossier:section-word",
)


def links_to(name):
    texts = [path.read_text() for path in TEMPLATES.rglob("*.html")]
    return [link for text in texts for link in LINK.findall(text) if f"'{name}'" in link]


@pytest.mark.parametrize("name", MADE_AT_ONCE)
def test_every_link_to_a_paper_that_is_made_at_once_shows_the_waiting(name):
    links = links_to(name)

    assert links
    assert [link for link in links if "data-made-at-once" not in link] == []
    assert all("href=" in link for link in links)


@pytest.mark.parametrize("path", ["committees/answer_link.html", "committees/minutes_link.html"])
def test_the_pages_behind_a_link_bring_the_script_that_the_other_pages_have(path):
    assert "js/made-papers.js" in (TEMPLATES / path).read_text()
    assert 'import "./made-papers.js"' in (Path(settings.BASE_DIR) / "static/js/shell.js").read_text()
