import shutil
import socket
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bin"))


def loaded_program(path, monkeypatch):
    """Return a program of bin/ or .ci/ as a module, without its run."""
    import bootstrap

    monkeypatch.setattr(bootstrap, "main", lambda program: None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("loaded_program", str(ROOT / path))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path):
    """A copy of what the set-up needs, in which nothing is installed yet."""
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "bin", folder / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def bin_start(project, monkeypatch):
    """Run bin/start in the copy with the given environment; return its status, its messages and what it left."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    for name in ("PORT", "DATA_DIR", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)

    def run(*, python=(), **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        before = sorted(project.rglob("*"))
        command = [sys.executable, *(python or ("bin/start",))]
        done = subprocess.run(command, check=False, cwd=project, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr, sorted(set(project.rglob("*")) - set(before))

    return run


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
