# One image for every topology. `docker run -p 8080:8080 -p 9090:9090 pangaea` is the monolith; PANGAEA_TOPOLOGY and
# PANGAEA_PROCESS make a container another part of the same plan.

FROM python:3.11-slim AS build
WORKDIR /srv/pangaea
COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . ./
RUN .venv/bin/python -m compileall -q app modules

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home pangaea && install -d -o pangaea /data
WORKDIR /srv/pangaea
COPY --from=build /srv/pangaea ./
ENV PATH=/srv/pangaea/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PANGAEA_ENV=production \
    PANGAEA_DATA_DIR=/data \
    PANGAEA_HTTP_HOST=0.0.0.0 \
    PANGAEA_GRPC_HOST=0.0.0.0 \
    PANGAEA_MANAGEMENT_HOST=127.0.0.1 \
    PANGAEA_MANAGEMENT_PORT=8081
VOLUME /data
EXPOSE 8080 9090
USER 10001
# Alive, not ready: a container that waits for its database is no reason to kill it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PANGAEA_MANAGEMENT_PORT']}/healthz\", timeout=2)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["run"]
