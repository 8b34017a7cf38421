#!/bin/sh
# Makes .venv in this folder and installs the course into it. Another Python: PYTHON=python3.12 sh setup.sh
cd "$(dirname "$0")" || exit 1
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$python" scripts/setup.py --fits 2>/dev/null; then
        exec "$python" scripts/setup.py "$@"
    fi
done
# None fits: the first that is there says what to do.
for python in ${PYTHON:-python3 python}; do
    command -v "$python" >/dev/null && exec "$python" scripts/setup.py "$@"
done
echo "Python is missing: install Python 3.11 to 3.14, and run this again." >&2
exit 1
