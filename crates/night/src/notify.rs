//! Telling somebody: a command is run, a message is added to a mailbox file, a notice is posted.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dossier_pipeline::Notify;
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use rustix::fs::{FlockOperation, flock};
use serde_json::json;

/// A command that takes longer is ended.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many characters of a header go into one encoded word, which may have 75 (RFC 2047, 2).
const WORD: usize = 14;

/// What there is to tell; nothing in it is above the mask for officers.
pub(crate) struct Message<'a> {
    /// One line.
    pub line: &'a str,
    /// `complete`, `partial`, `failed` or `interrupted`.
    pub status: &'a str,
    /// The report's page, if there is one.
    pub page: Option<&'a Path>,
}

/// Tells whoever is to be told; returns who could not be, and why.
pub(crate) fn tell(notify: &Notify, message: &Message<'_>) -> Vec<String> {
    let mut untold = Vec::new();
    if let Some((program, args)) = notify.command.split_first()
        && let Err(error) = command(program, args, message)
    {
        untold.push(format!("{program}: {error}"));
    }
    if let Some(path) = &notify.mailbox
        && let Err(error) = mail(path, message)
    {
        untold.push(format!("{}: {error}", path.display()));
    }
    if let Some(address) = &notify.webhook
        && let Err(error) = post(address, message)
    {
        untold.push(format!("{address}: {error}"));
    }
    untold
}

/// Posts what there is to tell as JSON; an answer that is no success is an error.
fn post(address: &str, message: &Message<'_>) -> Result<(), ureq::Error> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let report = message.page.map(|page| page.to_string_lossy());
    let body = json!({ "subject": message.line, "status": message.status, "report": report }).to_string();
    agent.post(address).header("Content-Type", "application/json; charset=utf-8").send(body)?;
    Ok(())
}

fn command(program: &str, args: &[String], message: &Message<'_>) -> std::io::Result<()> {
    let mut child = Command::new(program)
        .args(args)
        .env("DOSSIER_SUBJECT", message.line)
        .env("DOSSIER_STATUS", message.status)
        .env("DOSSIER_REPORT", message.page.map(Path::as_os_str).unwrap_or_default())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut input) = child.stdin.take()
        && let Err(error) = writeln!(input, "{}", message.line)
        // A command may well not care for its input.
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        return Err(error);
    }
    let began = Instant::now();
    loop {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(std::io::Error::other(status.to_string())),
            None if began.elapsed() > PATIENCE => {
                child.kill()?;
                child.wait()?;
                return Err(std::io::ErrorKind::TimedOut.into());
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Adds a message to a mailbox in the mbox format (RFC 4155).
fn mail(path: &Path, message: &Message<'_>) -> std::io::Result<()> {
    let mut mailbox = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    flock(&mailbox, FlockOperation::LockExclusive)?;
    mailbox.write_all(letter(message, &ZonedDateTime::now()).as_bytes())
}

fn letter(message: &Message<'_>, now: &ZonedDateTime) -> String {
    let page = message.page.map(|page| format!("{}\n", page.display())).unwrap_or_default();
    let body = BASE64_STANDARD.encode(format!("{}\n{page}", message.line));
    let body: Vec<&str> =
        body.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!(
        "From dossier {}\nFrom: dossier\nTo: dossier\nDate: {}\nSubject: {}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\
         X-Dossier-Status: {}\n\n{}\n\n",
        now.with_time_zone(TimeZone::UTC).strftime("%a %b %e %H:%M:%S %Y"),
        now.strftime("%a, %d %b %Y %H:%M:%S %z"),
        encoded(message.line),
        message.status,
        body.join("\n"),
    )
}

/// A header's text in encoded words (RFC 2047).
fn encoded(text: &str) -> String {
    let text: Vec<char> = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = text.chunks(WORD).map(|word| {
        let word: String = word.iter().collect();
        format!("=?UTF-8?B?{}?=", BASE64_STANDARD.encode(word))
    });
    words.collect::<Vec<_>>().join("\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_what_mail_programs_read() {
        let line = "卷宗 2026-03-01：完成，但有问题，新增 12 件，更新 3 件；隔离 1 个文件";
        let message =
            Message { line, status: "partial", page: Some(Path::new("/库/reports/run-000001.html")) };
        let now: ZonedDateTime = "2026-03-01T07:05:09+08:00[Asia/Shanghai]".parse().unwrap();
        let letter = letter(&message, &now);
        assert!(letter.starts_with("From dossier Sat Feb 28 23:05:09 2026\n"), "{letter}");
        assert!(letter.contains("\nDate: Sun, 01 Mar 2026 07:05:09 +0800\n"), "{letter}");
        assert!(letter.is_ascii() && letter.lines().all(|line| line.len() <= 76), "{letter}");
        let words: String = letter
            .split("=?UTF-8?B?")
            .skip(1)
            .map(|word| {
                String::from_utf8(BASE64_STANDARD.decode(word.split("?=").next().unwrap()).unwrap()).unwrap()
            })
            .collect();
        assert_eq!(words, line);
    }

    #[test]
    fn who_cannot_be_told_is_named() {
        let message = Message { line: "x", status: "complete", page: None };
        let notify = Notify {
            command: vec!["/bin/false".to_owned()],
            mailbox: Some("/nowhere/mail".into()),
            webhook: Some("http://127.0.0.1:1/told".to_owned()),
            ..Notify::default()
        };
        let untold = tell(&notify, &message);
        assert_eq!(untold.len(), 3);
        assert!(untold[2].starts_with("http://127.0.0.1:1/told: "), "{untold:?}");
        assert!(untold[0].contains("/bin/false") && untold[1].contains("/nowhere/mail"), "{untold:?}");
    }
}
