#!/bin/sh
# Make the environment that holds uv, pinned and hashed: make_tools.sh PYTHON FOLDER
set -eu
python=$1
folder=$2

echo "Setting up tools in $folder ..."
rm -rf "$folder"
if "$python" -m venv "$folder" >/dev/null 2>&1; then
    pip="$folder/bin/python -m pip"
elif "$python" -m venv --without-pip "$folder" >/dev/null 2>&1 && "$python" -m pip --version >/dev/null 2>&1; then
    pip="$python -m pip --python $folder/bin/python" # some distributions leave ensurepip out of Python
else
    echo "This Python ($python) can make no environments; on Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
fi
$pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-tools.txt
