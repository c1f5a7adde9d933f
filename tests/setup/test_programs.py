"""The programs that check a change: what they run, in which order; what they run is played by scripts that note it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = "bin/test DATABASE_URL= REDIS_URL= READ_DOTENV=0"
SERVERS = ".ci/servers.py bin/test"

#: Stands for bin/bootstrap.py: the interpreter of the environment writes what it is given.
BOOTSTRAP = """
import sys

PYTHON = "./python"


def set_up(lock):
    print("set up", lock, flush=True)


def find_chromium():
    return "/some/chromium"


def main(program):
    sys.exit(program(sys.argv[1:]))
"""


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def checked(tmp_path):
    """Run .ci/run on programs of which ``red`` fails; return its status, what ran and what was said.

    ``failed`` are the tests that the first run of the suite names; it is green when they are run by themselves, unless
    they are ``stubborn``.
    """
    log = tmp_path / "log"
    told = "DATABASE_URL=$DATABASE_URL REDIS_URL=$REDIS_URL READ_DOTENV=$READ_DOTENV"

    def run(red="", *, failed=(), stubborn=False):
        (tmp_path / ".ci").mkdir()
        shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
        for name, line in (
            ("bin/check", "bin/check"),
            ("bin/test", f"bin/test {told}"),
            (".venv/bin/python", "$*"),
        ):
            status = 1 if name == red else 0
            write_program(tmp_path / name, f'echo "{line}" >> {log}; exit {status}')
        if failed:
            known = json.dumps(dict.fromkeys(failed, True), indent=2)
            write_program(
                tmp_path / "bin/test",
                f'echo "bin/test $*" >> {log}; mkdir -p .pytest_cache/v/cache\n'
                f'[ -n "$*" ] && exit {int(stubborn)}\n'
                f"cat > .pytest_cache/v/cache/lastfailed <<'END'\n{known}\nEND\nexit 1",
            )
        environment = {**os.environ, "DATABASE_URL": "postgres://mine", "REDIS_URL": "redis://mine"}
        environment.pop("READ_DOTENV", None)
        done = subprocess.run(
            [".ci/run"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, log.read_text().splitlines(), done.stdout + done.stderr

    return run


def test_a_change_is_checked_then_tested_on_the_embedded_default_then_on_servers(checked):
    status, ran, said = checked()

    assert (status, ran) == (0, ["bin/check", EMBEDDED, SERVERS])
    assert said.splitlines()[-1].startswith("##### green")


@pytest.mark.parametrize(
    ("red", "ran", "step"),
    [
        ("bin/check", ["bin/check"], "bin/check"),
        ("bin/test", ["bin/check", EMBEDDED], "bin/test on the embedded default"),
        (".venv/bin/python", ["bin/check", EMBEDDED, SERVERS], "bin/test on PostgreSQL and Redis"),
    ],
)
def test_the_first_red_step_ends_the_check_and_is_named(checked, red, ran, step):
    status, did, said = checked(red)

    assert (status, did) == (1, ran)
    assert said.splitlines()[-1] == f"RED: {step}"


def test_what_fails_in_a_browser_alone_is_tried_once_more_by_itself_and_named(checked):
    late = "tests/browser/test_shell.py::test_the_menu_opens"

    status, ran, said = checked(failed=[late])

    assert (status, ran) == (0, ["bin/check", "bin/test ", "bin/test -n 0 --last-failed", SERVERS])
    assert late in said


@pytest.mark.parametrize(
    ("failed", "stubborn", "ran"),
    [
        (["tests/browser/test_shell.py::test_a"], True, ["bin/test ", "bin/test -n 0 --last-failed"]),
        (["tests/core/test_errors.py::test_b"], False, ["bin/test "]),
        (["tests/browser/test_shell.py::test_a", "tests/core/test_errors.py::test_b"], False, ["bin/test "]),
    ],
)
def test_what_fails_by_itself_or_outside_a_browser_is_red(checked, failed, stubborn, ran):
    status, did, said = checked(failed=failed, stubborn=stubborn)

    assert (status, did) == (1, ["bin/check", *ran])
    assert said.splitlines()[-1].startswith("RED: bin/test on the embedded default")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ["-n", "2", "--dist", "worksteal"]),
        (["-k", "a b", "tests/core"], ["-n", "2", "--dist", "worksteal", "-k", "a b", "tests/core"]),
        (["-n", "0", "-x"], ["-n", "0", "-x"]),
        (["--numprocesses=4"], ["--numprocesses=4"]),
    ],
)
def test_bin_test_passes_its_arguments_to_pytest(tmp_path, given, expected):
    shutil.copytree(ROOT / "bin", tmp_path / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "bin/bootstrap.py").write_text(BOOTSTRAP)
    write_program(tmp_path / "python", 'echo "$CHROMIUM ${DATA_DIR-scratch}"; printf "%s\\n" "$@"')

    done = subprocess.run(
        [sys.executable, "bin/test", *given],
        cwd=tmp_path,
        env={**os.environ, "DATA_DIR": "/some/bid"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines() == [
        "set up dev",
        "/some/chromium scratch",
        "-m",
        "pytest",
        *expected,
    ]
