#!/bin/sh
# Makes .venv and installs exactly what requirements-dev.txt locks. Needs Python 3.11 or later and nothing else.
# PYTHON=/path/to/python picks an interpreter. Done once: `make` comes back when what is locked has changed.
set -eu
# Not by dirname: where there is none, `cd "$(dirname …)/.."` would go to / and set up there.
case $0 in */*) cd "${0%/*}/.." ;; *) cd .. ;; esac

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.11 python3 python3.12 python3.13 python3.14; fi
python=
for candidate; do
    if new_enough "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>&1 | head -n 1) || found="no Python"
    echo "Pangaea needs Python 3.11 or later and found ${found}: install it, or name it with PYTHON=/path/to/python3.11." >&2
    exit 2
fi

if [ ! -f .venv/.ready ] || [ "$(cat .venv/.ready)" != "$(pwd -P)" ] || ! new_enough .venv/bin/python; then
    # Half made, moved from elsewhere, or made by a Python that is gone: nothing in it can be trusted.
    echo "Setting up .venv with $("$python" --version); this happens once and takes a minute or two."
    rm -f .venv/.ready
    "$python" -m venv --clear .venv || {
        echo "$python cannot make virtual environments: install its venv package (Debian: apt install python3-venv)." >&2
        exit 2
    }
else
    echo "What is locked has changed: bringing .venv up to date."
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_USER=0
.venv/bin/python -m pip install --quiet --compile --require-hashes -r requirements-dev.txt
.venv/bin/python -m pip install --quiet --no-build-isolation --no-deps -e .
pwd -P > .venv/.ready
