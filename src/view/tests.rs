//! Whole pictures as text: what a user sees in each view.

use super::*;
use crate::{
    log::Octets,
    prompt::History,
    protocol::client::{Place, Terminal, Viewer as Outer},
    session::{Moved, Order},
    task::{End, Outcome, Size},
};

/// A session with one of everything, seen by a client of this size.
struct Stage {
    session: Session,
    viewer: Viewer,
    screens: BTreeMap<TaskId, Screen>,
}

impl Stage {
    fn new(size: Size) -> Self {
        let outer = Outer { size, terminal: Terminal::default(), reattached: None };
        let mut stage = Self {
            session: Session::default(),
            viewer: Viewer::new(outer, History::default()),
            screens: BTreeMap::new(),
        };
        let place =
            Place { cwd: serde_bytes::ByteBuf::from(b"/home/me/shop"), environment: vec![], umask: 0 };
        stage.session.set_place(place, &mut vec![]);
        stage
    }

    fn start(&mut self, command: &str, background: Option<Moved>, printed: &str) -> TaskId {
        let order = Order {
            argv: vec![Octets::from(command)],
            command: command.into(),
            name: None,
            place: self.session.place().cloned().unwrap_or_default(),
            size: self.viewer.task_size(),
            background,
            who: "you".into(),
            agent: None,
        };
        let id = self.session.order(order, 0, &mut vec![]);
        self.session.started(id, 40 + id.0, 0);
        let mut screen = Screen::new(self.viewer.task_size());
        screen.process(0, printed.as_bytes(), &mut vec![]);
        self.screens.insert(id, screen);
        id
    }

    fn end(&mut self, id: TaskId, end: End) {
        let outcome = Outcome { end, stopped_by: None, ended_at: 2100 };
        self.session.ended(id, outcome, Some("last words".into()), &mut vec![]);
    }

    fn show(&self) -> String {
        let screens = self.screens.iter().map(|(id, screen)| (*id, screen)).collect();
        let keymap = Keymap::load(None, &[]).0;
        let scene = Scene {
            viewer: &self.viewer,
            session: &self.session,
            screens: &screens,
            tails: &BTreeMap::new(),
            branch: Some("main"),
            home: Some("/home/me"),
            keymap: &keymap,
            now_ms: 12_000,
        };
        let mut canvas = Canvas::new();
        draw(&scene, &mut canvas);
        let buffer = &canvas.picture().buffer;
        let width = usize::from(buffer.area.width);
        let row = |cells: &[ratatui::buffer::Cell]| {
            cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned()
        };
        buffer.content.chunks(width).map(row).collect::<Vec<_>>().join("\n")
    }
}

/// A stage with tasks that run, failed and completed.
fn busy(size: Size) -> Stage {
    let mut stage = Stage::new(size);
    stage.start("npm run dev", Some(Moved::Started), "ready on :3000\r\n");
    let lint = stage.start("npm run lint", Some(Moved::Started), "");
    stage.end(lint, End::Code(1));
    let test = stage.start("npm test", Some(Moved::Started), "");
    stage.end(test, End::Code(0));
    stage
}

#[test]
fn the_main_view_with_a_command_in_front() {
    let mut stage = busy(Size::new(16, 70));
    stage.start("cargo build", None, "Compiling aside\r\nFinished\r\n");
    insta::assert_snapshot!(stage.show(), @r#"
  ↳ running in background as task 2 · output: aside output 2
● Background task failed: "npm run lint" (exit 1)
  • exit 1 · 2.1s · 0 lines
  • last words
❯ npm test &
  ↳ running in background as task 3 · output: aside output 3
● Background task completed: "npm test"
  • exit 0 · 2.1s · 0 lines
  • last words
❯ cargo build
Compiling aside
Finished

▶ cargo build · 12s · ^B background
──────────────────────────────────────────────────────────────────────
 ~/shop main │ ● 1 running │ ✓ npm test  ✗ npm run lint(1)
"#);
}

#[test]
fn the_list_of_tasks() {
    let mut stage = busy(Size::new(14, 100));
    stage.start("sleep 9", Some(Moved::Verb), "");
    let session = &stage.session;
    stage.viewer.open_tasks(session);
    insta::assert_snapshot!(stage.show(), @r#"
Tasks  type to filter
Running
   4 ● sleep 9                                  12s
   1 ● npm run dev                              12s                  ready on :3000
Finished
   2*✗ npm run lint                             exit 1 · 2s          last words
   3*✓ npm test                                 exit 0 · 2s          last words




Enter foreground  Tab details  ^O output  ^X stop  ^T rename  Esc back
────────────────────────────────────────────────────────────────────────────────────────────────────
 ~/shop main │ ● 2 running │ ✓ npm test  ✗ npm run lint(1) │ Esc back
"#);
}

#[test]
fn a_question_takes_the_prompts_place_even_on_a_small_terminal() {
    let mut stage = busy(Size::new(10, 60));
    stage.viewer.question = Some(crate::viewer::Question::Quit { running: 1 });
    insta::assert_snapshot!(stage.show(), @r#"
  • exit 1 · 2.1s · 0 lines
  • last words
❯ npm test &
  ↳ running in background as task 3 · output: aside output 3
● Background task completed: "npm test"
  • exit 0 · 2.1s · 0 lines
  • last words
? 1 task running. [y] leave  [s] stop all  [n] stay
────────────────────────────────────────────────────────────
 ~/shop main │ ● 1 running │ ✓ npm test  ✗ npm run lint(1)
"#);
}
