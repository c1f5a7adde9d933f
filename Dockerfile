# syntax=docker/dockerfile:1

FROM python:3.11-slim-bookworm AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /app
COPY requirements/ requirements/
RUN python -m pip install --no-cache-dir --no-deps --require-hashes --target /opt/tools --requirement requirements/tools.txt \
    && /opt/tools/bin/uv venv /opt/venv \
    && /opt/tools/bin/uv pip sync --no-cache --require-hashes --python /opt/venv/bin/python requirements/runtime.txt \
    && /opt/tools/bin/uv venv /opt/node \
    && /opt/tools/bin/uv pip sync --no-cache --require-hashes --python /opt/node/bin/python requirements/assets.txt
COPY package.json package-lock.json .npmrc ./
RUN PATH="/opt/node/bin:$PATH" npm ci
COPY . .
# Static files are named by their content here, once, so that every web process serves the same ones. The
# settings ask for what only the running containers know; nothing of it is reached or kept.
RUN DJANGO_SETTINGS_MODULE=config.settings.production STATIC_ROOT=/app/staticfiles \
    SECRET_KEY=unused DATABASE_URL=postgres://unused REDIS_URL=redis://unused EMAIL_URL=smtp://unused \
    BASE_URL=https://unused.example ALLOWED_HOSTS=unused.example \
    /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim-bookworm
# Debian's archive keeps only the newest of each package: a pinned version would stop building.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin candidacy \
    && install --directory --owner candidacy --group candidacy /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV PATH="/opt/venv/bin:$PATH" PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings.production DATA_DIR=/data
WORKDIR /app
USER 10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000"]
