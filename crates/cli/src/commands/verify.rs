//! `dossier verify` and `dossier audit verify`: what is damaged, and what to do.

use std::io::{IsTerminal, Write};
use std::num::NonZero;

use dossier_archive::{Checked, Damage, Sample, TrailCheck, Verification, VerifyStep, verify, verify_trail};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::args::{AuditArgs, AuditCommand, VerifyArgs};
use crate::error::{CliError, Exit};
use crate::output::{self, Context, Style};

/// How many damages are listed; `--json` has all.
const LISTED: usize = 100;
const SECONDS_A_DAY: u64 = 86_400;

pub fn run(args: &VerifyArgs, context: Context) -> Result<Exit, CliError> {
    let sample = todays(args.sample);
    let mut bar = Bar::new(context);
    let verification =
        verify(&args.archive.archive, sample, &mut |step, done, total| bar.show(step, done, total))?;
    bar.end();
    if args.archive.json {
        output::json(&as_json(&verification, context))?;
    } else {
        print(&verification, args.sample.is_some(), context)?;
    }
    Ok(exit(verification.damages.is_empty()))
}

/// Today's part of a sample.
pub fn todays(sample: Option<NonZero<u64>>) -> Sample {
    let today = dossier_archive::now() / SECONDS_A_DAY;
    sample.map_or(Sample::ALL, |of| Sample { of: of.get(), turn: today })
}

pub fn trail(args: &AuditArgs, context: Context) -> Result<Exit, CliError> {
    let AuditCommand::Verify(args) = &args.command;
    let TrailCheck { lines, damage } = verify_trail(&args.archive)?;
    if args.json {
        let damage = damage.as_ref().map(|damage| damage_json(damage, context));
        output::json(&json!({ "sound": damage.is_none(), "lines": lines, "damage": damage }))?;
    } else {
        let mut out = std::io::stdout().lock();
        match &damage {
            None => writeln!(
                out,
                "{}",
                context.lang.pick(
                    &format!("sound: {lines} lines, each seals the one before"),
                    &format!("完好：{lines} 行，逐行相扣"),
                )
            )?,
            Some(damage) => tell(&mut out, damage, context)?,
        }
    }
    Ok(exit(damage.is_none()))
}

pub fn exit(sound: bool) -> Exit {
    if sound { Exit::Complete } else { Exit::Partial }
}

pub fn as_json(verification: &Verification, context: Context) -> Value {
    let damages: Vec<Value> =
        verification.damages.iter().map(|damage| damage_json(damage, context)).collect();
    json!({ "sound": damages.is_empty(), "checked": verification.checked, "damages": damages })
}

/// The damage as data, with its words.
fn damage_json(damage: &Damage, context: Context) -> Value {
    let mut value = json!(damage);
    if let Some(object) = value.as_object_mut() {
        object.insert("reason".to_owned(), damage.reason(context.lang).into());
        object.insert("hint".to_owned(), damage.hint(context.lang).into());
    }
    value
}

pub fn print(verification: &Verification, sampled: bool, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let damages = &verification.damages;
    let headline = match (damages.len(), sampled) {
        (0, false) => context.pick("sound", "完好").to_owned(),
        (0, true) => context.pick("sound, as far as the sample goes", "抽查部分完好").to_owned(),
        (number, _) => {
            context.lang.pick(&format!("{number} damaged"), &format!("{number} 处损坏")).to_owned()
        }
    };
    writeln!(out, "{}", Style::of_stdout().bold(&headline))?;
    for line in checked(&verification.checked, context) {
        writeln!(out, "  {line}")?;
    }
    for damage in damages.iter().take(LISTED) {
        tell(&mut out, damage, context)?;
    }
    if damages.len() > LISTED {
        writeln!(
            out,
            "… {} {}",
            damages.len() - LISTED,
            context.pick("more, see --json", "处未列，见 --json")
        )?;
    }
    Ok(())
}

fn tell(out: &mut impl Write, damage: &Damage, context: Context) -> Result<(), CliError> {
    writeln!(out, "✗ {}", damage.reason(context.lang))?;
    writeln!(out, "    {}{}", context.pick("what to do: ", "怎么办："), damage.hint(context.lang))?;
    Ok(())
}

/// How much was looked at, a line each.
fn checked(checked: &Checked, context: Context) -> Vec<String> {
    let size = HumanBytes(checked.bytes);
    let Checked { originals, seals, items, audit_lines, waiting, unsealed, .. } = checked;
    let mut lines = match context.lang {
        dossier_model::Lang::En => vec![
            format!("originals read: {originals} ({size})"),
            format!("seals compared: {seals}; items: {items}"),
            format!("lines of the audit trail: {audit_lines}"),
        ],
        dossier_model::Lang::Zh => vec![
            format!("读取原件 {originals} 个（{size}）"),
            format!("核对封印 {seals} 个，件 {items} 个"),
            format!("审计记录 {audit_lines} 行"),
        ],
    };
    let mut note = |when: bool, en: String, zh: String| {
        if when {
            lines.push(context.lang.pick(&en, &zh).to_owned());
        }
    };
    note(
        *unsealed > 0,
        format!("{unsealed} have no seal yet: the next ingest seals them"),
        format!("{unsealed} 个尚无封印：下一次导入会补上"),
    );
    note(
        *waiting > 0,
        format!("{waiting} items are still to be made: the next ingest makes them"),
        format!("{waiting} 件尚待生成：下一次导入会生成"),
    );
    note(
        !checked.index_compared,
        "the index was not compared with the catalog".to_owned(),
        "未与目录库比对索引".to_owned(),
    );
    note(
        checked.run_going_on,
        "a run is writing: files it has just copied were not looked for".to_owned(),
        "有导入正在进行：未核对刚复制的文件".to_owned(),
    );
    lines
}

/// A bar on a terminal; nothing elsewhere.
pub struct Bar {
    bar: ProgressBar,
    step: Option<VerifyStep>,
    context: Context,
}

impl Bar {
    pub fn new(context: Context) -> Bar {
        let shown = !context.quiet && std::io::stderr().is_terminal();
        let bar = if shown { ProgressBar::new(0) } else { ProgressBar::hidden() };
        Bar { bar, step: None, context }
    }

    pub fn show(&mut self, step: VerifyStep, done: u64, total: u64) {
        if self.step != Some(step) {
            self.step = Some(step);
            self.bar.reset();
            let counts = if matches!(step, VerifyStep::Originals | VerifyStep::Copy) {
                "{bytes}/{total_bytes}"
            } else {
                "{pos}/{len}"
            };
            // The template is a constant; a faulty one would leave the default style.
            if let Ok(style) =
                ProgressStyle::with_template(&format!("{{prefix}} {{bar:30}} {counts} ETA {{eta}}"))
            {
                self.bar.set_style(style);
            }
            self.bar.set_prefix(step_name(step, self.context));
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

fn step_name(step: VerifyStep, context: Context) -> &'static str {
    let (en, zh) = match step {
        VerifyStep::Catalog => ("catalog", "目录库"),
        VerifyStep::Facts => ("what was read", "读出的内容"),
        VerifyStep::Items => ("items", "件"),
        VerifyStep::Index => ("index", "索引"),
        VerifyStep::Originals => ("originals", "原件"),
        VerifyStep::Copy => ("copying", "复制"),
        VerifyStep::Trail => ("audit trail", "审计"),
    };
    context.lang.pick(en, zh)
}
