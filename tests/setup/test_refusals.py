"""What cannot work is refused in one sentence, with status 1, before anything is installed."""

import ast
import errno
import os
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import bootstrap
import psutil
import pytest
import supported_python

ROOT = Path(__file__).resolve().parents[2]
#: Plays an old interpreter: the program finds its version number in sys.version_info.
AS_PYTHON_3_9 = (
    "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.path.insert(0, 'bin'); "
    "runpy.run_path('bin/start', run_name='__main__')"
)


@pytest.fixture
def busy_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_busy_port_is_refused(bin_start, busy_port):
    status, text, left = bin_start(PORT=busy_port)

    expected = f"Le port {busy_port} est déjà pris : arrêtez l’autre programme ou choisissez un autre PORT.\n"
    assert (status, text, left) == (1, expected, [])


@pytest.mark.parametrize("port", ["0", "65536", "8000a", "-1", "٨"])
def test_a_port_that_is_no_port_is_refused(bin_start, port):
    status, text, left = bin_start(PORT=port)

    assert (status, text, left) == (1, f"PORT doit être un nombre de 1 à 65535, et non « {port} ».\n", [])


def test_a_data_dir_that_cannot_be_made_is_refused(bin_start, tmp_path, unused_port):
    # Below a regular file even root can make no folder.
    (tmp_path / "file").touch()

    status, text, left = bin_start(PORT=unused_port, DATA_DIR=tmp_path / "file" / "data")

    assert (status, left) == (1, [])
    assert text.startswith(f"DATA_DIR : impossible d’écrire dans {tmp_path}/file/data (")
    assert text.count("\n") == 1


def test_a_data_dir_that_is_there_and_cannot_be_written_to_is_refused(monkeypatch, tmp_path):
    def refuse(**options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    # Root, whom the tests may run as, writes wherever the rights say no.
    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)

    with pytest.raises(bootstrap.SetupError) as refusal:
        bootstrap.usable_data_dir(str(tmp_path))

    assert str(refusal.value) == f"DATA_DIR : impossible d’écrire dans {tmp_path} (Permission denied)."


def test_settings_are_read_from_dotenv(bin_start, project, tmp_path, unused_port):
    (tmp_path / "file").touch()
    (project / ".env").write_text(f'# PORT=1\nexport PORT="{unused_port}"\nDATA_DIR={tmp_path}/file/data\n')

    status, text, _ = bin_start()

    assert status == 1
    assert text.startswith("DATA_DIR : ")


def test_the_environment_wins_over_dotenv(bin_start, project, busy_port):
    (project / ".env").write_text("PORT=abc\n")

    _, text, _ = bin_start(PORT=busy_port)

    assert text.startswith(f"Le port {busy_port} ")


def test_a_python_too_old_is_refused(bin_start, unused_port):
    status, text, left = bin_start(python=("-c", AS_PYTHON_3_9), PORT=unused_port)

    assert (status, text, left) == (1, "Il faut Python 3.11 à 3.14 ; celui-ci est Python 3.9.\n", [])


@pytest.mark.parametrize("version", [(3, 6), (3, 10), (3, 15), (4, 0)])
def test_versions_out_of_range_are_refused(version):
    assert supported_python.refusal((*version, 0, "final", 0)).endswith(" {}.{}.".format(*version))


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14), sys.version_info[:2]])
def test_versions_in_range_are_accepted(version):
    assert supported_python.refusal(version) is None


def test_they_are_those_that_the_project_declares():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    (oldest, newest) = (supported_python.OLDEST, supported_python.NEWEST)

    assert declared == f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"


@pytest.mark.parametrize("name", ["start", "test", "check", "lock", "supported_python.py"])
def test_what_an_old_python_reads_has_no_syntax_that_it_does_not_know(name):
    source = (ROOT / "bin" / name).read_text()

    assert ast.parse(source, feature_version=(3, 6)).body


@pytest.mark.parametrize("name", ["start", "test", "check", "lock"])
def test_the_version_is_looked_at_before_any_other_import(name):
    body = ast.parse((ROOT / "bin" / name).read_text()).body
    imported = [alias.name for node in body if isinstance(node, ast.Import) for alias in node.names]

    assert imported[0] == "supported_python"


def test_missing_libraries_are_named_where_they_cannot_be_installed(bin_start, unused_port, tmp_path):
    # With nothing on PATH there is neither fontconfig nor apt-get.
    status, text, left = bin_start(PORT=unused_port, DATA_DIR=tmp_path / "data", PATH="/nonexistent")

    assert (status, left) == (1, [])
    assert text.startswith("Il manque des bibliothèques du système (")
    assert "fontconfig" in text
    assert text.count("\n") == 1


def test_a_stop_during_the_set_up_stops_what_it_started(project, tmp_path, unused_port):
    # Neither fontconfig nor anything else but these is on PATH; apt-get never ends.
    started = tmp_path / "started"
    scripts = {"apt-get": f"echo $$ > {started}\nexec /bin/sleep 300", "dpkg": "", "env": 'shift; exec "$@"'}
    scripts["sudo"] = '[ "$1" = -n ] && shift; exec "$@"'
    (tmp_path / "path").mkdir()
    for name, text in scripts.items():
        script = tmp_path / "path" / name
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
    environment = {**os.environ, "PATH": str(tmp_path / "path"), "PORT": str(unused_port)}
    environment["DATA_DIR"] = str(tmp_path / "data")
    start = subprocess.Popen(
        [sys.executable, "bin/start"], cwd=project, env=environment, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 20
    while not started.exists() or not started.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)

    start.terminate()

    _, text = start.communicate(timeout=5)
    assert (start.returncode, text.decode()) == (130, "Interrompu.\n")
    assert not psutil.pid_exists(int(started.read_text()))
