"""What bin/check looks at: its steps, and that those which hang on it alone do refuse a broken file."""

import pytest

from tests.setup.conftest import ROOT, loaded_program


@pytest.fixture
def check(monkeypatch):
    """The program as a module, without its run."""
    return loaded_program("bin/check", monkeypatch)


def test_the_steps_are_these(check, monkeypatch):
    monkeypatch.chdir(ROOT)
    templates = " ".join(check.templates())

    steps = {
        name: " ".join(command).replace(templates, "<templates>")
        for name, (command, _settings) in check.steps("/scratch").items()
    }

    assert "templates/base.html" in templates
    assert steps == {
        "ruff check": "ruff check --quiet",
        "ruff format": "ruff format --check --quiet",
        "djade": "djade --target-version 5.2 --check <templates>",
        "djlint": "djlint --lint --quiet templates",
        "mypy": "mypy --no-error-summary",
        "import contracts": "lint-imports --no-cache",
        "deptry": "deptry .",
        "Dockerfile": "hadolint Dockerfile",
        "docker-compose.yml": "check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml",
        "workflow": "check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/ci.yml",
        "migrations": "python manage.py makemigrations --check --dry-run",
        "deployment": "python manage.py check --deploy --fail-level WARNING",
        "static files": "python manage.py collectstatic --no-input --verbosity 0",
    }


def test_what_production_requires_is_checked_with_the_settings_of_production(check):
    steps = check.steps("/scratch")

    assert {
        name: settings["DJANGO_SETTINGS_MODULE"] for name, (_command, settings) in steps.items() if settings
    } == {
        "migrations": "config.settings.local",
        "deployment": "config.settings.production",
        "static files": "config.settings.production",
    }


BROKEN = {
    "Dockerfile": ("Dockerfile", "FROM debian\nRUN cd /somewhere && apt-get install curl\n", "DL3006"),
    "docker-compose.yml": ("docker-compose.yml", "services:\n  web:\n    imagee: candidacy\n", "imagee"),
    "workflow": (".github/workflows/ci.yml", "on: push\njobs: {}\n", "jobs"),
}


@pytest.mark.parametrize("step", BROKEN)
def test_a_broken_file_is_refused(check, tmp_path, monkeypatch, step):
    name, text, said = BROKEN[step]
    command, settings = check.steps(str(tmp_path))[step]
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

    broken = check.run(command, settings)

    assert broken.returncode != 0
    assert said in broken.stdout + broken.stderr


def test_a_red_step_is_named_and_the_others_run_all_the_same(check, monkeypatch, capsys):
    monkeypatch.setattr(check.bootstrap, "set_up", lambda lock: None)
    monkeypatch.setattr(
        check, "steps", lambda scratch: {"first": (["false"], {}), "second": (["echo", "unseen"], {})}
    )

    with pytest.raises(check.bootstrap.SetupError, match=r"^Red: first\.$"):
        check.check([])

    assert [line for line in capsys.readouterr().out.splitlines() if line] == ["RED first", "ok  second"]
