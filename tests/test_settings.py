"""What can be set is written down where operators look."""

import re
from pathlib import Path

from django.conf import settings

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
