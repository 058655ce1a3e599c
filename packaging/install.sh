#!/bin/sh
# 安装卷宗：不需要网络，也不需要 pip。Installs Dossier without network and without pip.
#   sh install.sh [安装位置 PREFIX，默认 /opt/dossier]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${1:-/opt/dossier}

fail() { echo "dossier: $*" >&2; exit 1; }

cd "$here"
sha256sum -c SHA256SUMS >/dev/null 2>&1 || fail "文件已损坏或不完整，请重新复制安装包 / a file is damaged or missing: copy the bundle again (sha256sum -c SHA256SUMS names it)"
mkdir -p "$prefix" || fail "不能写入 $prefix，请用管理员身份运行 / cannot write to $prefix: run as root"
for part in bin lib share doc systemd; do
    # 先放在旁边再换上，程序始终完整。Beside first, then in place: what is there is always whole.
    rm -rf "$prefix/$part.next"
    cp -r "$part" "$prefix/$part.next"
    rm -rf "${prefix:?}/$part"
    mv "$prefix/$part.next" "$prefix/$part"
done
cp SHA256SUMS "$prefix/"
# 程序中写定了 /opt/dossier/lib 下的加载器。The program names its loader below /opt/dossier/lib.
if [ "$prefix" != /opt/dossier ]; then
    { [ -e /opt/dossier ] && [ ! -L /opt/dossier ]; } && fail "/opt/dossier 已存在 / is there already"
    mkdir -p /opt && ln -sfn "$prefix" /opt/dossier
fi
if [ -d /usr/local/bin ]; then ln -sf /opt/dossier/bin/dossier /usr/local/bin/dossier; fi

/opt/dossier/bin/dossier models verify || fail "识别模型校验不符 / the models do not verify"
echo "已安装 / installed: /opt/dossier/bin/dossier"
echo "说明书 / manual: /opt/dossier/doc/manual.zh-CN.md"
