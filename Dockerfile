# The portal for production: gunicorn behind a proxy that speaks https. Uses the default registries only.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock ./
# Such as "--extra s3 --extra sentry" (README.md, the table of extras); "--extra meaning" makes the image 150 MB larger.
ARG EXTRAS=""
RUN .venv/bin/uv sync --frozen --no-dev --inexact --compile-bytecode --python .venv/bin/python $EXTRAS
COPY . .
# Static files depend on no secret; this key signs nothing.
RUN SECRET_KEY=only-for-collecting-static-files-at-build-time DATA_DIR=/data .venv/bin/python manage.py collectstatic --noinput -v0

FROM python:3.13-slim
# Backups need PostgreSQL's programs and restic.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client restic && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app portal && mkdir -p /data/media /data/backups && chown -R portal /data
WORKDIR /app
COPY --from=build /app /app
COPY --from=build /data/static /data/static
USER portal
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000 WEB_WORKERS=2
VOLUME /data/media
EXPOSE 8000
CMD ["gunicorn", "--config", "portal/server.py"]
