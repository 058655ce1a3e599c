#!/bin/sh
# Measures recognition on trial pages beside RapidOCR, and writes the tables into docs/. The hands
# come from npm, RapidOCR from pip; both are kept in a cache outside the source tree. More arguments
# go to the benchmark, as `--pages 6`.
set -eu

cache=${XDG_CACHE_HOME:-$HOME/.cache}/dossier
DOSSIER_HAND_FONTS=$(sh packaging/hand-fonts.sh)
export DOSSIER_HAND_FONTS
if [ -z "${DOSSIER_PYTHON:-}" ]; then
    DOSSIER_PYTHON=$cache/rapidocr/bin/python
    "$DOSSIER_PYTHON" -c 'import rapidocr' 2>/dev/null || {
        python3 -m venv "$cache/rapidocr" &&
            "$DOSSIER_PYTHON" -m pip install --quiet --disable-pip-version-check rapidocr==3.10.0 onnxruntime==1.32.0
    } || echo "RapidOCR cannot be installed: it is left out" >&2
fi
export DOSSIER_PYTHON
exec cargo bench --workspace --bench recognition -- --write "$PWD/docs" "$@"
