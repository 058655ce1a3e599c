#!/bin/sh
# The main job on the samples: take them in, search three times, show one letter.
set -eu
dossier=$1
archive=$2

say() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }
run() { say "$@"; "$@"; }

# Some sample rows carry doubts, but everything goes in: any status but 0 is a fault of the demo.
run "$dossier" ingest petitions samples --archive "$archive"
run "$dossier" search --archive "$archive" --limit 3 拖欠工资
run "$dossier" search --archive "$archive" --limit 3 petitioner_name:周德厚
run "$dossier" search --archive "$archive" --limit 3 请县里派人来查一查
id=$("$dossier" search --archive "$archive" --json --limit 1 请县里派人来查一查 | sed -n 's/^ *"id": "\([0-9a-f]*\)".*/\1/p' | head -1)
run "$dossier" show "$id" --archive "$archive"

cat <<END

What next:
  $dossier search --archive $archive 补偿          any words, "exact phrases", field:value
  $dossier show ID --archive $archive              one letter with its evidence
  $dossier ingest petitions FOLDER --archive DIR   your own scans and registers
  $dossier doctor                                  what is installed and what is missing
接下来可以：
  $dossier search --archive $archive 补偿          任意字词、"整句"、字段:值
  $dossier ingest petitions 文件夹 --archive 档案库  导入您自己的扫描件和登记表
END
