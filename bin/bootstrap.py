"""Set-up shared by the programs of this folder: from a bare python3 to an environment that runs the project.

Standard library only. Each part is checked before it is made, so a second run with everything in place
does nothing; each part writes its stamp last, so an interrupted run is done again from its last whole part.
"""

import contextlib
import ctypes.util
import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
#: The machine's own Python, also when this program runs inside the virtual environment that it makes.
SYSTEM_PYTHON: str = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001 -- venv documents no other way
REQUIREMENTS = ROOT / "requirements"
NODE_MODULES = ROOT / "node_modules"

#: What the dynamic linker must find, and the Debian and Ubuntu package that brings it.
LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
OLDEST_NPM = 9
PIP_INSTALL = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--root-user-action=ignore",
    "--no-deps",
]


class SetupError(Exception):
    """A sentence for the person at the keyboard; nothing after it was done."""


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def main(program: Callable[[list[str]], int]) -> NoReturn:
    """Run a program of this folder: a SetupError becomes its sentence and status 1."""
    signal.signal(signal.SIGTERM, _stop)
    os.chdir(ROOT)
    try:
        status = program(sys.argv[1:])
    except SetupError as error:
        print(error, file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("Interrompu.", file=sys.stderr)
        status = 130
    sys.exit(status)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def run(*command: str | Path, in_terminal: bool = False) -> None:
    """Run a command to its end; when this program is stopped, stop the command and what it started too.

    A command that may ask for a password stays in the terminal's foreground group (`in_terminal`).
    """
    words = [str(word) for word in command]
    # What matters of these programs' words comes on the error output; passwords are asked on the terminal.
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=not in_terminal) as process:
        try:
            status = process.wait()
        except BaseException:
            _end(process, in_terminal=in_terminal)
            raise
    if status:
        raise SetupError(f"La commande « {' '.join(words)} » a échoué (état {status}).")


def _end(process: subprocess.Popen[bytes], *, in_terminal: bool) -> None:
    """Ask a command to stop, with all it started, and insist after three seconds."""
    send = process.send_signal if in_terminal else partial(os.killpg, process.pid)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        send(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
        send(signal.SIGKILL)


def output_of(*command: str | Path) -> str | None:
    """Return what a short command prints, or None when it is missing or fails."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


# --- settings that are needed before Django is there ------------------------------------------------


def setting(name: str, default: str = "") -> str:
    """Return a setting from the environment or, failing that, from `.env`."""
    return os.environ.get(name) or _dotenv().get(name) or default


def _dotenv() -> dict[str, str]:
    values = {}
    with contextlib.suppress(FileNotFoundError):
        for line in (ROOT / ".env").read_text(encoding="utf-8").splitlines():
            name, separator, value = line.strip().removeprefix("export ").partition("=")
            if separator and not name.startswith("#"):
                values[name.strip()] = value.strip().strip("'\"")
    return values


def usable_port(text: str) -> int:
    """Return the port to listen on; refuse one that is no port or that another program holds."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SetupError(f"PORT doit être un nombre de 1 à 65535, et non « {text} ».")
    port = int(text)
    with socket.socket() as probe:
        # As the web server does: a port whose last connections are only fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise SetupError(
                    f"Le port {port} est réservé à l’administrateur : choisissez PORT au-dessus de 1023."
                ) from None
            raise SetupError(
                f"Le port {port} est déjà pris : arrêtez l’autre programme ou choisissez un autre PORT."
            ) from None
    return port


def usable_data_dir(text: str) -> Path:
    """Return the folder of the data, made if need be; refuse one that cannot be written to."""
    folder = Path(text).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SetupError(f"DATA_DIR : impossible d’écrire dans {folder} ({error.strerror}).") from None
    return folder


# --- the parts, in the order in which they stand on each other --------------------------------------


def set_up(lock: str) -> None:
    """Make the environment that `requirements/<lock>.txt` describes, doing only what is missing."""
    install_system_packages()
    if environment_is_current(lock) and node_modules_are_current():
        return
    with _one_at_a_time():
        if not environment_is_current(lock):
            install_environment(lock)
        if not node_modules_are_current():
            install_node_modules()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Make a second set-up of the same folder wait for the first."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def install_system_packages() -> None:
    """Install the libraries that WeasyPrint draws with, and a font; and pip, which brings the rest."""
    missing = _missing_packages()
    if not missing:
        return
    if not shutil.which("apt-get"):
        hint = (
            "brew install pango"
            if sys.platform == "darwin"
            else "Pango 1.44, HarfBuzz, fontconfig et une police"
        )
        raise SetupError(
            f"Il manque des bibliothèques du système ({', '.join(missing)}) ; installez : {hint}."
        )
    apt_install(missing)
    still_missing = _missing_packages()
    if still_missing:
        raise SetupError(
            f"Ces paquets restent introuvables après leur installation : {', '.join(still_missing)}."
        )


def _missing_packages() -> list[str]:
    missing = [package for library, package in LIBRARIES.items() if not _finds_library(library)]
    if not shutil.which("fc-list"):
        missing += ["fontconfig", "fonts-dejavu-core"]
    elif not output_of("fc-list", ":lang=fr", "family"):
        missing.append("fonts-dejavu-core")
    if not _uv_is_current() and not output_of(SYSTEM_PYTHON, "-m", "pip", "--version"):
        missing.append("python3-pip")
    return missing


def _finds_library(name: str) -> bool:
    if ctypes.util.find_library(name):
        return True
    # Homebrew's folder is not searched by a Python that does not come from Homebrew.
    return sys.platform == "darwin" and Path(f"/opt/homebrew/lib/lib{name}.dylib").exists()


def apt_install(packages: list[str]) -> None:
    install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *packages]
    administrator = _administrator()
    if administrator is None:
        raise SetupError(
            "Il manque des paquets du système. Demandez à un administrateur de lancer : "
            f"apt-get update && {' '.join(install)}"
        )
    say(f"Paquets du système : {' '.join(packages)}")
    apt = [*administrator, "env", "DEBIAN_FRONTEND=noninteractive"]
    run(
        *apt, "dpkg", "--configure", "-a", in_terminal=bool(administrator)
    )  # ends what an interrupted run began
    run(*apt, "apt-get", "update", "--quiet", "--quiet", in_terminal=bool(administrator))
    run(*apt, *install, in_terminal=bool(administrator))


def _administrator() -> list[str] | None:
    """Return what goes before a command to run it as root, or None when nothing does."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and (output_of("sudo", "-n", "true") is not None or sys.stdin.isatty()):
        return ["sudo"]
    return None


def install_uv() -> Path:
    """Fetch uv by pip into `.tools`, which works without a venv module and on an externally managed Python."""
    if not _uv_is_current():
        say("Outil d’installation (uv)")
        partial = Path(tempfile.mkdtemp(prefix=".tools-", dir=ROOT))
        try:
            lock = REQUIREMENTS / "tools.txt"
            run(SYSTEM_PYTHON, *PIP_INSTALL, "--require-hashes", "--target", partial, "--requirement", lock)
            (partial / "stamp").write_text(_digest(REQUIREMENTS / "tools.txt"))
            shutil.rmtree(TOOLS, ignore_errors=True)
            partial.rename(TOOLS)
            TOOLS.chmod(0o755)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return TOOLS / "bin" / "uv"


def _uv_is_current() -> bool:
    return _read(TOOLS / "stamp") == _digest(REQUIREMENTS / "tools.txt")


def environment_is_current(lock: str) -> bool:
    installed = _installed_locks()
    return bool(installed) and all(
        installed.get(name) == _digest(REQUIREMENTS / name) for name in _locks_of(lock)
    )


def _locks_of(lock: str) -> list[str]:
    # dev.txt is compiled under the constraint of runtime.txt, so it holds the same versions and more.
    return ["runtime.txt"] if lock == "runtime" else ["runtime.txt", "dev.txt"]


def _installed_locks() -> dict[str, str]:
    """Return the digest of each lock that the environment was made from; nothing when it does not run."""
    text = _read(VENV / "stamp.json")
    if not text or output_of(PYTHON, "-I", "-S", "-c", "") is None:
        return {}
    stamp: dict[str, str] = json.loads(text)
    return stamp


def install_environment(lock: str) -> None:
    """Make the virtual environment equal to its lock; one made for development stays so."""
    uv = install_uv()
    # Python comes from the system, and certificates too, for the networks that sign their own.
    os.environ.update(UV_PYTHON_DOWNLOADS="never", UV_SYSTEM_CERTS="1", VIRTUAL_ENV=str(VENV))
    installed = _installed_locks()
    names = _locks_of("dev" if "dev.txt" in installed else lock)
    if not installed:
        say("Environnement Python")
        shutil.rmtree(VENV, ignore_errors=True)
        run(uv, "venv", "--quiet", "--python", SYSTEM_PYTHON, VENV)
    (VENV / "stamp.json").unlink(missing_ok=True)
    say("Dépendances Python")
    wanted = [REQUIREMENTS / names[-1]]
    if not _system_npm():
        wanted.append(REQUIREMENTS / "assets.txt")
    run(uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", PYTHON, *wanted)
    _stamp(VENV / "stamp.json", json.dumps({name: _digest(REQUIREMENTS / name) for name in names}))


def node_modules_are_current() -> bool:
    return _read(NODE_MODULES / ".stamp") == _digest(ROOT / "package-lock.json")


def install_node_modules() -> None:
    npm = find_npm()
    say("Ressources de l’interface")
    os.environ["NODE_USE_SYSTEM_CA"] = "1"  # as for uv
    run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    _stamp(NODE_MODULES / ".stamp", _digest(ROOT / "package-lock.json"))


def find_npm() -> Path:
    """Return the npm of the system or else that of the environment, able to find its own node."""
    npm = _system_npm() or VENV / "bin" / "npm"
    if not npm.exists():
        # The environment was made while the system still had one.
        (VENV / "stamp.json").unlink(missing_ok=True)
        raise SetupError("npm a disparu du système : relancez cette commande, elle installera le sien.")
    os.environ["PATH"] = f"{npm.parent}{os.pathsep}{os.environ['PATH']}"
    return npm


def _system_npm() -> Path | None:
    own = str(VENV / "bin")
    path = os.pathsep.join(folder for folder in os.environ["PATH"].split(os.pathsep) if folder != own)
    found = shutil.which("npm", path=path)
    major = (output_of(found, "--version") or "").partition(".")[0] if found else ""
    return Path(found) if found and major.isdigit() and int(major) >= OLDEST_NPM else None


def find_chromium() -> str:
    """Return a Chromium for the browser tests, installed from the distribution when there is none."""
    named = setting("CHROMIUM")
    if named:
        if not output_of(named, "--version"):
            raise SetupError(f"CHROMIUM : {named} ne se lance pas.")
        return named
    found = _working_chromium() or _installed_chromium()
    if not found:
        raise SetupError(
            "Les tests demandent Chromium : installez-le (Ubuntu : snap install chromium ; macOS : "
            "brew install --cask chromium) ou donnez son chemin dans CHROMIUM."
        )
    return found


def _installed_chromium() -> str | None:
    """Install Chromium from the distribution, on Ubuntu, whose apt has none, by snap; None when neither can."""
    for program, install in (("apt-get", _apt_install_chromium), ("snap", _snap_install_chromium)):
        if shutil.which(program):
            try:
                install()
            except SetupError as error:
                say(str(error))  # the sentence that ends the program says what else to do
            if found := _working_chromium():
                return found
    return None


def _apt_install_chromium() -> None:
    apt_install(["chromium"])


def _snap_install_chromium() -> None:
    administrator = _administrator()
    if administrator is not None:
        say("Chromium, par snap")
        run(*administrator, "snap", "install", "chromium", in_terminal=bool(administrator))


def _working_chromium() -> str | None:
    # Ubuntu's package of this name may be an empty shell that asks for a snap: only one that runs counts.
    candidates = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((path for path in candidates if path and output_of(path, "--version")), None)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def _stamp(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
