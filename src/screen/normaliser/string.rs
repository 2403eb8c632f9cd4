//! Control strings: collected over any number of chunks, bounded, handed to OSC and DCS. APC, PM and SOS are dropped,
//! so is every string that is too long or has no regular end.

use super::Normaliser;
use crate::screen::{
    limits::{CLIPBOARD_STRING_BYTES_MAX, STRING_BYTES_MAX},
    scan::{StringEnd, string_end},
};
use serde::{Deserialize, Serialize};

/// A control string whose end has not come.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(in crate::screen) struct Collecting {
    /// The byte that introduced it behind ESC.
    kind: u8,
    #[serde(with = "serde_bytes")]
    body: Vec<u8>,
    /// It is too long, or of a kind nobody reads: only its end matters.
    dropped: bool,
    /// Its last byte so far was an ESC.
    escaped: bool,
}

/// What became of a string after some more bytes.
pub(super) enum Progress {
    /// It goes on.
    Goes(Collecting),
    /// It ended or was given up with these bytes used; `true`: the next ones follow an ESC.
    Over(usize, bool),
}

impl Collecting {
    pub(super) fn new(kind: u8) -> Self {
        Self { kind, dropped: !matches!(kind, b']' | b'P'), ..Self::default() }
    }

    #[cfg(test)]
    pub(super) const fn kept(&self) -> usize {
        self.body.capacity()
    }

    fn add(&mut self, bytes: &[u8]) {
        if self.dropped {
            return;
        }
        // enough to tell a clipboard string from others
        let prefix = self.body.iter().chain(bytes).take(3);
        let clipboard = self.kind == b']' && prefix.eq(b"52;");
        let most = if clipboard { CLIPBOARD_STRING_BYTES_MAX } else { STRING_BYTES_MAX };
        if self.body.len() + bytes.len() > most {
            self.dropped = true;
            self.body = Vec::new();
        } else {
            self.body.extend_from_slice(bytes);
        }
    }
}

impl Normaliser {
    /// Goes on with a string. `base` is the log offset of the first byte.
    pub(super) fn collect(&mut self, mut string: Collecting, bytes: &[u8], base: u64) -> Progress {
        if string.escaped {
            if bytes.first() != Some(&b'\\') {
                return Progress::Over(0, true);
            }
            self.offset = base + 1;
            self.dispatch_string(&string);
            return Progress::Over(1, false);
        }
        let end = string_end(string.kind, bytes);
        let (body, used) = match end {
            StringEnd::None => (bytes.len(), bytes.len()),
            StringEnd::Bell(at) | StringEnd::Escape(at) | StringEnd::Cancelled(at) => (at, at + 1),
        };
        string.add(bytes.get(..body).unwrap_or_default());
        self.offset = base + used as u64;
        match end {
            StringEnd::None => Progress::Goes(string),
            StringEnd::Cancelled(_) => Progress::Over(used, false),
            StringEnd::Bell(_) => {
                self.dispatch_string(&string);
                Progress::Over(used, false)
            }
            StringEnd::Escape(_) => {
                string.escaped = true;
                match bytes.get(used..) {
                    None | Some([]) => Progress::Goes(string),
                    Some([b'\\', ..]) => {
                        self.offset += 1;
                        self.dispatch_string(&string);
                        Progress::Over(used + 1, false)
                    }
                    Some(_) => Progress::Over(used, true),
                }
            }
        }
    }

    fn dispatch_string(&mut self, string: &Collecting) {
        match (string.kind, string.dropped) {
            (b']', false) => self.osc(&string.body),
            (b'P', false) => self.dcs(&string.body),
            _ => {}
        }
    }

    fn dcs(&mut self, body: &[u8]) {
        if let Some(what) = body.strip_prefix(b"$q") {
            self.report_setting(what);
        } else if let Some(names) = body.strip_prefix(b"+q") {
            self.report_capabilities(names);
        }
    }
}
