"""What can be set is written down where operators look."""

import re
import tomllib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)


def variables():
    read = re.compile(r'env(?:iron)?(?:\.[a-z]+)?[(\[]\s*"([A-Z][A-Z_]+)"')
    sources = [*(ROOT / "config").rglob("*.py"), *(ROOT / "dossier").rglob("*.py"), ROOT / "gunicorn.conf.py"]
    named = {name for path in sources for name in read.findall(path.read_text())}
    return named - {"DJANGO_SETTINGS_MODULE", "EMBED_BEAT"}  # set by the programs themselves


def test_every_variable_stands_in_the_example():
    example = (ROOT / ".env.example").read_text()

    assert sorted(name for name in variables() if f"\n# {name}=" not in example) == []


def test_the_containers_pass_on_what_production_sets():
    example = (ROOT / ".env.example").read_text()
    settable = example.partition("# --- servers")[2].partition("\n# --- tests")[0]
    named = set(re.findall(r"^# ([A-Z_]+)=", settable, re.MULTILINE))
    compose = (ROOT / "docker-compose.yml").read_text()
    fixed_in_image = {"MEDIA_ROOT", "STATIC_ROOT"}
    # The containers have a database and a queue of their own, which they share with nobody.
    fixed_in_compose = {"DATABASE_URL", "REDIS_URL", "CELERY_KEY_PREFIX"}
    passed_on = {name for name in named if f"${{{name}:" in compose}

    assert named - passed_on == fixed_in_image | fixed_in_compose


def test_every_link_of_the_documents_leads_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")]
    broken = [
        f"{path.name}: {target}"
        for path in documents
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)]+)\)", path.read_text())
        if not (path.parent / target.partition("#")[0]).exists()
    ]

    assert broken == []


@pytest.mark.parametrize("contract", ["inside", "inside-deferred"])
def test_the_order_of_the_layers_is_told_as_it_is_held(contract):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (row["layers"] for row in contracts if row["id"] == contract)
    # Nothing is told of the admin, which no application has.
    told = " → ".join(re.sub(r"\(admin\) : |[()]", "", layer) for layer in layers)

    assert f"`{told}`" in (ROOT / "docs" / "architecture.md").read_text()


def test_every_command_of_the_documents_exists():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / ".env.example"]
    named = {name for path in documents for name in re.findall(r"manage\.py ([a-z_]+)", path.read_text())}

    assert "create_lead" in named
    assert sorted(named - get_commands().keys()) == []


def test_operators_are_told_how_the_first_lead_is_made_in_a_container():
    told = (ROOT / "docs" / "operations.md").read_text()
    command = r"docker compose exec (\w+) python manage\.py create_lead \S+@\S+ "
    (service,) = re.findall(command, told)

    assert f"\n  {service}:\n" in (ROOT / "docker-compose.yml").read_text()
