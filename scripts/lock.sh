#!/bin/sh
# Resolves pyproject.toml into requirements.txt (what runs) and requirements-dev.txt (that, and what tests and checks
# need), for every platform and Python from 3.11 on, with hashes and without the address of any index.
set -eu
cd "$(dirname "$0")/.."

# Only whoever locks needs uv, so it is no part of what is locked.
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv

compile() {
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url --no-emit-find-links "$@" >/dev/null
}

compile --output-file requirements.txt "$@"
# --constraint: both files name the same version of everything they share.
compile --extra dev --constraint requirements.txt --output-file requirements-dev.txt "$@"
if grep -nE '://' requirements.txt requirements-dev.txt; then
    echo "The lock names an address: versions must come from whichever index the machine is set up for." >&2
    exit 1
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --dry-run --require-hashes -r requirements-dev.txt
echo "requirements.txt: $(grep -cE '^[a-z0-9].*==' requirements.txt) packages; requirements-dev.txt: $(grep -cE '^[a-z0-9].*==' requirements-dev.txt)."
