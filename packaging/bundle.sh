#!/bin/sh
# Makes one archive file for a closed network: the program, the models, the ONNX library, the
# pipelines, the manual, checksums, and an installer that needs neither pip nor network. The C
# library comes along, so that the age of the target's does not matter.
#   bundle.sh PROGRAM MODELS-FOLDER OUTPUT-FOLDER
set -eu
program=$1
models=$2
out=$3
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
# The loader's path is part of a program, so the place is fixed; the installer links to it.
prefix=/opt/dossier

missing=""
command -v patchelf >/dev/null 2>&1 || missing="$missing patchelf"
command -v strip >/dev/null 2>&1 || missing="$missing binutils"
if [ -n "$missing" ]; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -q
    # shellcheck disable=SC2086  # a list of packages
    $as_root apt-get install -y -q --no-install-recommends $missing
fi

version=$("$program" --version | sed 's/.* //')
name=dossier-$version-$(uname -m)-linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
to=$work/$name
mkdir -p "$to/bin" "$to/lib" "$to/share/dossier" "$to/doc" "$to/systemd"

cp "$program" "$to/bin/dossier"
strip --strip-unneeded "$to/bin/dossier"
library=$(find "$models" -name 'libonnxruntime.so.*' | head -1)
[ -n "$library" ] || { echo "no ONNX library in $models: run make models first" >&2; exit 1; }
# What they are linked with, and the loader. The ONNX library looks only beside itself.
linked() { ldd "$1" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p'; }
mkdir "$to/share/dossier/models"
linked "$to/bin/dossier" | while read -r needed; do cp -L "$needed" "$to/lib/"; done
linked "$library" | while read -r needed; do
    [ -e "$to/lib/$(basename "$needed")" ] || cp -L "$needed" "$to/share/dossier/models/"
done
loader=$(basename "$(ls "$to"/lib/ld-linux-*)")
patchelf --set-interpreter "$prefix/lib/$loader" --set-rpath "\$ORIGIN/../lib" "$to/bin/dossier"

for file in PP-OCRv6_det_small.onnx PP-OCRv6_rec_small.onnx PP-OCRv6_rec_small.int8.onnx "$(basename "$library")"; do
    cp "$models/$file" "$to/share/dossier/models/"
done
cp -r "$root/pipelines" "$to/share/dossier/"
cp "$root/LICENSE" "$root/README.zh-CN.md" "$root/docs/manual.zh-CN.md" "$root/docs/rules.zh-CN.md" "$root/docs/fields.zh-CN.md" "$to/doc/"
# What else is in it belongs to others.
mkdir "$to/doc/licences"
for package in libc6 libstdc++6 libgcc-s1; do
    notice=/usr/share/doc/$package/copyright
    if [ -e "$notice" ]; then cp -L "$notice" "$to/doc/licences/$package.txt"; fi
done
cat > "$to/doc/licences/README.txt" <<'NOTICE'
PP-OCRv6_det_small.onnx, PP-OCRv6_rec_small.onnx: PaddleOCR, as RapidOCR converts and ships them; Apache-2.0.
PP-OCRv6_rec_small.int8.onnx: made of the latter by Dossier; Apache-2.0.
libonnxruntime: ONNX Runtime, Microsoft; MIT.
The C and C++ libraries are Debian's; their notices stand beside this file.
NOTICE
cp "$here/dossier.service" "$here/dossier.timer" "$here/dossier.cron" "$here/nightly.toml" "$to/systemd/"
cp "$here/install.sh" "$to/"
(cd "$to" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs -d '\n' sha256sum > SHA256SUMS)

mkdir -p "$out"
# The same content makes the same file.
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -cf - "$name" | gzip -9n > "$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
ls -l "$out/$name.tar.gz"
