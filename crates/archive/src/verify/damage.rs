//! What can be damaged, in words for people, with what to do.

use dossier_model::{Lang, Sha256};
use serde::Serialize;

/// What is wrong with a line of the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrailFlaw {
    /// It is no entry.
    Unreadable,
    /// The line after it seals something else: it, or the seal, was changed, or lines are missing.
    Broken,
    /// The seal beside the trail is of something else: its last line was changed or is missing.
    End,
}

/// One thing that is damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Damage {
    /// An original is not there.
    OriginalMissing {
        /// Below the archive.
        path: String,
        /// What it was.
        sha256: Sha256,
        /// Where it was last seen.
        came_from: String,
    },
    /// An original is not what it was.
    OriginalChanged {
        /// Below the archive.
        path: String,
        /// What it was.
        sha256: Sha256,
        /// Where it was last seen.
        came_from: String,
    },
    /// An original cannot be read.
    OriginalUnreadable {
        /// Below the archive.
        path: String,
        /// What the system says.
        detail: String,
    },
    /// A file that no record knows.
    OriginalUnknown {
        /// Below the archive.
        path: String,
    },
    /// The list of sums is not there.
    SumsMissing,
    /// The list of sums says something else than the catalog, of this file first.
    SumsDiffer {
        /// Below `originals/`.
        path: String,
    },
    /// The catalog's file is damaged.
    Catalog {
        /// What SQLite says.
        detail: String,
    },
    /// What was read of a file is not what it was.
    FactsChanged {
        /// The file's name.
        name: String,
        /// Its content.
        sha256: String,
    },
    /// The letters or rows that were made of a file are not what they were.
    UnitsChanged {
        /// The file's name.
        name: String,
        /// Its content.
        sha256: String,
    },
    /// What a run put on record is not what it was.
    RunChanged {
        /// Its number.
        run: String,
    },
    /// What the archive knows of itself is not what it was: how fields are called and masked.
    MetaChanged {
        /// Which of it.
        key: String,
    },
    /// An item is not what it was.
    ItemChanged {
        /// Its id.
        id: String,
    },
    /// A decision is not what it was.
    DecisionChanged {
        /// Its number.
        number: String,
    },
    /// Records that lead nowhere.
    Reference {
        /// From which table to which.
        what: &'static str,
        /// How many.
        count: u64,
        /// The first of them.
        example: String,
    },
    /// There is no index.
    IndexMissing,
    /// The index cannot be read.
    IndexDamaged {
        /// Which file, or what it says.
        detail: String,
    },
    /// The index holds other items than the catalog.
    IndexDiffers {
        /// Items that it lacks.
        missing: u64,
        /// Items that it has too many.
        surplus: u64,
        /// The first of them.
        example: String,
    },
    /// The audit trail is broken.
    Trail {
        /// From 1.
        line: u64,
        /// How.
        flaw: TrailFlaw,
    },
    /// The audit trail cannot be read, or is not there though its seal is.
    TrailUnreadable {
        /// What the system says.
        detail: String,
    },
}

impl Damage {
    /// The original that is damaged, below the archive.
    pub fn path(&self) -> Option<&str> {
        match self {
            Damage::OriginalMissing { path, .. }
            | Damage::OriginalChanged { path, .. }
            | Damage::OriginalUnreadable { path, .. }
            | Damage::OriginalUnknown { path } => Some(path),
            _ => None,
        }
    }

    /// What is damaged, in one line.
    pub fn reason(&self, lang: Lang) -> String {
        match lang {
            Lang::En => self.en(),
            Lang::Zh => self.zh(),
        }
    }

    fn en(&self) -> String {
        match self {
            Damage::OriginalMissing { path, .. } => format!("{path}: the original is missing"),
            Damage::OriginalChanged { path, .. } => format!("{path}: the original is not what it was"),
            Damage::OriginalUnreadable { path, detail } => format!("{path}: cannot be read: {detail}"),
            Damage::OriginalUnknown { path } => format!("{path}: no record knows this file"),
            Damage::SumsMissing => "originals/SHA256SUMS: missing".to_owned(),
            Damage::SumsDiffer { path } => {
                format!("originals/SHA256SUMS: differs from the catalog, first at {path}")
            }
            Damage::Catalog { detail } => format!("catalog.sqlite: {detail}"),
            Damage::FactsChanged { name, .. } => {
                format!("catalog.sqlite: what was read of {name} is not what it was")
            }
            Damage::UnitsChanged { name, .. } => {
                format!("catalog.sqlite: the letters or rows of {name} are not what they were")
            }
            Damage::RunChanged { run } => {
                format!("catalog.sqlite: the record of run {run} is not what it was")
            }
            Damage::MetaChanged { key } => format!("catalog.sqlite: `{key}` is not what it was"),
            Damage::ItemChanged { id } => format!("catalog.sqlite: the item {id} is not what it was"),
            Damage::DecisionChanged { number } => {
                format!("catalog.sqlite: correction {number} is not what it was")
            }
            Damage::Reference { what, count, example } => {
                format!("catalog.sqlite: {count} records of {what} lead nowhere, first {example}")
            }
            Damage::IndexMissing => "index/: there is none".to_owned(),
            Damage::IndexDamaged { detail } => format!("index/: {detail}"),
            Damage::IndexDiffers { missing, surplus, example } => {
                format!("index/: lacks {missing} items and has {surplus} too many, first {example}")
            }
            Damage::Trail { line, flaw } => format!("audit.jsonl: line {line} {}", flaw.en()),
            Damage::TrailUnreadable { detail } => format!("audit.jsonl: {detail}"),
        }
    }

    fn zh(&self) -> String {
        match self {
            Damage::OriginalMissing { path, .. } => format!("{path}：原件缺失"),
            Damage::OriginalChanged { path, .. } => format!("{path}：原件已不是原来的内容"),
            Damage::OriginalUnreadable { path, detail } => format!("{path}：无法读取：{detail}"),
            Damage::OriginalUnknown { path } => format!("{path}：没有任何记录提到此文件"),
            Damage::SumsMissing => "originals/SHA256SUMS：缺失".to_owned(),
            Damage::SumsDiffer { path } => format!("originals/SHA256SUMS：与目录库不符，首处为 {path}"),
            Damage::Catalog { detail } => format!("catalog.sqlite：{detail}"),
            Damage::FactsChanged { name, .. } => {
                format!("catalog.sqlite：从 {name} 读出的内容已不是原来的内容")
            }
            Damage::UnitsChanged { name, .. } => {
                format!("catalog.sqlite：{name} 的信件或登记行已不是原来的内容")
            }
            Damage::RunChanged { run } => format!("catalog.sqlite：第 {run} 次运行的记录已不是原来的内容"),
            Damage::MetaChanged { key } => format!("catalog.sqlite：{key} 已不是原来的内容"),
            Damage::ItemChanged { id } => format!("catalog.sqlite：件 {id} 已不是原来的内容"),
            Damage::DecisionChanged { number } => {
                format!("catalog.sqlite：更正 {number} 已不是原来的内容")
            }
            Damage::Reference { what, count, example } => {
                format!("catalog.sqlite：{what} 有 {count} 条记录无所指，首条 {example}")
            }
            Damage::IndexMissing => "index/：没有索引".to_owned(),
            Damage::IndexDamaged { detail } => format!("index/：{detail}"),
            Damage::IndexDiffers { missing, surplus, example } => {
                format!("index/：缺 {missing} 件，多 {surplus} 件，首件 {example}")
            }
            Damage::Trail { line, flaw } => format!("audit.jsonl：第 {line} 行{}", flaw.zh()),
            Damage::TrailUnreadable { detail } => format!("audit.jsonl：{detail}"),
        }
    }

    /// What to do.
    pub fn hint(&self, lang: Lang) -> String {
        let fixed = |en: &str, zh: &str| lang.pick(en, zh).to_owned();
        match self {
            Damage::OriginalMissing { path, sha256, came_from }
            | Damage::OriginalChanged { path, sha256, came_from }
                if came_from == path || came_from == "?" =>
            {
                match lang {
                    Lang::En => format!("copy the file with SHA-256 {sha256} to {path}, from a backup"),
                    Lang::Zh => format!("请把 SHA-256 为 {sha256} 的文件从备份复制到 {path}"),
                }
            }
            Damage::OriginalMissing { path, sha256, came_from }
            | Damage::OriginalChanged { path, sha256, came_from } => match lang {
                Lang::En => format!(
                    "copy the file with SHA-256 {sha256} to {path}, from a backup or from {came_from}"
                ),
                Lang::Zh => format!("请把 SHA-256 为 {sha256} 的文件从备份或 {came_from} 复制到 {path}"),
            },
            Damage::OriginalUnreadable { .. } => fixed(
                "check the disk and the permissions; restore the file from a backup",
                "请检查磁盘和权限，并从备份恢复此文件",
            ),
            Damage::OriginalUnknown { .. } => fixed(
                "a run that was killed may have left it: ingest its source again; otherwise move it away",
                "可能是被强行终止的运行留下的：请重新导入其来源；否则请移走",
            ),
            Damage::SumsMissing | Damage::SumsDiffer { .. } => {
                fixed("the next `dossier ingest` writes it anew", "下一次 dossier ingest 会重新写出")
            }
            Damage::Catalog { .. }
            | Damage::FactsChanged { .. }
            | Damage::UnitsChanged { .. }
            | Damage::RunChanged { .. }
            | Damage::MetaChanged { .. }
            | Damage::ItemChanged { .. }
            | Damage::DecisionChanged { .. }
            | Damage::Reference { .. } => fixed(
                "keep the archive as it is, restore it from a backup, then ingest again what came since; \
                 without a backup, ingest originals/ into a new archive",
                "请保留现状，从备份恢复后重新导入此后的来源；没有备份时，把 originals/ 导入新的档案库",
            ),
            Damage::IndexMissing | Damage::IndexDamaged { .. } | Damage::IndexDiffers { .. } => {
                fixed("make it anew with `dossier index rebuild`", "请用 dossier index rebuild 重建索引")
            }
            Damage::Trail { .. } | Damage::TrailUnreadable { .. } => fixed(
                "keep the file as it is and find out who could change it; a backup has the lines before",
                "请保留此文件并查明谁可能改动过它；此前各行可从备份取得",
            ),
        }
    }
}

impl TrailFlaw {
    fn en(self) -> &'static str {
        match self {
            TrailFlaw::Unreadable => "is no entry",
            TrailFlaw::Broken => {
                "is not what the next line seals: it was changed, or lines are missing after it"
            }
            TrailFlaw::End => "is not what audit.seal seals: it was changed, or lines are missing after it",
        }
    }

    fn zh(self) -> &'static str {
        match self {
            TrailFlaw::Unreadable => "不是一条记录",
            TrailFlaw::Broken => "与下一行的封印不符：该行被改动，或其后有行缺失",
            TrailFlaw::End => "与 audit.seal 的封印不符：该行被改动，或其后有行缺失",
        }
    }
}
