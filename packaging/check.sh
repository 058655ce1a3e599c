#!/bin/sh
# Checks what is packaged, by tools where they exist: shell scripts, systemd units, the cron line.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for script in "$here"/*.sh; do sh -n "$script"; done
if command -v shellcheck >/dev/null 2>&1; then shellcheck -S warning "$here"/*.sh; fi
# Five fields of time, a user, a command.
grep -Ev '^(#|$)' "$here/dossier.cron" |
    awk 'NF < 7 || $1 !~ /^[0-9*,\/-]+$/ || $2 !~ /^[0-9*,\/-]+$/ { print "dossier.cron: " $0; bad = 1 } END { exit bad }'
if command -v systemd-analyze >/dev/null 2>&1; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # The program need not be installed here.
    sed 's|^ExecStart=/opt/dossier/bin/dossier |ExecStart=/bin/echo |' "$here/dossier.service" > "$work/dossier.service"
    cp "$here/dossier.timer" "$work/"
    said=$(systemd-analyze verify "$work/dossier.service" "$work/dossier.timer" 2>&1) || { echo "$said" >&2; exit 1; }
    if [ -n "$said" ]; then echo "$said" >&2; exit 1; fi
else
    echo "systemd-analyze is not here: the units are not checked" >&2
fi
