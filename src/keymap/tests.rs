//! Keymaps by state, keys and state.

use super::*;
use crate::action::{Edit, TaskAction};

fn key(name: &str) -> Key {
    name.parse().unwrap()
}

fn keymap(user: &str) -> (Keymap, Vec<String>) {
    let (keymap, problems) = Keymap::load(None, &[Source { file: "mine.toml", text: user }]);
    (keymap, problems.iter().map(ToString::to_string).collect())
}

/// What each key of a sequence comes to, in short.
fn press(keymap: &Keymap, context: Context, keys: &str) -> String {
    let mut chord = Chord::default();
    let mut said = Vec::new();
    for name in keys.split(' ') {
        let Pressed { passed, outcome } = chord.press(keymap, context, key(name));
        said.extend(passed.iter().map(|key| format!("pass {key}")));
        said.push(match outcome {
            Outcome::Do(action) => format!("do {action}"),
            Outcome::Unbound(key) => format!("pass {key}"),
            Outcome::Waiting => "wait".to_owned(),
            Outcome::NoChord(_) => "tell".to_owned(),
            Outcome::GivenUp => "give up".to_owned(),
        });
    }
    said.join(", ")
}

#[test]
fn the_built_in_keymap_has_no_problem() {
    let (keymap, problems) = Keymap::load(None, &[]);
    assert_eq!(problems, []);
    let bound = |name| keymap.rows().iter().any(|row| row.action == name);
    for row in Action::rows() {
        assert!(bound(row.name), "no key for {}", row.name);
    }
}

#[test]
fn in_a_task_only_ctrl_b_the_leader_and_one_chord_are_taken() {
    let (keymap, _) = Keymap::load(None, &[]);
    for (context, keys, said) in [
        (Context::Task, "ctrl-b", "do background"),
        (Context::TaskMain, "ctrl-b", "do background"),
        (Context::TaskMain, "ctrl-x ctrl-b", "wait, do background"),
        (Context::TaskMain, "ctrl-x ctrl-s", "wait, pass ctrl-x, pass ctrl-s"),
        (Context::TaskMain, "ctrl-x ctrl-x ctrl-b", "wait, pass ctrl-x, wait, do background"),
        (Context::TaskMain, "ctrl-x ctrl-space b", "wait, pass ctrl-x, wait, do background-all"),
        (Context::Task, "ctrl-x ctrl-b", "pass ctrl-x, do background"),
        (Context::Task, "ctrl-space ctrl-b", "wait, do send-key"),
        (Context::Task, "ctrl-space ctrl-space", "wait, do send-key"),
        (Context::Task, "ctrl-space b", "wait, do background-all"),
        (Context::Task, "ctrl-space 3", "wait, do foreground 3"),
        (Context::Task, "ctrl-space y", "wait, tell"),
        (Context::Task, "ctrl-space Esc", "wait, give up"),
        (Context::Task, "ctrl-c ctrl-z alt-1 Esc", "pass ctrl-c, pass ctrl-z, pass alt-1, pass Esc"),
        (Context::Prompt, "ctrl-b", "do cursor-left"),
        (Context::Prompt, "alt-1 a", "do foreground 1, pass a"),
        (Context::Prompt, "kp-enter kp-5", "do submit, pass kp-5"),
        (Context::Confirm, "ctrl-space s", "pass ctrl-space, do accept-and-stop"),
        (Context::Tasks, "n ctrl-x Enter", "pass n, do stop, do foreground"),
    ] {
        assert_eq!(press(&keymap, context, keys), said, "{keys} in {context:?}");
    }
}

#[test]
fn every_key_of_a_task_but_those_is_the_programs() {
    let (keymap, _) = Keymap::load(None, &[]);
    let taken: Vec<String> = keymap
        .bindings(Context::TaskMain)
        .iter()
        .filter_map(|binding| binding.keys.first().map(ToString::to_string))
        .filter(|first| first != "ctrl-space")
        .collect();
    assert_eq!(taken, ["ctrl-x", "ctrl-b"]);
}

#[test]
fn a_begun_chord_is_flushed_to_the_program_but_the_leader_waits() {
    let (keymap, _) = Keymap::load(None, &[]);
    let mut chord = Chord::default();
    chord.press(&keymap, Context::TaskMain, key("ctrl-x"));
    assert!(chord.waits_briefly(&keymap));
    assert_eq!(chord.flush(&keymap), [key("ctrl-x")]);
    assert_eq!(chord.pending(), []);
    chord.press(&keymap, Context::TaskMain, LEADER);
    assert!(!chord.waits_briefly(&keymap));
    let next: Vec<String> = keymap
        .after(Context::TaskMain, chord.pending())
        .filter_map(|binding| Some(format!("{} {}", binding.keys.last()?, binding.action?)))
        .collect();
    assert!(next.contains(&"b background-all".to_owned()), "{next:?}");
    assert_eq!(chord.flush(&keymap), []);
}

#[test]
fn a_users_file_overrides_binding_by_binding() {
    let (keymap, problems) = keymap(
        r#"
        [task]
        "ctrl-b" = "none"
        "f12" = "background"
        [task-main]
        "ctrl-x" = "background"
        [edit]
        "ctrl-a" = "undo"
        "#,
    );
    assert_eq!(problems, [""; 0]);
    assert_eq!(press(&keymap, Context::Task, "ctrl-b f12"), "pass ctrl-b, do background");
    assert_eq!(press(&keymap, Context::TaskMain, "ctrl-x"), "do background");
    assert_eq!(press(&keymap, Context::Prompt, "ctrl-a ctrl-e"), "do undo, do line-end");
    let background = Action::Task(TaskAction::Background);
    assert_eq!(keymap.label(Context::Task, background).as_deref(), Some("F12"));
}

#[test]
fn none_in_an_inner_context_hides_the_outer_binding() {
    let (keymap, _) = keymap("[prompt]\n\"ctrl-space b\" = \"none\"\n\"ctrl-a\" = \"none\"");
    assert_eq!(press(&keymap, Context::Prompt, "ctrl-a"), "pass ctrl-a");
    assert_eq!(press(&keymap, Context::Input, "ctrl-a"), "do line-start");
    assert_eq!(press(&keymap, Context::Prompt, "ctrl-space b"), "wait, tell");
    assert_eq!(press(&keymap, Context::Task, "ctrl-space b"), "wait, do background-all");
}

#[test]
fn the_leader_is_the_configured_one() {
    let (keymap, problems) = Keymap::load(Some(key("ctrl-a")), &[]);
    assert_eq!(problems, []);
    assert_eq!(
        press(&keymap, Context::Task, "ctrl-a b ctrl-space"),
        "wait, do background-all, pass ctrl-space"
    );
    assert_eq!(press(&keymap, Context::Task, "ctrl-a ctrl-a"), "wait, do send-key");
    assert_eq!(press(&keymap, Context::Prompt, "ctrl-a t"), "wait, do tasks", "it is nothing but the leader");
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_place_and_the_rest_counts() {
    let (keymap, problems) = keymap(
        r#"[promt]
"ctrl-a" = "undo"
[prompt]
"ctrl-entr" = "submit"
"ctrl-t" = "sumbit"
"ctrl-T" = "undo"
  "ctrl-g" = "accept"
"ctrl-o" = 3
"ctrl-x ctrl-e ctrl-x ctrl-e ctrl-x" = "undo"
" " = "undo"
"ctrl-z" = "undo"
"Ctrl+Z" = "redo"
"alt-x y" = "undo"
"alt-x" = "redo"
"#,
    );
    assert_eq!(
        problems,
        [
            "mine.toml:1:2: unknown context promt, did you mean prompt?",
            "mine.toml:4:1: unknown key ctrl-entr, did you mean ctrl-Enter?",
            "mine.toml:5:12: unknown action sumbit, did you mean submit?",
            "mine.toml:7:14: accept does nothing in [prompt]",
            "mine.toml:8:12: an action is a string, such as \"background\" or \"none\"",
            "mine.toml:9:1: more than 4 keys in ctrl-x ctrl-e ctrl-x ctrl-e ctrl-x",
            "mine.toml:10:1: no key named",
            "mine.toml:12:1: ctrl-z is bound twice in [prompt], this one counts",
            "mine.toml:14:1: alt-x takes the place of alt-x y: one begins the other",
        ]
    );
    assert_eq!(press(&keymap, Context::Prompt, "ctrl-t ctrl-z alt-x"), "do undo, do redo, do redo");
}

#[test]
fn a_file_that_is_no_toml_is_told_and_the_built_in_keymap_stays() {
    let (keymap, problems) = keymap("[prompt]\n\"ctrl-a\" = \n");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("mine.toml:2:"), "{problems:?}");
    assert_eq!(press(&keymap, Context::Prompt, "ctrl-a"), "do line-start");
}

#[test]
fn hints_show_the_shortest_keys_of_an_action() {
    let (keymap, _) = Keymap::load(None, &[]);
    let label = |context, action| keymap.label(context, action).unwrap_or_default();
    assert_eq!(label(Context::TaskMain, Action::Task(TaskAction::Background)), "^B");
    assert_eq!(label(Context::Task, Action::Task(TaskAction::BackgroundAll)), "^Space b");
    assert_eq!(label(Context::Prompt, Action::Edit(Edit::Submit)), "Enter");
    assert_eq!(label(Context::Task, Action::Edit(Edit::Submit)), "");
}

#[test]
fn the_listing_is_aligned_and_says_what_each_key_does() {
    let (keymap, _) = Keymap::load(None, &[]);
    let shown = |context: &str| {
        let rows: Vec<Listed> = keymap.rows().into_iter().filter(|row| row.context == context).collect();
        table(&rows)
    };
    insta::assert_snapshot!(shown("task-main"), @"task-main  ctrl-x ctrl-b  background  send the active task to the background");
    insta::assert_snapshot!(shown("paused"), @r"
    paused  Enter          continue    let a paused task go on
    paused  ctrl-b         background  send the active task to the background
    paused  ctrl-x ctrl-b  background  send the active task to the background
    paused  ctrl-c         stop        stop the task
    ");
}

#[test]
fn built_in_keymaps_have_nothing_wrong_and_their_own_leader() {
    for (name, leader) in [("tmux", "ctrl-b"), ("screen", "ctrl-a")] {
        let text = built_in(name).unwrap();
        let (keymap, problems) = Keymap::load(None, &[Source { file: name, text }]);
        assert_eq!(problems, [], "{name}");
        assert_eq!(keymap.leader().to_string(), leader);
        assert!(keymap.label(Context::Task, "background".parse().unwrap()).is_some(), "{name}");
        let (keymap, _) = Keymap::load(Some(LEADER), &[Source { file: name, text }]);
        assert_eq!(keymap.leader(), LEADER, "the configuration's leader counts");
    }
    let (_, problems) = Keymap::load(None, &[Source { file: "mine.toml", text: "leader = \"x\"" }]);
    assert_eq!(
        problems[0].to_string(),
        "mine.toml:1:10: leader must be a key that types no text, such as \"ctrl-space\""
    );
}
