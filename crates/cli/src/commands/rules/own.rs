//! Each rule against the tests that stand beside it.

use std::io::Write;

use dossier_batch::Rules;
use dossier_model::Fields;
use dossier_rules::Blocked;
use serde::Serialize;

use crate::error::CliError;
use crate::output::{Context, Style};

/// What the tests that stand beside the rules came to.
#[derive(Default, Serialize)]
pub struct OwnTests {
    run: u64,
    pub failed: Vec<FailedTest>,
}

/// A test whose rule does otherwise than it says.
#[derive(Serialize)]
pub struct FailedTest {
    rule: String,
    text: String,
    /// Whether it should fire.
    expected: bool,
    /// The phrases for which it fires.
    because: Vec<String>,
    /// Why it does not fire.
    #[serde(skip)]
    blocked: Option<Blocked>,
}

/// Each rule by itself, on the texts that stand beside it.
pub fn run(rules: &Rules) -> OwnTests {
    let mut own = OwnTests::default();
    let specs = rules.pipeline.rules.iter().flat_map(|file| &file.rules);
    for (rule, test) in specs.flat_map(|rule| rule.tests.iter().map(move |test| (rule, test))) {
        own.run += 1;
        let found = rules.classifier.fires(&rule.id, &super::text_of(&test.text), &Fields::new(), None);
        let (because, blocked) = match found {
            Some(Ok(reasons)) => (reasons.into_iter().map(|reason| reason.phrase).collect(), None),
            Some(Err(blocked)) => (Vec::new(), Some(blocked)),
            None => continue,
        };
        if blocked.is_none() != test.fires {
            let (rule, text) = (rule.id.clone(), test.text.clone());
            own.failed.push(FailedTest { rule, text, expected: test.fires, because, blocked });
        }
    }
    own
}

/// Prints how many tests there are, and each that fails with its reasons.
pub fn print(own: &OwnTests, context: Context) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    let style = Style::of_stdout();
    let (tests, failed) =
        (context.pick("tests beside the rules; failed", "条附在规则上的例句，不合的"), own.failed.len());
    writeln!(out, "{}", style.bold(&format!("{} {tests} {failed}", own.run)))?;
    for test in &own.failed {
        let what = match &test.blocked {
            None => format!(
                "{} {}",
                context.pick("fires, and should not, because of", "不应命中，却命中了"),
                test.because.join("、")
            ),
            Some(why) => format!(
                "{} {}",
                context.pick("should fire, and does not:", "应命中，却没有命中："),
                super::explain::blocked(why, context)
            ),
        };
        writeln!(out, "  ✗ {}: {what}\n      {}", test.rule, style.dim(&test.text))?;
    }
    Ok(())
}
