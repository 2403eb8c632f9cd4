//! Follows a log: the holder tells when it has grown. Where it cannot be asked, the log is looked at now and then.

use super::{
    super::{
        exit::NobodyReads,
        limits::{FOLLOW_LOOK, FOLLOW_RETRY},
    },
    Printer,
};
use crate::{
    holder::client::Client,
    protocol::holder::{FromHolder, ToHolder},
    store,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// The task whose log is followed.
pub(super) struct Follow {
    dir: PathBuf,
}

/// What the holder told.
enum News {
    /// The log grew, or nothing was heard for a while.
    More,
    /// The program has ended, its log was so long then.
    Ended,
}

impl Follow {
    pub(super) fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Prints until the task has ended and all of it is printed, or nobody reads any more.
    pub(super) fn follow(&self, printer: &mut dyn Printer, out: &mut File) -> anyhow::Result<()> {
        loop {
            // asked before the log is read, so that nothing printed before the end is missed
            if self.has_ended() {
                return printer.advance(out, true);
            }
            printer.advance(out, false)?;
            match self.listen(printer, out)? {
                Some(News::Ended) => return printer.advance(out, true),
                Some(News::More) | None => wait_for_reader(out)?,
            }
        }
    }

    fn has_ended(&self) -> bool {
        self.dir.join("exit.json").exists() || !store::holder_lives(&self.dir)
    }

    /// Prints as the holder tells of more; `None` when there is no holder to ask.
    fn listen(&self, printer: &mut dyn Printer, out: &mut File) -> anyhow::Result<Option<News>> {
        let Ok((mut holder, ended)) = self.subscribe(printer.reached()) else { return Ok(None) };
        if ended {
            return Ok(Some(News::Ended));
        }
        loop {
            let (length, news) = match holder.receive() {
                Ok(FromHolder::Notify { length, .. }) => (Some(length), News::More),
                Ok(FromHolder::Exited { .. }) => (None, News::Ended),
                Ok(_) => (None, News::More),
                Err(error) if is_late(&error) => (None, News::More),
                Err(_) => return Ok(None),
            };
            if matches!(news, News::Ended) {
                return Ok(Some(news));
            }
            reader_is_there(out)?;
            printer.advance(out, false)?;
            let acknowledged = length.map(|length| holder.send(&ToHolder::Ack { length }));
            if acknowledged.is_some_and(|sent| sent.is_err()) {
                return Ok(None);
            }
        }
    }

    /// A holder that tells from here on, and whether the program had ended before.
    fn subscribe(&self, from: u64) -> io::Result<(Client, bool)> {
        let (mut holder, greeting) = Client::connect(&self.dir)?;
        holder.set_deadline(FOLLOW_LOOK)?;
        holder.request(&ToHolder::Subscribe { from })?;
        Ok((holder, greeting.ended))
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted)
}

/// Whether what we print is still read by anyone; a pipe says so without being written to.
fn reader_is_there(out: &File) -> anyhow::Result<()> {
    look(out, Timespec { tv_sec: 0, tv_nsec: 0 })
}

/// As above, after a while.
fn wait_for_reader(out: &File) -> anyhow::Result<()> {
    look(out, Timespec { tv_sec: 0, tv_nsec: i64::from(FOLLOW_RETRY.subsec_nanos()) })
}

fn look(out: &File, wait: Timespec) -> anyhow::Result<()> {
    let mut fds = [PollFd::new(out, PollFlags::empty())];
    let gone = poll(&mut fds, Some(&wait)).is_ok_and(|ready| ready > 0)
        && fds.iter().any(|fd| fd.revents().intersects(PollFlags::ERR | PollFlags::NVAL));
    if gone { Err(NobodyReads.into()) } else { Ok(()) }
}
