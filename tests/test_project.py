"""The project keeps its own rules."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
OURS = (
    "config",
    "core",
    "accounts",
    "notifications",
    "candidacy",
    "partners",
    "committees",
    "budget",
    "dossier",
)
SOURCES = sorted(
    path for app in OURS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
BINARY = {".png", ".jpg", ".ico", ".woff2", ".pdf"}
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
OUR_MODELS = [
    model
    for app in OURS[1:]
    for model in apps.get_app_config(app).get_models()
    if not model.__name__.startswith("Historical")
]


#: Controls that are no field of a form: nothing of what they hold is sent.
CONTROLS_OF_NO_FORM = {
    "templates/committees/_filter_box.html",  # narrows, in the browser, the list that the page holds
    "templates/committees/feed_given.html",  # an address to copy
    "templates/dossier/reading_link_given.html",  # likewise
}

PAGES = [path for path in TEMPLATES if path.suffix in {".html", ".txt"}]


def where(path):
    return str(path.relative_to(ROOT))


def french_texts():
    """Every French text of the project, with the file it stands in."""
    for path in SOURCES:
        for text in re.findall(r"_\(\s*[\"'](.*?)[\"']\s*\)", path.read_text()):
            yield path, text
    for path in PAGES:
        yield path, re.sub(r"\{[%#].*?[%#]\}", _said_by_tag, path.read_text(), flags=re.DOTALL)


def _said_by_tag(tag):
    return " ".join(re.findall(r"(?:translate |_\()\"(.*?)\"", tag[0]))


def test_no_error_is_swallowed_whole():
    swallowing = re.compile(r"suppress\((Base)?Exception\)|except:\s")

    assert [where(path) for path in SOURCES if swallowing.search(path.read_text())] == []


def test_nothing_is_left_to_do_without_a_reason():
    left = re.compile(r"\b(TODO|FIXME|XXX)\b")

    assert [where(path) for path in [*SOURCES, *PAGES] if left.search(path.read_text())] == []


def test_every_page_compiles():
    for path in PAGES:
        assert get_template(str(path.relative_to(ROOT / "templates")))


def test_no_page_brings_a_script_or_style_that_the_policy_would_refuse():
    inline = re.compile(r"<script(?![^>]*(?:\bsrc=|nonce=|application/json))|<style|\sstyle=|\son[a-z]+=\"")
    pages = [path for path in PAGES if not {"emails", "pdf"} & set(path.parts)]

    assert [where(path) for path in pages if inline.search(path.read_text())] == []


def test_no_page_writes_the_controls_of_its_forms():
    """Widgets do, drawn by crispy: tests/crispy_guard.py sees to the second half."""
    control = re.compile(r"<(?:select|textarea|input(?![^>]*type=\"hidden\"))\b")

    assert {where(path) for path in PAGES if control.search(path.read_text())} == CONTROLS_OF_NO_FORM


def test_every_template_is_used():
    sources = "\n".join(path.read_text() for path in [*SOURCES, *PAGES])
    library = (
        "account/",
        "mfa/",
        "allauth/",
        "400",
        "403",
        "404",
        "413",
        "429",
        "500",
        "bootstrap5/",
        "emails/",
        "dossier/pdf/",  # named by its chapter
    )
    known = [str(path.relative_to(ROOT / "templates")) for path in PAGES]

    assert [name for name in known if not name.startswith(library) and name not in sources] == []


def test_every_email_has_its_subject_and_body():
    folders = [
        path for path in (ROOT / "templates" / "emails").iterdir() if path.is_dir() and path.name != "parts"
    ]

    assert folders
    for folder in folders:
        assert {"subject.txt", "body.txt"} <= {path.name for path in folder.iterdir()}, folder.name


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_a_model_is_named_in_french_and_in_lower_case(model):
    assert {"verbose_name", "verbose_name_plural"} <= set(model._meta.original_attrs)
    for name in (model._meta.verbose_name, model._meta.verbose_name_plural):
        assert str(name)[0].islower()


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_a_constraint_and_an_index_carry_the_name_of_their_model(model):
    named = [*model._meta.constraints, *model._meta.indexes]

    assert [item.name for item in named if not item.name.startswith(model.__name__.lower())] == []


def test_every_beat_entry_names_a_task():
    current_app.loader.import_default_modules()

    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(current_app.tasks)


def test_french_texts_use_the_typographic_apostrophe():
    straight = re.compile(r"\b(?:[ldnsmtcj]|qu|jusqu|lorsqu|puisqu)'[a-zà-ÿœA-ZÀ-Ý]")

    assert [
        f"{where(path)}: {found[0]}" for path, text in french_texts() if (found := straight.search(text))
    ] == []


def test_the_space_of_a_double_sign_does_not_break():
    breaking = re.compile(r".{0,20}(?:[a-zà-ÿ0-9»)] [:;!?»](?=\s|$|\"|<)|« ).{0,20}")

    assert [
        f"{where(path)}: {found[0]}" for path, text in french_texts() if (found := breaking.search(text))
    ] == []


def test_the_only_door_to_weasyprint_is_the_pdf_package():
    speaking = re.compile(r"^\s*(from|import) weasyprint", re.MULTILINE)
    outside = [path for path in SOURCES if ROOT / "core" / "pdf" not in path.parents]

    assert [where(path) for path in outside if speaking.search(path.read_text())] == []


def test_the_libraries_we_promise_are_recent_enough_to_be_safe():
    """WeasyPrint before 70 follows redirects and reads what it should not."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]

    assert "weasyprint>=70,<71" in wanted


#: Folders of machines, and addresses where packages are fetched, whoever keeps them.
TELLING = re.compile(
    r"(?<![\w.}-])/(?:root|home|Users|work|tmp|opt|srv|mnt|private)/[\w.<-][^\s\"'`),;]*"
    r"|\b[\w.-]*(?:pypi|pythonhosted|npmjs|artifactory|nexus|devpi|verdaccio|mirror)[\w-]*\.[a-z][\w./-]*"
)
#: Folders of the image, of Homebrew and of people who are made up.
KNOWN = {
    "Dockerfile": ("/opt/tools", "/opt/venv", "/opt/node"),
    "docker-compose.yml": ("/tmp/beat",),
    "bin/bootstrap.py": ("/opt/homebrew/lib/",),
    "tests/setup/test_bootstrap.py": ("/opt/homebrew/lib/",),
    "tests/test_servers.py": ("/tmp/some.sqlite3",),
    "tests/core/clipboard/libreoffice.html": ("/tmp/lu1234.tmp/",),
    "tests/core/clipboard/word.html": ("/Users/camille/",),
}


def test_no_committed_file_names_a_registry_or_a_folder_of_a_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = [name for name in tracked.splitlines() if Path(name).suffix not in BINARY]

    assert [
        f"{name}: {found[0]}"
        for name in texts
        if name != "tests/test_project.py"
        for found in TELLING.finditer((ROOT / name).read_text())
        if not found[0].startswith(KNOWN.get(name, ()))
    ] == []


@pytest.mark.parametrize(
    "told",
    [
        "cd /tmp/scratch && ls",
        '"/home/somebody/.cache"',
        "/Users/somebody/project",
        "see /opt/python/bin",
        "(/root/.ssh)",
        "file:///work/some-project",
        "https://pypi.example/simple",
        "https://registry.npmjs.example/bootstrap",
        "https://nexus.example.org/repository/python",
        "https://mirrors.example.net/pypi",
        "https://artifactory.example/api",
    ],
)
def test_a_registry_or_a_folder_of_a_machine_is_recognised(told):
    assert TELLING.search(told)


@pytest.mark.parametrize("plain", ["/c/lens/dossier/", "{folder}/tmp/x", "mirrors the other", "a/home/page"])
def test_an_ordinary_address_is_neither(plain):
    assert not TELLING.search(plain)
