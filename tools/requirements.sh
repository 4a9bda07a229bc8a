#!/bin/sh
# Pin every package with its hashes, for all systems and Python versions at once.
set -eu
cd "$(dirname "$0")/.."
for name in requirements requirements-dev; do
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header "$name.in" --output-file "$name.txt"
done
