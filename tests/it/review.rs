//! Reviews with the world around them: files, the user's editor and pager.

use crate::{tty::Tty, world::World};
use aside::task::Size;
use std::fs;

const SIZE: Size = Size::new(24, 80);

/// A review of a task that printed ten lines.
fn ten_lines(world: &World) -> Tty {
    let mut tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty.type_line("seq 1 10 | sed s/^/row-/");
    tty.wait_for("row-10\n✓");
    tty
}

#[test]
fn a_review_is_saved_to_a_file_and_never_over_another() {
    let world = World::new();
    let mut tty = ten_lines(&world);
    tty.type_line("/output 1");
    tty.wait_for("line 1–10 of 10");
    tty.type_text("s");
    tty.wait_for("save everything to: task-1.txt");
    tty.press("Enter");
    tty.wait_for("saved 10 lines (61 B)");
    let text: String = (1..=10).map(|row| format!("row-{row}\n")).collect();
    assert_eq!(fs::read_to_string(world.path("work/task-1.txt")).unwrap(), text);
    tty.type_text("vks");
    tty.wait_for("save the selected lines to: task-1.txt");
    tty.press("Enter");
    tty.wait_for("exists already; nothing was saved");
    assert_eq!(fs::read_to_string(world.path("work/task-1.txt")).unwrap(), text);
    tty.type_text("s");
    tty.wait_for("save the selected lines to: ");
    tty.press("ctrl-u");
    tty.type_line("~/work/two.txt");
    tty.wait_for("saved 2 lines");
    assert_eq!(fs::read_to_string(world.path("work/two.txt")).unwrap(), "row-9\nrow-10\n");
    tty.type_text("s");
    tty.press("ctrl-u");
    tty.type_line("nowhere/x");
    tty.wait_for("cannot write ");
}

#[test]
fn a_review_is_opened_in_the_users_editor_and_comes_back() {
    let world = World::new();
    let mut tty = ten_lines(&world);
    // an editor with an argument of its own, that knows +LINE
    world.write("vi", "#!/bin/sh\necho \"has $1 $2\"; tail -n 1 \"$3\"; echo \"$3\" >file; read answer\n");
    let editor = world.path("vi");
    fs::set_permissions(&editor, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    tty.type_line(&format!("export EDITOR='{} -a'", editor.display()));
    tty.wait_for("-a'\n✓");
    tty.type_line("/output 1");
    tty.wait_for("line 1–10 of 10");
    tty.type_text("/w-7\r");
    tty.wait_for("/w-7 ");
    tty.type_text("o");
    tty.wait_for("has -a +7\nrow-10");
    let file = fs::read_to_string(world.path("work/file")).unwrap();
    assert!(fs::exists(file.trim()).unwrap());
    tty.type_line("done");
    tty.wait_for("Output of task 1");
    assert!(!fs::exists(file.trim()).unwrap(), "{file} is left");
    tty.press("q");
    tty.wait_for("editor: output of task 1");
}

#[test]
fn question_mark_in_a_review_lists_its_keys_first() {
    let world = World::new();
    let mut tty = ten_lines(&world);
    tty.type_line("/output 1");
    tty.wait_for("line 1–10 of 10");
    tty.press("?");
    tty.wait_for("Keys here: review");
    tty.wait_for("to the next match");
    tty.press("q");
    tty.wait_for("Output of task 1");
}
