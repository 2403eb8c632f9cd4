//! Control sequences that vt100 handles as xterm does: seen through in one look, so that they cost little more than
//! vt100's own time. Never changes a cell; whatever is not plainly harmless goes the long way, through `csi.rs`.

use super::{Normaliser, sgr::Intensity};

/// Bytes of a sequence looked at; longer ones are rare.
const LENGTH_MAX: usize = 96;
/// Digits of a number; longer ones are rarer still.
const DIGITS_MAX: usize = 4;
/// Parameters vte keeps; it drops the rest.
const PARAMS_MAX: u8 = 30;

impl Normaliser {
    /// The length of the control sequence at the start of some bytes if it may go to vt100 with the text around it. What
    /// follows from it is noted.
    #[inline]
    pub(super) fn quick(&mut self, bytes: &[u8]) -> Option<usize> {
        self.at_edge = false;
        let body = bytes.strip_prefix(b"\x1b[")?;
        let mut pen =
            PenParams { background: self.background, intensity: self.intensity, skip: Skip::No, count: 0 };
        let mut simple = self.extra_empty;
        let (mut value, mut start) = (0u32, 0);
        for (at, byte) in body.iter().enumerate().take(LENGTH_MAX) {
            match byte {
                // wrapping harms nothing: numbers that long are not simple
                b'0'..=b'9' => value = value.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')),
                b';' => {
                    simple = simple && at - start <= DIGITS_MAX && pen.take(value);
                    (value, start) = (0, at + 1);
                }
                b'm' => {
                    if !simple || at - start > DIGITS_MAX || !pen.take(value) {
                        return None;
                    }
                    self.background = pen.background;
                    self.intensity = pen.intensity;
                    return Some(at + 3);
                }
                _ => return self.quick_motion(*byte).then_some(at + 3),
            }
        }
        None
    }

    /// Whether a control sequence other than SGR that ends like this may pass.
    #[inline]
    fn quick_motion(&mut self, last: u8) -> bool {
        if self.sides {
            return false;
        }
        match last {
            b'K' | b'X' => true,
            b'@' | b'P' => !self.background,
            b'C' | b'G' | b'`' => {
                self.room = 0;
                true
            }
            b'H' | b'f' | b'E' | b'F' => {
                // until the whole screen is in use, it matters where the cursor was
                let settled =
                    self.state.modes.alternate_screen || self.state.used.rows >= self.grid.size().rows;
                if settled {
                    self.room = 0;
                    self.state.used.jumped = true;
                }
                settled
            }
            _ => false,
        }
    }
}

/// What an SGR does, as far as the normaliser must know.
struct PenParams {
    background: bool,
    intensity: Intensity,
    skip: Skip,
    count: u8,
}

/// What comes behind 38 and 48.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skip {
    No,
    /// The kind of colour.
    Kind,
    /// So many numbers of a colour.
    Numbers(u8),
}

impl PenParams {
    /// Takes a parameter; false if vt100 does not know it as xterm does.
    #[inline(always)]
    fn take(&mut self, value: u32) -> bool {
        self.count += 1;
        if self.count > PARAMS_MAX {
            return false;
        }
        match self.skip {
            Skip::No => return self.take_code(value),
            Skip::Kind => {
                self.skip = match value {
                    2 => Skip::Numbers(3),
                    5 => Skip::Numbers(1),
                    _ => return false,
                };
            }
            // vt100 drops the rest of an SGR with a number too large
            Skip::Numbers(_) if value > 255 => return false,
            Skip::Numbers(0 | 1) => self.skip = Skip::No,
            Skip::Numbers(left) => self.skip = Skip::Numbers(left - 1),
        }
        true
    }

    #[inline(always)]
    fn take_code(&mut self, value: u32) -> bool {
        match value {
            0 => (self.background, self.intensity) = (false, Intensity::default()),
            1 if !self.intensity.dim => self.intensity.bold = true,
            2 if !self.intensity.bold => self.intensity.dim = true,
            22 => self.intensity = Intensity::default(),
            3 | 4 | 7 | 23 | 24 | 27 | 30..=37 | 39 | 90..=97 => {}
            40..=47 | 100..=107 => self.background = true,
            49 => self.background = false,
            38 => self.skip = Skip::Kind,
            48 => (self.skip, self.background) = (Skip::Kind, true),
            _ => return false,
        }
        true
    }
}
