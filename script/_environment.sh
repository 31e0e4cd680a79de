# Read by the commands beside it: goes to the root of the project and gives them
#   $found            a Python 3.11 to 3.13 of this machine
#   prepare LOCK      makes .venv fit that list of packages; then $python is the one to use

unset PYTHONHOME PYTHONPATH
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd) || exit 1
cd "$root" || exit 1
python=$root/.venv/bin/python

# A Python with venv is preferred over an earlier one without.
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
found=
for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
    "$candidate" -c "$fits" 2>/dev/null || continue
    [ -n "$found" ] || found=$candidate
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    echo "No Python 3.11, 3.12 or 3.13 was found: apt install python3 python3-venv, or name one by PYTHON=/path/to/python3." >&2
    exit 1
fi

prepare() {
    "$found" script/_environment.py "$1" || exit $?
}
