# One image for every service; docker-compose.yml says which command each runs.
FROM python:3.12-slim AS base
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The locked versions first: this layer is made anew only when they change.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY schemas schemas
COPY pipeline pipeline
COPY workers workers
RUN pip install --no-deps --no-build-isolation . && useradd --create-home --uid 10001 wireroom && \
    mkdir /data && chown wireroom /data && \
    python -c 'from workers.tasks.stage_settings import gazetteer, languages; gazetteer(); languages()'

USER wireroom
# One thread for linear algebra: a worker has as many processes as cores already.
ENV WIREROOM_DATA=/data OPENBLAS_NUM_THREADS=1
VOLUME /data
CMD ["celery", "-A", "workers", "worker", "-l", "INFO"]
