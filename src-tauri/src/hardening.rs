//! Keeps other programs of the same person out of this process's memory, where messages, the database key and the account's
//! credentials are.
//!
//! No core dumps: a crash writes no memory to the disk. The limit is inherited by the web view's processes. On Linux the process
//! is not dumpable either (prctl(2), `PR_SET_DUMPABLE`): only the administrator may attach a debugger, read its memory or
//! list its files.
//!
//! That flag comes with the window and not before: the desktop's portal, of which the window system asks whether the desktop is
//! dark, looks at the files of whoever asks and refuses a process that is closed.
//!
//! The limits of this: the administrator reads everything, and a program that waits for the app to start is there before the
//! flag. The process that draws the page holds what is on screen and stays readable to the same person, since the flag does not
//! survive the start of a program. Windows lets programs of one person read each other; on macOS the signature's
//! hardened runtime refuses them.

/// No core dumps. To be called first of all; a refusal is logged later, by [`report`].
pub(crate) fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        let none = rustix::process::Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        let _reported = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    }
}

/// Closes the process's memory to other programs. To be called once the desktop has been asked for its theme.
pub(crate) fn close_memory() {
    #[cfg(target_os = "linux")]
    {
        let closed = rustix::process::DumpableBehavior::NotDumpable;
        let _reported = rustix::process::set_dumpable_behavior(closed);
    }
    report();
}

/// Logs what the operating system refused.
fn report() {
    if !is_applied() {
        tracing::warn!("process memory is open to other programs");
    }
}

/// Whether the process is closed.
pub(crate) fn is_applied() -> bool {
    #[cfg(target_os = "linux")]
    {
        let dumpable = rustix::process::dumpable_behavior();
        if !matches!(dumpable, Ok(rustix::process::DumpableBehavior::NotDumpable)) {
            return false;
        }
    }
    #[cfg(unix)]
    {
        rustix::process::getrlimit(rustix::process::Resource::Core).current == Some(0)
    }
    #[cfg(not(unix))]
    true
}
