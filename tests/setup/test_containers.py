"""The container files, without an engine: their shape, and their commands run for real."""

import os
import re
import secrets
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from core import processes
from tests.setup.sites import free_port, own_servers

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
APPLICATION = ["migrate", "web", "worker", "beat"]
HEALTHY_SECONDS = 60


@pytest.fixture
def here(tmp_path):
    """Run the compose file's commands on this machine: on the servers of the environment, else the embedded default."""
    port = free_port()
    started = []
    with own_servers() as servers:
        environment = {**os.environ, "DATA_DIR": str(tmp_path), **servers}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
        if {"DATABASE_URL", "CELERY_KEY_PREFIX"} <= servers.keys():
            environment |= {
                "DJANGO_SETTINGS_MODULE": SERVICES["web"]["environment"]["DJANGO_SETTINGS_MODULE"],
                "SECRET_KEY": secrets.token_urlsafe(50),
                "EMAIL_URL": "smtp://127.0.0.1:1",
                "BASE_URL": "http://127.0.0.1",
                "ALLOWED_HOSTS": "127.0.0.1",
            }

        def words(command):
            moved = [word.replace("0.0.0.0", "127.0.0.1").replace("8000", str(port)) for word in command]
            moved = [word.replace("/tmp/", f"{tmp_path}/") for word in moved]
            return [sys.executable, *(moved[1:] if moved[0] == "python" else ["-m", *moved])]

        def start(command):
            started.append(subprocess.Popen(words(command), cwd=ROOT, env=environment))

        def run(command):
            return subprocess.run(
                words(command),
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )

        yield start, run
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=30)


def health_check(name):
    kind, *command = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    return command


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_command_of_a_service_makes_its_own_health_check_green(here, name):
    start, run = here
    migrated = run(SERVICES["migrate"]["command"])
    assert migrated.returncode == 0, migrated.stderr
    assert run(health_check(name)).returncode != 0

    start(SERVICES[name]["command"])

    wait_until_green(run, health_check(name))


def wait_until_green(run, check):
    deadline = time.monotonic() + HEALTHY_SECONDS
    while (checked := run(check)).returncode != 0:
        assert time.monotonic() < deadline, checked.stderr
        time.sleep(0.5)


def test_another_worker_does_not_make_the_check_of_this_one_green(here):
    start, run = here
    own = health_check("worker")
    others = [word.replace("socket.gethostname()", "'elsewhere'") for word in own]
    start([word.replace("%h", "elsewhere") for word in SERVICES["worker"]["command"]])
    wait_until_green(run, others)

    assert run(own).returncode != 0


def test_containers_run_the_commands_of_bin_start():
    assert tuple(SERVICES["web"]["command"]) == (*processes.WEB, "--bind", "0.0.0.0:8000")
    assert tuple(SERVICES["worker"]["command"]) == processes.WORKER
    assert SERVICES["beat"]["command"][:5] == ["celery", "--app", "config", "--quiet", "beat"]


def test_compose_brings_up_the_application_its_servers_and_a_mail_catcher():
    assert sorted(SERVICES) == ["beat", "cache", "db", "mail", "migrate", "web", "worker"]
    assert {name: SERVICES[name]["image"].partition(":")[0] for name in ("db", "cache", "mail")} == {
        "db": "postgres",
        "cache": "redis",
        "mail": "axllent/mailpit",
    }
    addresses = SERVICES["web"]["environment"]
    assert "@db:5432/" in addresses["DATABASE_URL"]
    assert addresses["REDIS_URL"].startswith("redis://cache:")
    assert "smtp://mail:1025" in addresses["EMAIL_URL"]


def test_every_lasting_service_has_a_health_check():
    assert [name for name in SERVICES if name != "migrate" and "healthcheck" not in SERVICES[name]] == []


def test_every_service_that_keeps_something_has_a_declared_volume():
    used = {
        volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])
    }

    assert used == set(COMPOSE["volumes"])
    assert [name for name in [*APPLICATION, "db", "cache", "mail"] if not SERVICES[name].get("volumes")] == []


def test_published_ports_are_open_to_this_machine_alone():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert [port for port in published if not port.startswith("127.0.0.1:")] == []
    assert len(published) == 2


def test_the_application_waits_for_its_tables():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_no_secret_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()

    assert set(re.findall(r"\$\{(SECRET_KEY|POSTGRES_PASSWORD)(:.)", text)) == {
        ("SECRET_KEY", ":?"),
        ("POSTGRES_PASSWORD", ":?"),
    }


def test_the_image_is_built_in_stages_and_runs_without_privileges():
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]

    assert len(stages) == 2
    assert re.findall(r"^USER (\S+)$", stages[-1], flags=re.MULTILINE) == ["10001"]
    assert "assets.txt" not in stages[-1]
    assert "uid 10001" in stages[-1]


def test_the_image_installs_only_what_is_locked():
    assert DOCKERFILE.count("--require-hashes") == 3
    assert "npm ci" in DOCKERFILE
    assert re.search(r"\w+://(?!unused)", DOCKERFILE) is None


def test_the_image_holds_every_application_and_no_test():
    kept = {line.removeprefix("!").rstrip("/") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    applications = {path.parent.name for path in ROOT.glob("*/apps.py")}

    assert (
        applications | {"config", "templates", "static", "requirements", "manage.py", "gunicorn.conf.py"}
        <= kept
    )
    assert {"tests", "benchmarks", "docs", ".env", "var"} & kept == set()
