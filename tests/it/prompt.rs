//! The prompt as a person types at it: the history searched and suggested, words completed.

use crate::{tty::Tty, world::World};
use aside::task::Size;

const SIZE: Size = Size::new(24, 80);

fn attached(world: &World) -> Tty {
    let tty = world.attach(SIZE);
    tty.wait_for("❯");
    tty
}

/// Waits until the prompt's line is this.
#[track_caller]
fn wait_prompt(tty: &Tty, line: &str) {
    tty.wait_until(line, |screen| {
        let row = screen.rows(0, SIZE.cols).nth(usize::from(screen.cursor_position().0));
        row.is_some_and(|row| row.trim_end() == line)
    });
}

#[test]
fn the_history_is_searched_with_ctrl_r_and_suggested_while_typing() {
    let world = World::new();
    let mut tty = attached(&world);
    for (line, ended) in
        [("echo one-thing", "\none-thing\n✓"), ("echo two-things", "\ntwo-things\n✓"), ("true", "❯ true\n✓")]
    {
        tty.type_line(line);
        tty.wait_for(ended);
    }
    tty.press("ctrl-r");
    tty.wait_for("1 of 3");
    tty.type_text("onething");
    tty.wait_for("1 of 1 · Enter run");
    tty.press("Enter");
    tty.wait_for("❯ true\n✓ 0.0s\n❯ echo one-thing\none-thing\n✓");
    tty.press("ctrl-r");
    tty.type_text("two");
    tty.wait_for("1 of 1 · Enter run");
    tty.press("Tab");
    wait_prompt(&tty, "❯ echo two-things");
    tty.press("ctrl-u");
    tty.type_text("echo t");
    wait_prompt(&tty, "❯ echo two-things");
    tty.press("Right");
    tty.press("Enter");
    tty.wait_for("✓ 0.0s\n❯ echo two-things\ntwo-things\n✓ 0.0s\n❯\n\n");
    tty.press("ctrl-r");
    tty.type_text("nothing like it");
    tty.wait_for("nothing in the history is like this");
    tty.press("Esc");
    wait_prompt(&tty, "❯");
}

#[test]
fn tab_completes_paths_commands_branches_and_tasks() {
    let world = World::new();
    for file in ["alpha beta.txt", "alphabet", "dir/inner"] {
        std::fs::create_dir_all(world.path("work/dir")).unwrap();
        world.write(format!("work/{file}"), "x");
    }
    std::fs::create_dir_all(world.path("work/.git/refs/heads/fix")).unwrap();
    world.write("work/.git/refs/heads/fix/prompt", "");
    world.write("work/.git/packed-refs", "# pack-refs\nabc refs/heads/feature\n");
    let mut tty = attached(&world);
    let mut check = |typed: &str, completed: &str| {
        tty.type_text(typed);
        tty.press("Tab");
        wait_prompt(&tty, completed);
        tty.press("ctrl-u");
        wait_prompt(&tty, "❯");
    };
    check("cat di", "❯ cat dir/");
    check("cat dir/i", "❯ cat dir/inner");
    check("cat 'alpha ", "❯ cat 'alpha beta.txt'");
    check("cat alpha\\ ", "❯ cat alpha\\ beta.txt");
    check("cat alp", "❯ cat alpha");
    check("git switch fe", "❯ git switch feature");
    check("git switch fix", "❯ git switch fix/prompt");
    check("/outp", "❯ /output");
    check("umas", "❯ umask");
    tty.type_text("cat alpha");
    tty.press("Tab");
    tty.wait_for("1 of 2 · Enter take");
    tty.press("Tab");
    tty.press("Enter");
    wait_prompt(&tty, "❯ cat alphabet");
    tty.press("ctrl-u");
    world.run(["run", "--", "sleep 1000"]).ok();
    tty.wait_for("1 running");
    tty.type_text("/fg slee");
    tty.press("Tab");
    wait_prompt(&tty, "❯ /fg 1");
    tty.press("ctrl-u");
    tty.type_text("nosuchthing");
    tty.press("Tab");
    tty.wait_for("nothing begins with nosuchthing");
}
