//! A program, its threads and the programs that it starts, looked at call by call (ptrace(2)).

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::errno::Errno;
use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

use crate::calls::{CHANGING, Call, READING};
use crate::fault::{Fault, Refusing};
use crate::journal::{Change, Entry, Journal, Object};

/// What was seen of a program.
#[derive(Debug)]
pub struct Trace {
    /// Its exit status; nothing if a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    /// What it changed.
    pub journal: Journal,
    /// How many of its calls were made to fail.
    pub refused: usize,
}

/// Runs a program to its end and sees what it changes below `root`.
///
/// # Errors
/// What keeps the program from being started and looked at: `PermissionDenied` where users may not
/// trace what they start.
pub fn run(command: Command, root: &Path, fault: Option<Fault>) -> io::Result<Trace> {
    let journal = Journal::begin(root)?;
    // Whoever starts a program is the thread that traces it, and hears of no other one's children.
    std::thread::scope(|scope| {
        let tracer = scope.spawn(|| Tracer::trace(command, journal, Refusing::new(fault)));
        tracer.join().unwrap_or_else(|_| Err(io::Error::other("the tracer gave up")))
    })
}

struct Tracer {
    journal: Journal,
    refusing: Refusing,
    /// The calls that have been asked for and not been answered, by thread.
    open: HashMap<Pid, Asked>,
    /// Threads that have been seen.
    known: HashSet<Pid>,
}

/// A call that has been asked for.
enum Asked {
    /// It goes ahead: what it is, the objects that it is about, and how many changes came before.
    Goes { call: Call, objects: [Option<Object>; 2], entries: [Option<Entry>; 2], upto: usize },
    /// It is not done.
    Refused(Errno),
}

impl Tracer {
    fn trace(mut command: Command, journal: Journal, refusing: Refusing) -> io::Result<Trace> {
        let (mut stdout, mut stderr) = (tempfile::tempfile()?, tempfile::tempfile()?);
        command.stdin(Stdio::null()).stdout(stdout.try_clone()?).stderr(stderr.try_clone()?);
        let first = start(command, &filter(refusing.reads())?)?;
        let mut tracer = Tracer { journal, refusing, open: HashMap::new(), known: HashSet::from([first]) };
        let status = tracer.follow(first)?;
        Ok(Trace {
            status,
            stdout: all_of(&mut stdout)?,
            stderr: all_of(&mut stderr)?,
            journal: tracer.journal,
            refused: tracer.refusing.refused,
        })
    }

    /// Follows all threads until none is left; the exit status of the first program.
    fn follow(&mut self, first: Pid) -> io::Result<Option<i32>> {
        let mut status = None;
        loop {
            let flags = WaitPidFlag::__WALL | WaitPidFlag::__WNOTHREAD;
            match waitpid(None, Some(flags)) {
                Ok(WaitStatus::Exited(ended, code)) if ended == first => status = Some(code),
                Ok(WaitStatus::PtraceEvent(thread, _, libc::PTRACE_EVENT_SECCOMP)) => {
                    gone_is_fine(self.asked(thread))?;
                }
                Ok(WaitStatus::PtraceEvent(thread, ..)) => go_on(thread, None)?,
                Ok(WaitStatus::PtraceSyscall(thread)) => {
                    gone_is_fine(self.answered(thread))?;
                    go_on(thread, None)?;
                }
                Ok(WaitStatus::Stopped(thread, signal)) => {
                    // A thread begins by being stopped.
                    let begins = self.known.insert(thread) && signal == Signal::SIGSTOP;
                    go_on(thread, Some(signal).filter(|_| !begins))?;
                }
                Ok(_) | Err(Errno::EINTR) => {}
                Err(Errno::ECHILD) => return Ok(status),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A thread asks for a call.
    fn asked(&mut self, thread: Pid) -> io::Result<()> {
        let mut registers = ptrace::getregs(thread)?;
        let Some(call) = Call::asked(thread, &registers)? else { return go_on(thread, None) };
        let refused = call.access().and_then(|(access, path)| self.refusing.refuse(access, path));
        let asked = match refused {
            Some(errno) => {
                // No call has this number: it fails, and the answer is put right afterwards.
                registers.orig_rax = u64::MAX;
                ptrace::setregs(thread, registers)?;
                Asked::Refused(errno)
            }
            None => match self.look(call) {
                Some(asked) => asked,
                None => return go_on(thread, None),
            },
        };
        self.open.insert(thread, asked);
        Ok(ptrace::syscall(thread, None)?)
    }

    /// What has to be known of a call before it is done; nothing if it changes nothing here.
    fn look(&self, call: Call) -> Option<Asked> {
        let object = |path: &Path| self.journal.number(fs::symlink_metadata(path).ok()?.ino());
        let (first, second) = match &call {
            Call::Read { .. } | Call::Open { makes: false, truncates: false, .. } => return None,
            Call::Move { from, to, .. } => (from, Some(to)),
            Call::Open { path, .. }
            | Call::Write { path, .. }
            | Call::Resize { path }
            | Call::Make { path }
            | Call::Remove { path }
            | Call::Sync { path } => (path, None),
        };
        if !self.journal.covers(first) {
            return None;
        }
        let objects = [object(first), second.and_then(|path| object(path))];
        let entries = [self.journal.entry(first), second.and_then(|path| self.journal.entry(path))];
        Some(Asked::Goes { call, objects, entries, upto: self.journal.changes.len() })
    }

    /// A thread's call has been answered.
    fn answered(&mut self, thread: Pid) -> io::Result<()> {
        let mut registers = ptrace::getregs(thread)?;
        let answer = registers.rax as i64;
        match self.open.remove(&thread) {
            Some(Asked::Refused(errno)) => {
                registers.rax = (-(errno as i64)) as u64;
                Ok(ptrace::setregs(thread, registers)?)
            }
            Some(Asked::Goes { call, objects, entries, upto }) if answer >= 0 => {
                self.done(thread, answer as u64, call, (objects, entries), upto)
            }
            _ => Ok(()),
        }
    }

    /// Notes what a call has changed.
    fn done(
        &mut self,
        thread: Pid,
        answer: u64,
        call: Call,
        (objects, entries): ([Option<Object>; 2], [Option<Entry>; 2]),
        upto: usize,
    ) -> io::Result<()> {
        let ([object, _], [entry, other]) = (objects, entries);
        let change = match call {
            Call::Open { path, .. } if object.is_none() => return self.journal.appeared(&path),
            Call::Make { path } => return self.journal.appeared(&path),
            Call::Open { truncates: true, .. } => object.map(|object| Change::Resize { object, length: 0 }),
            Call::Resize { path } => {
                let length = fs::metadata(&path)?.len();
                object.map(|object| Change::Resize { object, length })
            }
            Call::Write { fd, at, .. } => match object {
                Some(object) => Some(written(thread, (fd, at), answer, object)?),
                None => None,
            },
            Call::Move { exchanges, .. } => match (entry, other, object) {
                (Some(one), Some(other), _) if exchanges => Some(Change::Exchange { one, other }),
                (Some(from), Some(to), Some(object)) => Some(Change::Move { from, to, object }),
                _ => None,
            },
            Call::Remove { .. } => entry.map(|at| Change::Remove { at }),
            Call::Sync { .. } => object.map(|object| Change::Sync { object, upto }),
            Call::Open { .. } | Call::Read { .. } => None,
        };
        change.into_iter().for_each(|change| self.journal.push(change));
        Ok(())
    }
}

/// What has just been written to an open file.
fn written(thread: Pid, (fd, at): (u64, Option<u64>), length: u64, object: Object) -> io::Result<Change> {
    let at = match at {
        Some(at) => at,
        None => position(thread, fd)? - length,
    };
    let mut bytes = vec![0; length as usize];
    File::open(format!("/proc/{thread}/fd/{fd}"))?.read_exact_at(&mut bytes, at)?;
    Ok(Change::Write { object, at, bytes })
}

/// Where a program stands in an open file.
fn position(thread: Pid, fd: u64) -> io::Result<u64> {
    let about = fs::read_to_string(format!("/proc/{thread}/fdinfo/{fd}"))?;
    let position = about.lines().find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok());
    position.ok_or_else(|| io::Error::other("an open file without a position"))
}

/// Starts a program that stops at the calls of the filter.
#[expect(unsafe_code, reason = "what is done between forking and executing makes two system calls, no more")]
fn start(mut command: Command, filter: &BpfProgram) -> io::Result<Pid> {
    let filter = filter.clone();
    let prepare = move || {
        ptrace::traceme()?;
        seccompiler::apply_filter(&filter).map_err(io::Error::other)
    };
    // SAFETY: neither call allocates or takes a lock unless it fails.
    let child = unsafe { command.pre_exec(prepare) }.spawn()?;
    let pid = Pid::from_raw(child.id() as i32);
    waitpid(pid, None)?;
    let options = Options::PTRACE_O_TRACESECCOMP
        | Options::PTRACE_O_TRACESYSGOOD
        | Options::PTRACE_O_TRACECLONE
        | Options::PTRACE_O_TRACEFORK
        | Options::PTRACE_O_TRACEVFORK
        | Options::PTRACE_O_TRACEEXEC
        | Options::PTRACE_O_EXITKILL;
    ptrace::setoptions(pid, options)?;
    go_on(pid, None)?;
    Ok(pid)
}

/// Stops at calls that change something, and if need be at those that read.
fn filter(reads: bool) -> io::Result<BpfProgram> {
    let calls = CHANGING.iter().chain(if reads { READING } else { &[] });
    let rules = calls.map(|call| (*call, Vec::new())).collect();
    let traced = SeccompAction::Trace(0);
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, traced, TargetArch::x86_64);
    filter.and_then(BpfProgram::try_from).map_err(io::Error::other)
}

/// Lets a thread go on, if it is still there.
fn go_on(thread: Pid, signal: Option<Signal>) -> io::Result<()> {
    gone_is_fine(ptrace::cont(thread, signal).map_err(io::Error::from))
}

/// A thread may be killed at any moment, by the end of its program.
fn gone_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(()),
        done => done,
    }
}

fn all_of(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
