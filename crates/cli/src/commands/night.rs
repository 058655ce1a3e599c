//! `dossier run`: the nightly job, or watching for what arrives.

use std::io::Write;

use dossier_batch::Stop;
use dossier_model::Lang;
use dossier_night::{Ended, Night, find};
use serde_json::json;

use super::account;
use crate::args::RunArgs;
use crate::error::{CliError, Exit};
use crate::output::{self, Context};
use crate::progress::progress_of;

pub fn run(args: &RunArgs, context: Context) -> Result<Exit, CliError> {
    let stop = Stop::default();
    stop.on_signals()?;
    let night = Night { job: find(&args.job)?, program: std::env::current_exe()? };
    let progress = progress_of(args.events, context);
    if !args.watch {
        let ended = night.whole(args.now, progress.as_ref(), &stop)?;
        return tell(&ended, args.json, context);
    }
    let mut last = Ok(Exit::Complete);
    night.watch(progress.as_ref(), &stop, |ended| last = tell(ended, args.json, context))?;
    // Asked to end between two runs, it has done all that was asked.
    Ok(if last? == Exit::Interrupted { Exit::Interrupted } else { Exit::Complete })
}

fn tell(ended: &Ended, as_json: bool, context: Context) -> Result<Exit, CliError> {
    match ended {
        Ended::Watched => Ok(Exit::Complete),
        Ended::NotNow { minutes } => {
            let (hours, minutes) = (minutes / 60, minutes % 60);
            let words = match context.lang {
                Lang::En => format!(
                    "outside the job's hours, which begin in {hours} h {minutes} min: nothing done; --now does it all the same"
                ),
                Lang::Zh => format!(
                    "不在任务允许的时段内，{hours} 小时 {minutes} 分后开始：未执行；加 --now 可立即执行"
                ),
            };
            eprintln!("{words}");
            Ok(Exit::Complete)
        }
        Ended::Done { report, page, untold } => {
            if as_json {
                let mut value = report.json(context.lang);
                value["page"] = json!(page);
                value["untold"] = json!(untold);
                output::json(&value)?;
            } else {
                account::print(report, context)?;
                let word = context.pick("report", "报告");
                writeln!(std::io::stdout().lock(), "{word}: {}", page.display())?;
            }
            for who in untold {
                eprintln!("{}: {who}", context.pick("could not be told", "未能通知"));
            }
            let exit = report.status.into();
            Ok(if exit == Exit::Complete && !untold.is_empty() { Exit::Partial } else { exit })
        }
    }
}
