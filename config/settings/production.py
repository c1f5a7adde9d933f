"""Several processes and hosts behind a TLS proxy. Starting without a required variable is an error."""

from config.settings.base import *
from config.settings.base import ALLOWED_HOSTS, STORAGES, env

SECRET_KEY = env.str("SECRET_KEY")
env.str("DATABASE_URL")
env.str("REDIS_URL")
env.str("EMAIL_URL")
env.str("BASE_URL")
env.str("ALLOWED_HOSTS")

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_TLS_PROXY", default=True) else None
)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
# Health checks of the container ask the process itself.
ALLOWED_HOSTS += ["127.0.0.1", "localhost"]
