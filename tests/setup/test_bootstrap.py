"""The parts of the set-up, in a copy of the project where nothing is installed."""

import importlib.util
import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bootstrap(project, monkeypatch):
    """The set-up of the copy, with our own uv and a lock of one small package."""
    runtime = (project / "requirements" / "runtime.txt").read_text()
    start = runtime.index("\nsqlparse==") + 1
    small = runtime[start : runtime.index("\n    # via", start)] + "\n"
    for name in ("runtime.txt", "dev.txt"):
        (project / "requirements" / name).write_text(small)
    shutil.copytree(ROOT / ".tools", project / ".tools")
    specification = importlib.util.spec_from_file_location(
        "copied_bootstrap", project / "bin" / "bootstrap.py"
    )
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    monkeypatch.chdir(project)
    environment = dict(os.environ)
    yield module
    os.environ.clear()
    os.environ.update(environment)


def put_on_path(folder, monkeypatch, **scripts):
    """Make PATH hold these scripts and nothing else."""
    folder.mkdir()
    for name, text in scripts.items():
        script = folder / name.replace("_", "-")
        script.write_text(f"#!/bin/sh\n{text}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_set_up_makes_the_environment_and_the_front_end(bootstrap, project):
    bootstrap.set_up("runtime")

    assert bootstrap.output_of(project / ".venv/bin/python", "-c", "import sqlparse") == ""
    assert (project / "node_modules/bootstrap/package.json").exists()
    assert bootstrap.environment_is_current("runtime")
    assert bootstrap.node_modules_are_current()


def test_a_second_set_up_starts_nothing(bootstrap, monkeypatch):
    bootstrap.set_up("runtime")
    started = []
    monkeypatch.setattr(bootstrap, "run", lambda *command, **_: started.append(command))

    bootstrap.set_up("runtime")

    assert started == []


def test_an_interrupted_set_up_is_done_again_from_a_clean_environment(bootstrap, project):
    half = project / ".venv/lib/half-installed"
    half.parent.mkdir(parents=True)
    half.touch()
    (project / "node_modules/bootstrap").mkdir(parents=True)

    bootstrap.set_up("runtime")

    assert not half.exists()
    assert bootstrap.output_of(project / ".venv/bin/python", "-c", "import sqlparse") == ""
    assert (project / "node_modules/bootstrap/package.json").exists()


def test_a_failed_installation_leaves_no_stamp(bootstrap, project):
    lock = project / "requirements/runtime.txt"
    lock.write_text(lock.read_text().replace("sha256:", "sha256:0"))

    with pytest.raises(bootstrap.SetupError, match="a échoué"):
        bootstrap.set_up("runtime")

    assert not bootstrap.environment_is_current("runtime")
    assert not (project / "node_modules").exists()


def test_a_changed_lock_is_installed_again(bootstrap, project):
    bootstrap.set_up("runtime")
    lock = project / "requirements/runtime.txt"
    lock.write_text(lock.read_text() + "# changed\n")

    assert not bootstrap.environment_is_current("runtime")

    bootstrap.set_up("runtime")

    assert bootstrap.environment_is_current("runtime")


def test_the_environment_of_the_tests_serves_bin_start_and_stays(bootstrap, project):
    bootstrap.set_up("dev")

    assert bootstrap.environment_is_current("runtime")

    lock = project / "requirements/runtime.txt"
    lock.write_text(lock.read_text() + "# changed\n")
    bootstrap.set_up("runtime")

    assert bootstrap.environment_is_current("dev")
    assert sorted(json.loads((project / ".venv/stamp.json").read_text())) == ["dev.txt", "runtime.txt"]


def test_an_environment_whose_python_is_gone_is_made_again(bootstrap, project):
    bootstrap.set_up("runtime")
    (project / ".venv/bin/python").unlink()

    bootstrap.set_up("runtime")

    assert bootstrap.output_of(project / ".venv/bin/python", "-c", "import sqlparse") == ""


def test_uv_is_the_one_whose_hash_is_locked(bootstrap, project):
    tools = project / "requirements/tools.txt"

    assert bootstrap._uv_is_current()

    tools.write_text(tools.read_text() + "# changed\n")

    assert not bootstrap._uv_is_current()


@pytest.mark.parametrize(
    ("platform", "said"),
    [("darwin", "brew install pango"), ("freebsd", "Pango 1.44, HarfBuzz, fontconfig et une police")],
)
def test_where_apt_is_not_what_is_missing_is_named(bootstrap, monkeypatch, platform, said):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(bootstrap.SetupError) as refused:
        bootstrap.install_system_packages()

    missing, install = str(refused.value).split("installez : ")
    assert "libpango-1.0-0" in missing
    assert install.rstrip(".") == said


@pytest.mark.parametrize(("platform", "is_found"), [("darwin", True), ("linux", False)])
def test_a_library_of_homebrew_is_found_where_its_python_does_not_look(
    bootstrap, monkeypatch, platform, is_found
):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    monkeypatch.setattr(Path, "exists", lambda path, **_: str(path) == "/opt/homebrew/lib/libpango-1.0.dylib")

    assert bootstrap._finds_library("pango-1.0") is is_found


def test_root_installs_system_packages_by_apt(bootstrap, tmp_path, monkeypatch):
    log = tmp_path / "log"
    record = f'echo "$(basename "$0") $*" >> {log}'
    put_on_path(tmp_path / "path", monkeypatch, apt_get=record, dpkg=record, env='shift; exec "$@"')
    (tmp_path / "path/basename").symlink_to(shutil.which("basename", path=os.defpath))
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    bootstrap.apt_install(["libpango-1.0-0"])

    assert log.read_text().splitlines() == [
        "dpkg --configure -a",
        "apt-get update --quiet --quiet",
        "apt-get install --yes --quiet --no-install-recommends libpango-1.0-0",
    ]


def test_an_ordinary_user_goes_through_sudo(bootstrap, tmp_path, monkeypatch):
    log = tmp_path / "log"
    put_on_path(tmp_path / "path", monkeypatch, apt_get="", sudo=f'echo "$*" >> {log}')
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    bootstrap.apt_install(["fontconfig"])

    assert log.read_text().splitlines()[-1] == (
        "env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends fontconfig"
    )


@pytest.mark.parametrize("sudo", [{}, {"sudo": "exit 1"}])
def test_without_sudo_the_line_for_the_administrator_is_given(bootstrap, tmp_path, monkeypatch, sudo):
    put_on_path(tmp_path / "path", monkeypatch, apt_get="", **sudo)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "stdin", io.StringIO())

    with pytest.raises(bootstrap.SetupError) as refused:
        bootstrap.apt_install(["fontconfig", "fonts-dejavu-core"])

    assert str(refused.value).endswith(
        "apt-get update && apt-get install --yes --quiet --no-install-recommends fontconfig fonts-dejavu-core"
    )


def test_chromium_is_the_one_that_is_named(bootstrap, tmp_path, monkeypatch):
    put_on_path(tmp_path / "path", monkeypatch, my_browser="echo Chromium 1")
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "path/my-browser"))

    assert bootstrap.find_chromium() == str(tmp_path / "path/my-browser")


def test_a_named_chromium_that_does_not_run_is_refused(bootstrap, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nonexistent/chromium")

    with pytest.raises(bootstrap.SetupError, match=r"^CHROMIUM : /nonexistent/chromium ne se lance pas\.$"):
        bootstrap.find_chromium()


def test_an_absent_chromium_is_installed_from_the_distribution(bootstrap, tmp_path, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    # A package that only says where to find the program, as Ubuntu's does, is not a browser.
    put_on_path(
        tmp_path / "path", monkeypatch, apt_get="", dpkg="", env='shift; exec "$@"', chromium_browser="exit 1"
    )
    ready = Path(tmp_path / "path/chromium")
    (tmp_path / "path/apt-get").write_text(
        f"#!/bin/sh\nprintf '#!/bin/sh\\necho Chromium 1\\n' > {ready}\n/bin/chmod +x {ready}\n"
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert bootstrap.find_chromium() == str(ready)


def test_a_chromium_that_apt_has_not_comes_by_snap(bootstrap, tmp_path, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    ready = tmp_path / "path/chromium"
    install = f"printf '#!/bin/sh\\necho Chromium 1\\n' > {ready}; /bin/chmod +x {ready}"
    put_on_path(
        tmp_path / "path",
        monkeypatch,
        apt_get='[ "$1" = update ]',
        dpkg="",
        env='shift; exec "$@"',
        snap=f'[ "$*" = "install chromium" ] && {install}',
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert bootstrap.find_chromium() == str(ready)


@pytest.mark.parametrize("snap", [{}, {"snap": "exit 1"}], ids=["no snap", "snap fails"])
def test_a_chromium_that_cannot_be_installed_is_said_in_one_sentence(bootstrap, tmp_path, monkeypatch, snap):
    monkeypatch.delenv("CHROMIUM", raising=False)
    put_on_path(
        tmp_path / "path",
        monkeypatch,
        apt_get='[ "$1" = update ]',
        dpkg="",
        env='shift; exec "$@"',
        **snap,
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    with pytest.raises(bootstrap.SetupError, match=r"^Les tests demandent Chromium"):
        bootstrap.find_chromium()


def test_without_administrator_the_sentence_on_chromium_comes_last(bootstrap, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("CHROMIUM", raising=False)
    put_on_path(tmp_path / "path", monkeypatch, apt_get="", snap="")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(bootstrap.SetupError, match=r"^Les tests demandent Chromium"):
        bootstrap.find_chromium()

    assert "--no-install-recommends chromium" in capsys.readouterr().out


def test_an_unobtainable_chromium_is_said_in_one_sentence(bootstrap, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(bootstrap.SetupError, match=r"^Les tests demandent Chromium"):
        bootstrap.find_chromium()
