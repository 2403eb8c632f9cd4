//! The user's clipboard, the one place that sets it: by OSC 52 through the terminal, and on this machine by the desktop's
//! own program too, since many terminals have OSC 52 switched off. Never reads it, never waits for it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    io::Write as _,
    process::{Command, Stdio},
};

/// Programs that take the clipboard's new text on their standard input, and the variable without which they cannot work.
const HELPERS: [(&str, &[&str], &str); 3] = [
    ("wl-copy", &[], "WAYLAND_DISPLAY"),
    ("xclip", &["-selection", "clipboard"], "DISPLAY"),
    ("xsel", &["--clipboard", "--input"], "DISPLAY"),
];

/// The bytes that ask the terminal to set its clipboard.
pub(super) fn sequence(text: &str) -> Vec<u8> {
    format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text)).into_bytes()
}

/// Gives the text to the desktop's program, if there is one and this is the user's own machine.
pub(super) fn give_to_desktop(text: String) {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("SSH_CONNECTION") || set("SSH_TTY") {
        return;
    }
    let mut usable: Vec<(&str, &[&str])> = HELPERS
        .iter()
        .filter(|(_, _, needs)| set(needs))
        .map(|(name, arguments, _)| (*name, *arguments))
        .collect();
    if cfg!(target_os = "macos") {
        usable.push(("pbcopy", &[]));
    }
    if usable.is_empty() {
        return;
    }
    // a thread: the program may take its time, and has to be waited for
    std::thread::spawn(move || {
        for (name, arguments) in usable {
            let mut command = Command::new(name);
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            let Ok(mut child) = command.spawn() else { continue };
            let written = child.stdin.take().map(|mut input| input.write_all(text.as_bytes()));
            let done = child.wait().is_ok_and(|status| status.success());
            if matches!(written, Some(Ok(()))) && done {
                return;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_asked_for_in_base64() {
        assert_eq!(sequence("a\x1b]界"), b"\x1b]52;c;YRtd55WM\x1b\\");
    }
}
