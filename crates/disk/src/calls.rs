//! What the calls of a program say, by their numbers and registers (syscall(2), x86-64).

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use nix::libc::{self, c_long, user_regs_struct};
use nix::unistd::Pid;

use crate::fault::Access;

/// Calls that change something.
pub(crate) const CHANGING: &[c_long] = &[
    libc::SYS_open,
    libc::SYS_openat,
    libc::SYS_creat,
    libc::SYS_write,
    libc::SYS_pwrite64,
    libc::SYS_writev,
    libc::SYS_pwritev,
    libc::SYS_pwritev2,
    libc::SYS_copy_file_range,
    libc::SYS_sendfile,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_rename,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_link,
    libc::SYS_linkat,
    libc::SYS_symlink,
    libc::SYS_symlinkat,
    libc::SYS_unlink,
    libc::SYS_unlinkat,
    libc::SYS_rmdir,
    libc::SYS_mkdir,
    libc::SYS_mkdirat,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
];

/// Calls that read.
pub(crate) const READING: &[c_long] =
    &[libc::SYS_read, libc::SYS_pread64, libc::SYS_readv, libc::SYS_preadv, libc::SYS_preadv2];

/// A call, as it is asked for.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Open {
        path: PathBuf,
        makes: bool,
        truncates: bool,
    },
    Read {
        path: PathBuf,
    },
    /// Where it writes is known afterwards, unless it says so.
    Write {
        path: PathBuf,
        fd: u64,
        at: Option<u64>,
    },
    Resize {
        path: PathBuf,
    },
    Move {
        from: PathBuf,
        to: PathBuf,
        exchanges: bool,
    },
    /// A folder, or a further or symbolic link.
    Make {
        path: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    Sync {
        path: PathBuf,
    },
}

impl Call {
    /// What a program's thread asks for; nothing if it is about no file.
    pub fn asked(thread: Pid, registers: &user_regs_struct) -> io::Result<Option<Call>> {
        let &user_regs_struct { rdi, rsi, rdx, r10, r8, .. } = registers;
        let by_fd = |fd: u64| path_of(thread, fd);
        let at = |folder: u64, name: u64| path_at(thread, folder, name);
        const HERE: u64 = libc::AT_FDCWD as u64;
        let open = |path: PathBuf, flags: u64| Call::Open {
            path,
            makes: flags & libc::O_CREAT as u64 != 0,
            truncates: flags & libc::O_TRUNC as u64 != 0,
        };
        let write = |fd: u64, at: Option<u64>| Ok(by_fd(fd)?.map(|path| Call::Write { path, fd, at }));
        Ok(Some(match registers.orig_rax as c_long {
            libc::SYS_open => open(at(HERE, rdi)?, rsi),
            libc::SYS_openat => open(at(rdi, rsi)?, rdx),
            libc::SYS_creat => open(at(HERE, rdi)?, (libc::O_CREAT | libc::O_TRUNC) as u64),
            libc::SYS_write | libc::SYS_writev => return write(rdi, None),
            libc::SYS_sendfile => return write(rdi, None),
            libc::SYS_copy_file_range => return write(rdx, None),
            libc::SYS_pwrite64 | libc::SYS_pwritev | libc::SYS_pwritev2 => return write(rdi, Some(r10)),
            libc::SYS_truncate => Call::Resize { path: at(HERE, rdi)? },
            libc::SYS_ftruncate | libc::SYS_fallocate => {
                return Ok(by_fd(rdi)?.map(|path| Call::Resize { path }));
            }
            libc::SYS_rename => moving(at(HERE, rdi)?, at(HERE, rsi)?, 0),
            libc::SYS_renameat => moving(at(rdi, rsi)?, at(rdx, r10)?, 0),
            libc::SYS_renameat2 => moving(at(rdi, rsi)?, at(rdx, r10)?, r8),
            libc::SYS_link | libc::SYS_symlink => Call::Make { path: at(HERE, rsi)? },
            libc::SYS_linkat => Call::Make { path: at(rdx, r10)? },
            libc::SYS_symlinkat => Call::Make { path: at(rsi, rdx)? },
            libc::SYS_mkdir => Call::Make { path: at(HERE, rdi)? },
            libc::SYS_mkdirat => Call::Make { path: at(rdi, rsi)? },
            libc::SYS_unlink | libc::SYS_rmdir => Call::Remove { path: at(HERE, rdi)? },
            libc::SYS_unlinkat => Call::Remove { path: at(rdi, rsi)? },
            libc::SYS_fsync | libc::SYS_fdatasync => {
                return Ok(by_fd(rdi)?.map(|path| Call::Sync { path }));
            }
            number if READING.contains(&number) => {
                return Ok(by_fd(rdi)?.map(|path| Call::Read { path }));
            }
            _ => return Ok(None),
        }))
    }

    /// The file that it is about, and what it does to it; nothing for what only looks.
    pub fn access(&self) -> Option<(Access, &PathBuf)> {
        match self {
            Call::Read { path } => Some((Access::Read, path)),
            Call::Open { makes: false, .. } | Call::Remove { .. } => None,
            Call::Sync { path } => Some((Access::Sync, path)),
            Call::Open { path, .. }
            | Call::Write { path, .. }
            | Call::Resize { path }
            | Call::Make { path }
            | Call::Move { to: path, .. } => Some((Access::Write, path)),
        }
    }
}

fn moving(from: PathBuf, to: PathBuf, flags: u64) -> Call {
    Call::Move { from, to, exchanges: flags & u64::from(libc::RENAME_EXCHANGE) != 0 }
}

/// The path of an open file; nothing for pipes and the like.
fn path_of(thread: Pid, fd: u64) -> io::Result<Option<PathBuf>> {
    match fs::read_link(format!("/proc/{thread}/fd/{fd}")) {
        Ok(path) => Ok(Some(path).filter(|path| path.is_absolute())),
        // The program asks for a file that is not open: it will be told so.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A path that a program speaks of, from a folder.
fn path_at(thread: Pid, folder: u64, name: u64) -> io::Result<PathBuf> {
    let name = PathBuf::from(OsString::from_vec(text(thread, name)?));
    if name.is_absolute() {
        return Ok(name);
    }
    let folder = if folder as i32 == libc::AT_FDCWD {
        fs::read_link(format!("/proc/{thread}/cwd"))?
    } else {
        path_of(thread, folder)?.unwrap_or_default()
    };
    Ok(folder.join(name))
}

/// The text at a place of a program's memory, up to its zero.
fn text(thread: Pid, mut at: u64) -> io::Result<Vec<u8>> {
    const PAGE: u64 = 4096;
    let memory = File::open(format!("/proc/{thread}/mem"))?;
    let mut text = Vec::new();
    loop {
        // No read goes beyond a page, since the next may not be there.
        let mut piece = vec![0; (PAGE - at % PAGE) as usize];
        memory.read_exact_at(&mut piece, at)?;
        match piece.iter().position(|byte| *byte == 0) {
            Some(end) => {
                text.extend(&piece[..end]);
                return Ok(text);
            }
            None => text.extend(&piece),
        }
        at += piece.len() as u64;
    }
}
