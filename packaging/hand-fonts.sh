#!/bin/sh
# Fetches the four hands (SIL Open Font License 1.1) that trials of recognition are written in, by
# package name with npm, into a cache outside the source tree; prints the folder.
set -eu

folder=${DOSSIER_HAND_FONTS:-${XDG_CACHE_HOME:-$HOME/.cache}/dossier/hand-fonts}
mkdir -p "$folder"
cd "$folder"
for package in ma-shan-zheng@5.3.1 zhi-mang-xing@5.3.0 long-cang@5.3.0 liu-jian-mao-cao@5.3.0; do
    font=${package%@*}
    [ -f "$font-latin-400-normal.woff" ] && [ -f "$font-chinese-simplified-400-normal.woff" ] && continue
    command -v npm >/dev/null 2>&1 || { echo "npm is missing: install the Debian package npm" >&2; exit 1; }
    archive=$(npm pack --silent "@fontsource/$package")
    for part in chinese-simplified latin; do
        tar -xzf "$archive" --strip-components=2 "package/files/$font-$part-400-normal.woff"
    done
    tar -xzf "$archive" --strip-components=1 package/LICENSE && mv LICENSE "$font-LICENSE"
    rm "$archive"
done
echo "$folder"
