//! The dialog before an agent is launched: what it is asked, what it may do, what the kernel enforces, and the exact command
//! line. Nothing starts but by Enter; full permissions without a fence take a second one.

use super::super::{caller::Caller, print};
use super::{memory, plan::Plan};
use crate::{
    agent::{Fence, Level, Wanted},
    screen::{clean, width},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use crossterm::{
    event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers},
    terminal,
};
use std::path::PathBuf;

/// A line of the dialog that can be changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Permissions,
    Fence,
    Allow,
    Deny,
    Writable,
    Ports,
}

const ROWS: [(Row, &str); 6] = [
    (Row::Permissions, "permissions"),
    (Row::Fence, "fence"),
    (Row::Allow, "allow"),
    (Row::Deny, "deny"),
    (Row::Writable, "may write"),
    (Row::Ports, "ports"),
];

/// What a key asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
    On,
    Launch,
    Remember,
    Cancel,
}

struct Dialog<'a> {
    plan: &'a Plan,
    levels: Vec<Level>,
    level: Level,
    fence: Fence,
    /// Lists as typed: allow, deny, may write, ports.
    lists: [String; 4],
    selected: usize,
    /// Enter was pressed once for full permissions without a fence.
    warned: bool,
}

/// Asks for the permissions; `None` when nothing is to be started.
pub(super) fn permissions(caller: &Caller, plan: &Plan, first: Wanted) -> anyhow::Result<Option<Wanted>> {
    let mut dialog = Dialog::new(plan, first);
    let raw = Raw::enter(&plan.found.profile.title)?;
    let step = loop {
        print::text(&dialog.picture())?;
        let Event::Key(key) = event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        match dialog.key(key) {
            Step::On => {}
            step => break step,
        }
    };
    drop(raw);
    if step == Step::Cancel {
        return Ok(None);
    }
    let wanted = dialog.wanted();
    if step == Step::Remember {
        memory::keep(caller, plan, &wanted)?;
    }
    Ok(Some(wanted))
}

impl<'a> Dialog<'a> {
    fn new(plan: &'a Plan, first: Wanted) -> Self {
        let levels = plan.found.profile.levels();
        let level = if levels.contains(&first.level) {
            first.level
        } else {
            levels.first().copied().unwrap_or(Level::Full)
        };
        let ports: Vec<String> = first.ports.iter().map(ToString::to_string).collect();
        let lists =
            [first.allow.join(", "), first.deny.join(", "), first.writable.join(", "), ports.join(", ")];
        Self { plan, levels, level, fence: first.fence, lists, selected: 0, warned: false }
    }

    fn wanted(&self) -> Wanted {
        let list = |text: &String| -> Vec<String> {
            text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let [allow, deny, writable, ports] = &self.lists;
        Wanted {
            level: self.level,
            allow: list(allow),
            deny: list(deny),
            fence: self.fence,
            writable: list(writable),
            ports: list(ports).iter().filter_map(|port| port.parse().ok()).collect(),
        }
    }

    fn row(&self) -> Row {
        ROWS.get(self.selected).map_or(Row::Permissions, |(row, _)| *row)
    }

    fn key(&mut self, key: KeyEvent) -> Step {
        let warned = std::mem::take(&mut self.warned);
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Step::Cancel,
            KeyCode::Char('c') if control => return Step::Cancel,
            KeyCode::Enter => return self.launch(warned, Step::Launch),
            KeyCode::Char('r') if control => return self.launch(warned, Step::Remember),
            KeyCode::Up | KeyCode::BackTab => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down | KeyCode::Tab => self.selected = (self.selected + 1).min(ROWS.len() - 1),
            KeyCode::Left => self.turn(false),
            KeyCode::Right => self.turn(true),
            KeyCode::Char(' ') if matches!(self.row(), Row::Permissions | Row::Fence) => self.turn(true),
            KeyCode::Char(c) if !control => {
                if let Some(text) = self.text() {
                    text.push(c);
                }
            }
            KeyCode::Backspace => {
                if let Some(text) = self.text() {
                    text.pop();
                }
            }
            _ => {}
        }
        Step::On
    }

    /// Launches, unless that cannot be or has to be confirmed first.
    fn launch(&mut self, warned: bool, step: Step) -> Step {
        let unlimited = self.level == Level::Full && self.fence == Fence::None;
        if self.plan.ready(&self.wanted()).is_err() {
            return Step::On;
        }
        if unlimited && !warned {
            self.warned = true;
            return Step::On;
        }
        step
    }

    fn text(&mut self) -> Option<&mut String> {
        let at = match self.row() {
            Row::Permissions | Row::Fence => return None,
            Row::Allow => 0,
            Row::Deny => 1,
            Row::Writable => 2,
            Row::Ports => 3,
        };
        self.lists.get_mut(at)
    }

    fn turn(&mut self, forward: bool) {
        fn next<T: Copy + PartialEq>(all: &[T], now: T, forward: bool) -> T {
            let at = all.iter().position(|one| *one == now).unwrap_or(0);
            let step = if forward { 1 } else { all.len().saturating_sub(1) };
            all.get((at + step) % all.len().max(1)).copied().unwrap_or(now)
        }
        match self.row() {
            Row::Permissions => self.level = next(&self.levels, self.level, forward),
            Row::Fence => self.fence = next(&Fence::ALL, self.fence, forward),
            _ => {}
        }
    }

    /// The bytes that show it, from the top of a cleared screen.
    fn picture(&self) -> String {
        let (cols, _) = terminal::size().unwrap_or((80, 24));
        let cols = usize::from(cols.max(20));
        let mut lines = vec![format!("\x1b[1mStart {}?\x1b[m", self.plan.found.profile.title), String::new()];
        let fact = |name: &str, value: &str, lines: &mut Vec<String>| {
            let value = clean(&value.replace('\n', " "), usize::MAX);
            for (row, part) in wrapped(&value, cols.saturating_sub(16)).into_iter().enumerate() {
                let name = if row == 0 { name } else { "" };
                lines.push(format!("  \x1b[2m{name:<12}\x1b[m {part}"));
            }
        };
        fact("prompt", &self.plan.prompt, &mut lines);
        fact("directory", &self.plan.cwd.to_string_lossy(), &mut lines);
        for (index, (row, name)) in ROWS.iter().enumerate() {
            let mark = if index == self.selected { "\x1b[1m▸ " } else { "  " };
            let value = clean(&self.value(*row), cols.saturating_sub(16));
            lines.push(format!("{mark}{name:<12}\x1b[m {value}"));
        }
        lines.push(String::new());
        match self.plan.ready(&self.wanted()) {
            Ok(ready) => {
                let words = ready.argv.iter().map(|word| {
                    shlex::try_quote(word).map_or_else(|_| word.clone(), |quoted| quoted.into_owned())
                });
                fact("runs", &words.collect::<Vec<_>>().join(" "), &mut lines);
            }
            Err(error) => fact("cannot", &format!("{error:#}"), &mut lines),
        }
        lines.push(String::new());
        if self.warned {
            lines.push(
                "\x1b[1;31mIt may do everything you may, and never asks.\x1b[m Enter starts it all the same."
                    .into(),
            );
        }
        lines.push(
            "\x1b[2mEnter start · Ctrl+R start and remember here · ↑↓ ←→ change · Esc cancel\x1b[m".into(),
        );
        format!("\x1b[H\x1b[2J{}", lines.join("\r\n"))
    }

    fn value(&self, row: Row) -> String {
        let [allow, deny, writable, ports] = &self.lists;
        let list = |text: &String, hint: &str| if text.is_empty() { hint.to_owned() } else { text.clone() };
        match row {
            Row::Permissions => format!("‹{}› {}", self.level, self.level.words()),
            Row::Fence => format!("‹{}› {}", self.fence, self.fence.words()),
            Row::Allow => list(allow, "- (commands, with commas)"),
            Row::Deny => list(deny, "-"),
            Row::Writable => list(writable, "- (directories besides its own, with a fence)"),
            Row::Ports => list(ports, "- (TCP ports, with workspace+nonet)"),
        }
    }
}

/// Text cut into rows of so many columns.
fn wrapped(text: &str, cols: usize) -> Vec<String> {
    let mut rows = vec![String::new()];
    for c in text.chars() {
        if let Some(row) = rows.last_mut() {
            row.push(c);
            if width(row) > cols {
                row.pop();
                rows.push(c.to_string());
            }
        }
    }
    rows
}

/// The terminal in raw mode on its alternate screen, given back when dropped. Inside a task it says that a permission is
/// wanted, so that lists show it.
struct Raw {
    in_task: Option<PathBuf>,
}

impl Raw {
    fn enter(title: &str) -> anyhow::Result<Self> {
        let in_task = std::env::var_os("ASIDE_TASK").map(PathBuf::from);
        terminal::enable_raw_mode()?;
        let message = STANDARD.encode(format!("start {title}?"));
        let report = format!("\x1b]7501;state=blocked:app=aside:kind=permission:msg={message}\x1b\\");
        let report = if in_task.is_some() { report } else { String::new() };
        print::text(&format!("\x1b[?1049h\x1b[?25l{report}"))?;
        Ok(Self { in_task })
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let clear = if self.in_task.is_some() { "\x1b]7501;state=clear\x1b\\" } else { "" };
        // the terminal may be gone
        let _gone = print::text(&format!("{clear}\x1b[?25h\x1b[?1049l"));
        let _unset = terminal::disable_raw_mode();
    }
}
