# The image of the site and its worker, used by docker-compose.yml.

FROM python:3.13.9-slim-bookworm AS build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
WORKDIR /app
COPY . .
# Translations and style sheets are made here, once. Collecting asks for the settings, and they
# for secrets: these are thrown away with this layer.
RUN set -eu; \
    key() { /venv/bin/python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'; }; \
    /venv/bin/python script/_messages.py --compile; \
    SECRET_KEY="$(key)$(key)" FIELD_KEYS="build:$(key)" INDEX_KEY="$(key)" \
    ALLOWED_HOSTS=build DATABASE_URL=sqlite:// STATIC_ROOT=/app/static \
        /venv/bin/python manage.py collectstatic --noinput --verbosity=0 \
            --ignore=redoc --ignore=rest_framework; \
    /venv/bin/python -m compileall -q federation directory membership

FROM python:3.13.9-slim-bookworm
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATIC_ROOT=/app/static
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "federation.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=2", "--threads=16", "--max-requests=5000", "--max-requests-jitter=500", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
