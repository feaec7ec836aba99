# Builds books from an evidence folder: docker build -t qualitybook . ;
# docker run --rm -v "$PWD/out:/out" qualitybook build --output /out/site
FROM python:3.12-slim

ENV PYTHONUTF8=1 \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy

WORKDIR /book

# The packages first: they change less often than the code, and are then taken from the cache.
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check "$(grep -o '^uv==[^ ]*' requirements.lock)" \
    && python -m uv pip install --system --no-cache --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE _config.yml _toc.yml ./
COPY src src
COPY notebooks notebooks
COPY book book
COPY data data
COPY examples examples
RUN python -m uv pip install --system --no-cache --no-deps --no-build-isolation --editable . \
    && useradd --create-home --uid 1000 author \
    && chown author /book

USER author
ENTRYPOINT ["qualitybook"]
CMD ["--help"]
