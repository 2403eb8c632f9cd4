//! OSC: titles, directories, links, notifications, marks, clipboard. Everything that leaves here was cleaned; nothing
//! is believed but what has the right form.

use super::Normaliser;
use crate::screen::{
    Effect, Mark, Progress, clean,
    limits::{CLIPBOARD_BYTES_MAX, LINK_BYTES_MAX, NOTICE_COLUMNS, TITLE_COLUMNS, TITLE_STACK_MAX},
};
use base64::{Engine, engine::general_purpose::GeneralPurpose};

/// Standard base64, with or without padding.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

impl Normaliser {
    /// An OSC string without introducer and end.
    pub(super) fn osc(&mut self, body: &[u8]) {
        let text = String::from_utf8_lossy(body);
        let (number, rest) = text.split_once(';').unwrap_or((&text, ""));
        match number {
            "0" => {
                self.state.titles.icon = clean(rest, TITLE_COLUMNS);
                self.set_title(rest);
            }
            "1" => self.state.titles.icon = clean(rest, TITLE_COLUMNS),
            "2" => self.set_title(rest),
            "4" => self.set_palette(rest, false),
            "5" => self.set_palette(rest, true),
            "7" => self.directory(rest),
            "8" => self.link(rest),
            "9" => self.notification_or_progress(rest),
            "52" => self.clipboard(rest),
            "99" => self.kitty_notification(rest),
            "104" => self.reset_palette(rest, false),
            "105" => self.reset_palette(rest, true),
            "133" => self.mark(rest),
            "777" => self.rxvt_notification(rest),
            "7501" => self.program_status(rest, body.len()),
            _ => match number.parse::<u8>() {
                Ok(number @ 10..=19) => self.set_dynamic(number, rest),
                Ok(number @ 110..=119) => self.reset_dynamic(number - 100),
                _ => {}
            },
        }
    }

    fn set_title(&mut self, title: &str) {
        self.state.titles.window = clean(title, TITLE_COLUMNS);
        self.title_changed();
    }

    /// Tells the title; of several in a row only the last.
    pub(super) fn title_changed(&mut self) {
        if let Some(Effect::Title(_)) = self.effects.last() {
            self.effects.pop();
        }
        self.effects.push(Effect::Title(self.state.titles.window.clone()));
    }

    /// XTWINOPS 22.
    pub(super) fn push_title(&mut self) {
        let titles = &mut self.state.titles;
        if titles.stack.len() >= TITLE_STACK_MAX {
            titles.stack.remove(0);
        }
        titles.stack.push((titles.icon.clone(), titles.window.clone()));
    }

    /// XTWINOPS 23; 1: only the icon's, 2: only the window's.
    pub(super) fn pop_title(&mut self, which: u16) {
        let Some((icon, window)) = self.state.titles.stack.pop() else { return };
        if which != 2 {
            self.state.titles.icon = icon;
        }
        if which != 1 && window != self.state.titles.window {
            self.state.titles.window = window;
            self.title_changed();
        }
    }

    /// OSC 7: `file://host/path`, percent-encoded.
    fn directory(&mut self, url: &str) {
        let Some((host, path)) =
            url.strip_prefix("file://").and_then(|rest| rest.split_at_checked(rest.find('/')?))
        else {
            return;
        };
        if let Some(path) = percent_decode(path) {
            self.directory_changed(host, &path);
        }
    }

    fn directory_changed(&mut self, host: &str, path: &str) {
        let inert = |text: &str| text.chars().all(|ch| !ch.is_control()) && text.len() <= 4096;
        if path.starts_with('/') && inert(path) && inert(host) {
            self.effects.push(Effect::Directory { host: host.to_owned(), path: path.to_owned() });
        }
    }

    /// OSC 8: `params;uri`. Printable ASCII and a known scheme, or no link at all.
    fn link(&mut self, rest: &str) {
        const SCHEMES: [&str; 4] = ["http://", "https://", "mailto:", "file://"];
        let uri = rest.split_once(';').map_or("", |(_, uri)| uri);
        let lower = uri.get(..8.min(uri.len())).unwrap_or_default().to_ascii_lowercase();
        let known = SCHEMES.iter().any(|scheme| lower.starts_with(scheme));
        let inert = uri.len() <= LINK_BYTES_MAX && uri.bytes().all(|byte| byte.is_ascii_graphic());
        let link = (known && inert).then_some(uri);
        if self.state.extra.link.as_deref() != link {
            self.state.extra.link = link.map(Into::into);
            self.apply_extra();
        }
    }

    /// OSC 52: writing is passed on, reading is answered with nothing.
    fn clipboard(&mut self, rest: &str) {
        let Some((selections, data)) = rest.split_once(';') else { return };
        if data == "?" {
            return self.reply(format_args!("\x1b]52;c;\x1b\\"));
        }
        let Ok(bytes) = BASE64.decode(data.trim_end()) else { return };
        if bytes.len() <= CLIPBOARD_BYTES_MAX {
            let primary = selections.contains('p') && !selections.contains('c');
            self.effects.push(Effect::Clipboard { primary, bytes });
        }
    }

    /// OSC 9: ConEmu's `4;state;percent` and `9;directory`, else iTerm2's notification.
    fn notification_or_progress(&mut self, rest: &str) {
        if let Some(progress) = rest.strip_prefix("4;").or_else(|| (rest == "4").then_some("0")) {
            let mut numbers = progress.split(';').map(|number| number.trim().parse::<u16>().ok());
            let state = numbers.next().flatten();
            let percent = numbers.next().flatten().map(|number| u8::try_from(number.min(100)).unwrap_or(100));
            let progress = match state {
                Some(0) => Progress::None,
                Some(1) => Progress::Percent(percent.unwrap_or(0)),
                Some(2) => Progress::Error(percent),
                Some(3) => Progress::Busy,
                Some(4) => Progress::Paused(percent),
                _ => return,
            };
            if let Some(Effect::Progress(_)) = self.effects.last() {
                self.effects.pop();
            }
            self.effects.push(Effect::Progress(progress));
        } else if let Some(path) = rest.strip_prefix("9;") {
            self.directory_changed("", path.trim_matches('"'));
        } else {
            self.notify("", rest);
        }
    }

    /// OSC 777: `notify;title;body`.
    fn rxvt_notification(&mut self, rest: &str) {
        if let Some(text) = rest.strip_prefix("notify;") {
            let (title, body) = text.split_once(';').unwrap_or((text, ""));
            self.notify(title, body);
        }
    }

    /// OSC 99: `key=value:…;payload`. Titles and bodies that come whole or in parts; nothing else of it.
    fn kitty_notification(&mut self, rest: &str) {
        let Some((metadata, payload)) = rest.split_once(';') else { return };
        let value = |key: &str| {
            let mut pairs = metadata.split(':').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
        };
        if value("p") == Some("?") {
            return self.reply(format_args!("\x1b]99;i=0:p=?;p=title,body\x1b\\"));
        }
        let decoded = if value("e") == Some("1") {
            BASE64.decode(payload).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).ok()
        } else {
            Some(payload.to_owned())
        };
        let Some(text) = decoded else { return };
        let mut part = std::mem::take(&mut self.state.notice);
        let grown = match value("p").unwrap_or("title") {
            "title" => &mut part.0,
            "body" => &mut part.1,
            _ => return self.state.notice = part,
        };
        grown.push_str(&clean(&text, NOTICE_COLUMNS));
        *grown = clean(grown, NOTICE_COLUMNS);
        if value("d") == Some("0") {
            self.state.notice = part;
        } else {
            self.notify(&part.0, &part.1);
        }
    }

    fn notify(&mut self, title: &str, body: &str) {
        let (title, body) = (clean(title, NOTICE_COLUMNS), clean(body, NOTICE_COLUMNS));
        if !title.is_empty() || !body.is_empty() {
            self.effects.push(Effect::Notification { title, body });
        }
    }

    /// OSC 133.
    fn mark(&mut self, rest: &str) {
        let mut words = rest.split(';');
        let mark = match words.next() {
            Some("A") => Mark::Prompt,
            Some("B") => Mark::Input,
            Some("C") => Mark::Output,
            Some("D") => Mark::End(words.next().and_then(|code| code.parse().ok())),
            _ => return,
        };
        self.effects.push(Effect::Mark { offset: self.offset, mark });
    }
}

fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'%' {
            decoded.push(*byte);
            continue;
        }
        let (digits, tail) = tail.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        decoded.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_or_refused() {
        assert_eq!(percent_decode("/a%20b/%c3%a9"), Some("/a b/é".into()));
        for bad in ["/%", "/%2", "/%zz", "/%ff", "/%+1"] {
            assert_eq!(percent_decode(bad), None, "{bad}");
        }
    }
}
