//! Runs a program and sees every change that it makes below a folder, whatever library or process of
//! it makes the change: the calls are seen by the kernel's own tracing, so that nothing but a Linux
//! on x86-64 is needed, neither a mounted file system nor a right that users lack.
//!
//! From what was seen the folder is rebuilt as a power cut at any moment would have left it:
//! what was not synced is lost, or an arbitrary part of it is. Calls can be made to fail as
//! those of a broken or a full disk do.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod calls;
mod fault;
mod journal;
mod rebuild;
mod trace;

pub use fault::{Access, Fault, Refusal};
pub use journal::Journal;
pub use rebuild::Kept;
pub use trace::{Trace, run};
