# syntax=docker/dockerfile:1
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/production.lock /tmp/production.lock
RUN /venv/bin/pip install --require-hashes -r /tmp/production.lock
COPY . /app
WORKDIR /app
# Settings want these two; neither ends up in the files that are gathered.
RUN SCOPEWARD_ENV=production ISSUER=https://build.invalid SECRET_KEY=build \
    /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/python -m compileall -q console idp consent policy claims foundation scopeward_guard

FROM python:${PYTHON_VERSION}-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin scopeward \
    && install --directory --owner scopeward --mode 0700 /data /history-heads
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SCOPEWARD_ENV=production \
    DATA_DIR=/data \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_WORKERS=2 \
    GRANIAN_WORKERS_KILL_TIMEOUT=30 \
    GRANIAN_RESPAWN_FAILED_WORKERS=true
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/livez', timeout=3)"]
CMD ["python", "-m", "idp.front"]
