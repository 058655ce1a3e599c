#!/bin/sh
# Tries a bundle where there is nothing else: in an empty root directory with a static shell, and
# without network. Needs root.
#   try-bundle.sh BUNDLE.tar.gz SAMPLES-FOLDER
set -eu
bundle=$1
samples=$2
if ! command -v busybox >/dev/null 2>&1 || ldd "$(command -v busybox)" >/dev/null 2>&1; then
    apt-get update -q && apt-get install -y -q --no-install-recommends busybox-static
fi
command -v unshare >/dev/null 2>&1 || { apt-get update -q && apt-get install -y -q util-linux; }

if ! unshare --net true 2>/dev/null; then
    echo "skipped: this user may not leave the network behind (needs root)" >&2
    exit 0
fi
root=$(mktemp -d)
trap 'umount -l "$root/proc" 2>/dev/null || true; rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/proc" "$root/tmp" "$root/home" "$root/etc" "$root/usr/local/bin" "$root/dev"
cp "$(command -v busybox)" "$root/bin/busybox"
for applet in sh ls tar gzip gunzip mkdir cp mv rm ln cat find sort xargs sha256sum dirname basename grep sed head test id env; do
    ln -s busybox "$root/bin/$applet"
done
mknod -m 666 "$root/dev/null" c 1 3
cp "$bundle" "$root/tmp/bundle.tar.gz"
cp -r "$samples" "$root/home/samples"
mount -t proc proc "$root/proc"

cat > "$root/tmp/try.sh" <<'TRY'
set -eu
export PATH=/usr/local/bin:/bin HOME=/home LC_ALL=zh_CN.UTF-8
cd /tmp && gunzip -c bundle.tar.gz | tar xf -
sh /tmp/dossier-*/install.sh
dossier doctor
cd "$HOME"
dossier ingest petitions samples --archive 库 --quiet
dossier search --archive 库 --limit 2 拖欠工资
dossier verify --archive 库
printf "pipeline = 'petitions'\narchive = '%s'\nsources = ['%s']\n[notify]\nmailbox = '%s'\n" "$HOME/库" "$HOME/samples" "$HOME/mail" > nightly.toml
dossier run ./nightly.toml --quiet
grep -q 'X-Dossier-Status: complete' mail
ls 库/reports
TRY
unshare --net --mount --pid --fork chroot "$root" /bin/sh /tmp/try.sh
echo "the bundle works in an empty root directory without network"
