//! What is on the user's terminal because of us: modes and frames.
//!
//! Never blocks on a terminal that takes nothing, but when it is given back; never looks into a frame.

use super::{
    guard::{Heard, Watch},
    limits::RESTORE_PATIENCE,
    mode::Held,
    tty::Tty,
};
use crate::task::Size;
use signal_hook::{consts::SIGSTOP, low_level::raise};
use std::io;

/// The terminal, the modes held on it, and what is still to be written to it.
pub(super) struct Display {
    pub(super) tty: Tty,
    pub(super) watch: Watch,
    held: Held,
    output: Vec<u8>,
    /// The frame that ends with `output`.
    serial: Option<u64>,
}

impl Display {
    /// A terminal as the shell left it.
    pub(super) fn new(tty: Tty, watch: Watch) -> Self {
        Self { tty, watch, held: Held::default(), output: Vec::new(), serial: None }
    }

    /// Takes more of the terminal, once the guard knows of it.
    pub(super) fn enter(&mut self, more: Held) -> io::Result<()> {
        self.held = self.held.with(more);
        self.watch.hold(self.held);
        if more.has(Held::RAW) {
            Tty::enter_raw()?;
        }
        self.output.extend(more.enter());
        Ok(())
    }

    /// Gives the terminal back as it was found.
    pub(super) fn leave(&mut self) {
        self.give_back(self.held);
    }

    /// Gives it back when nobody waits for us any more: a line discipline that a shell has set already stays.
    pub(super) fn leave_alone(&mut self) {
        let held = if Tty::is_taken() { Held(self.held.0 & !Held::RAW.0) } else { self.held };
        self.give_back(held);
    }

    fn give_back(&mut self, held: Held) {
        self.tty.restore(held, RESTORE_PATIENCE);
        self.held = Held::default();
        self.watch.hold(self.held);
    }

    /// Stops this process with the terminal given back, and takes it again when continued.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        if !self.watch.stoppable {
            return Ok(());
        }
        let held = self.held;
        self.leave();
        raise(SIGSTOP)?;
        self.take_again(held)
    }

    /// What the guard said. When it gave the terminal back while we were stopped without being asked, the terminal is taken again.
    pub(super) fn hear_guard(&mut self) -> io::Result<Heard> {
        let heard = self.watch.hear();
        if heard == Heard::Restored {
            self.take_again(self.held)?;
        }
        Ok(heard)
    }

    /// What was being written is void; the frame that waited for it, to be acknowledged.
    pub(super) const fn void(&mut self) -> Option<u64> {
        self.serial.take()
    }

    fn take_again(&mut self, held: Held) -> io::Result<()> {
        self.held = Held::default();
        self.output.clear();
        self.enter(held)
    }

    /// Takes a frame to be shown; writes what the terminal takes now.
    pub(super) fn frame(&mut self, serial: u64, bytes: &[u8]) -> io::Result<Option<u64>> {
        self.output.extend_from_slice(bytes);
        self.serial = Some(serial);
        self.write()
    }

    /// Writes bytes of our own, as `frame`.
    pub(super) fn print(&mut self, bytes: &[u8]) -> io::Result<Option<u64>> {
        self.output.extend_from_slice(bytes);
        self.write()
    }

    /// Shows a line at the bottom until the next full frame.
    pub(super) fn hint(&mut self, text: &str) -> io::Result<Option<u64>> {
        let Size { rows, cols } = self.tty.size();
        // one column less than there is: nothing may wrap, for that would scroll
        let text: String = format!(" {text} ").chars().take(usize::from(cols) - 1).collect();
        self.print(format!("\x1b[{rows};1H\x1b[0;7m{text}\x1b[m\x1b[K").as_bytes())
    }

    /// Writes what the terminal takes now; the serial of the frame that is on it then, to be acknowledged.
    pub(super) fn write(&mut self) -> io::Result<Option<u64>> {
        while !self.output.is_empty() {
            match self.tty.write(&self.output)? {
                0 => return Ok(None),
                count => drop(self.output.drain(..count)),
            }
        }
        Ok(self.serial.take())
    }

    /// Whether something waits for the terminal.
    pub(super) fn is_waiting(&self) -> bool {
        !self.output.is_empty()
    }
}
