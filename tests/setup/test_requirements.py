"""The locks: exact versions and hashes of everything declared, and not one address."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NPM_LOCK = json.loads((ROOT / "package-lock.json").read_text())


def locked(name):
    """Return what a lock pins, by canonical name; a name may have a version for each kind of machine."""
    pins = {}
    for line in (ROOT / "requirements" / name).read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            requirement = Requirement(line.removesuffix(" \\"))
            pins.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return pins


def test_a_dependency_is_declared_once():
    names = [canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]]

    assert sorted({name for name in names if names.count(name) > 1}) == []


def declared(group):
    for entry in PROJECT["dependency-groups"][group]:
        yield from declared(entry["include-group"]) if isinstance(entry, dict) else [entry]


@pytest.mark.parametrize("path", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_a_lock_holds_no_address(path):
    assert re.findall(r"\w+://\S*|--(?:extra-)?index-url.*|--find-links.*", path.read_text()) == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_package_has_one_version_and_a_hash(path):
    blocks = re.split(r"\n(?=\S)", path.read_text())
    packages = [block for block in blocks if not block.startswith("#")]

    assert len(packages) > 0
    assert [block.splitlines()[0] for block in packages if "--hash=sha256:" not in block] == []
    assert [
        str(pin) for pins in locked(path.name).values() for pin in pins if "==" not in str(pin.specifier)
    ] == []


@pytest.mark.parametrize(
    ("name", "declarations"),
    [
        ("runtime.txt", PROJECT["project"]["dependencies"]),
        ("dev.txt", [*PROJECT["project"]["dependencies"], *declared("dev")]),
        ("assets.txt", [*declared("assets")]),
        ("tools.txt", [*declared("tools")]),
    ],
)
def test_every_declared_dependency_is_locked_at_an_accepted_version(name, declarations):
    pins = locked(name)
    unmet = []
    for declaration in map(Requirement, declarations):
        versions = [
            str(pin.specifier).removeprefix("==") for pin in pins.get(canonicalize_name(declaration.name), [])
        ]
        if not versions or not all(
            declaration.specifier.contains(version, prereleases=True) for version in versions
        ):
            unmet.append(str(declaration))

    assert unmet == []


def test_development_runs_on_the_versions_of_production():
    runtime, development = locked("runtime.txt"), locked("dev.txt")

    assert {name: development.get(name) for name in runtime} == runtime


def test_every_front_end_package_is_locked_with_its_hash():
    declared_packages = json.loads((ROOT / "package.json").read_text())["dependencies"]
    packages = {
        path.removeprefix("node_modules/"): entry for path, entry in NPM_LOCK["packages"].items() if path
    }

    assert NPM_LOCK["packages"][""]["dependencies"] == declared_packages
    assert set(declared_packages) <= set(packages)
    assert [
        name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")
    ] == []
