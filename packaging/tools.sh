#!/bin/sh
# Installs what building and setting up need and a bare Debian lacks: a C compiler for SQLite,
# and pip, which fetches the recognition models. With `fonts`, also the fonts of the samples, which the tests draw pages with;
# with `peers`, what the search benchmark compares with.
set -eu

missing=""
command -v cc >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
python3 -m pip --version >/dev/null 2>&1 || pip --version >/dev/null 2>&1 || missing="$missing python3-pip"
if [ "${1:-}" = fonts ]; then
    for font in fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei; do
        dpkg -s "$font" >/dev/null 2>&1 || missing="$missing $font"
    done
fi
if [ "${1:-}" = peers ]; then
    command -v rg >/dev/null 2>&1 || missing="$missing ripgrep"
    /usr/bin/python3 -c 'import xapian' 2>/dev/null || missing="$missing python3-xapian"
fi
command -v cargo >/dev/null 2>&1 || { echo "cargo is missing: install Rust 1.95 or later (Debian's rustup package will do)" >&2; exit 1; }
[ -z "$missing" ] && exit 0

as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
echo "installing$missing"
$as_root apt-get update -q
# shellcheck disable=SC2086  # a list of packages
$as_root apt-get install -y -q --no-install-recommends $missing
