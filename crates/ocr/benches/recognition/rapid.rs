//! RapidOCR in a process of its own, if that Python package is installed.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use crate::Failure;

pub struct Rapid {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
pub struct Answer {
    pub text: String,
    pub seconds: f64,
}

impl Rapid {
    /// Starts it with `python`; `None` where the package is not installed.
    pub fn start(python: &str) -> Result<Option<Rapid>, Failure> {
        let probe = Command::new(python).args(["-c", "import rapidocr, cv2"]).stderr(Stdio::null()).status();
        if !probe.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/recognition/rapid.py");
        let mut child =
            Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut rapid = Rapid { child, input, output };
        rapid.line()?;
        Ok(Some(rapid))
    }

    pub fn read(&mut self, image: &Path) -> Result<Answer, Failure> {
        writeln!(self.input, "{}", image.display())?;
        self.input.flush()?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err("RapidOCR ended early".into()),
            _ => Ok(line),
        }
    }

    pub fn end(self) -> Result<(), Failure> {
        let Rapid { mut child, input, .. } = self;
        drop(input);
        child.wait()?;
        Ok(())
    }
}
