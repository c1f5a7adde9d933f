"""The embedded default: one machine, no server to install."""

import secrets

from config.settings.base import *
from config.settings.base import DATA_DIR, env


def _secret_key() -> str:
    """Return SECRET_KEY, or the one kept in DATA_DIR, made on first use and readable by its owner alone."""
    from_environment: str = env.str("SECRET_KEY", default="")
    if from_environment:
        return from_environment
    path = DATA_DIR / "secret_key"
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f"secret_key.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            path.hardlink_to(fresh)  # atomic: the first of two processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()

# Static files straight from their sources: nothing to collect before the first page.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None

# Where the loader of the demonstration notes its accounts, for the next start to show them again.
DEMONSTRATION_ACCOUNTS_FILE = DATA_DIR / "demonstration-accounts.txt"
