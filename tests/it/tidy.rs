//! The rules of style that a compiler does not hold: sizes, headers, who may know whom, who may touch the world.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Lines of a file before its tests.
const FILE_LINES_MAX: usize = 500;
/// Lines of a function.
const FUNCTION_LINES_MAX: usize = 70;
/// The only files with `unsafe`, each for calls that no crate wraps.
const UNSAFE: &[&str] = &["src/client/fork.rs", "src/holder/sys.rs"];
/// Modules that never touch files, sockets, clocks or processes.
const PURE: &[&str] = &[
    "action",
    "config",
    "frame",
    "key",
    "keymap",
    "prompt",
    "protocol",
    "screen",
    "server",
    "session",
    "task",
    "transcript",
    "view",
    "viewer",
];

struct Source {
    path: String,
    /// Without its tests.
    text: String,
}

/// Every source file, by its path from the package's directory.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut dirs, mut found) = (vec![root.join("src")], vec![]);
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                let path = path.strip_prefix(root).unwrap().display().to_string();
                found.push(Source { path, text });
            }
        }
    }
    found
}

fn is_test(source: &Source) -> bool {
    source.path.contains("tests")
}

#[track_caller]
fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn every_file_opens_with_what_it_is_and_fits_its_page() {
    let sources = sources();
    let headless = sources.iter().filter(|source| !source.text.starts_with("//!"));
    assert_none(
        "files without a //! header",
        &headless.map(|source| source.path.clone()).collect::<Vec<_>>(),
    );
    let long =
        sources.iter().filter(|source| !is_test(source) && source.text.lines().count() > FILE_LINES_MAX);
    let long: Vec<_> =
        long.map(|source| format!("{}: {}", source.path, source.text.lines().count())).collect();
    assert_none("files over their limit: split the concept", &long);
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = vec![];
    for source in sources().iter().filter(|source| !is_test(source)) {
        let mut open: Option<(usize, usize, String)> = None;
        for (number, line) in source.text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let word = line.trim_start();
            let begins = ["fn ", "pub fn ", "const fn ", "pub const fn ", "async fn "]
                .iter()
                .any(|w| word.starts_with(w))
                || (word.starts_with("pub(") && word.contains(" fn "));
            match &open {
                None if begins && !word.ends_with(';') => open = Some((number, indent, word.to_owned())),
                Some((start, at, name)) if indent == *at && word.starts_with('}') => {
                    if number - start > FUNCTION_LINES_MAX {
                        long.push(format!("{}:{}: {} lines: {name}", source.path, start + 1, number - start));
                    }
                    open = None;
                }
                _ => {}
            }
        }
    }
    assert_none("functions over their limit", &long);
}

#[test]
fn the_truth_knows_no_viewer() {
    let sources = sources();
    let session = sources.iter().filter(|source| source.path.starts_with("src/session/"));
    let knows = session.filter(|source| {
        ["viewer", "view", "frame", "server", "daemon", "client::{", "store"].iter().any(|module| {
            source.text.contains(&format!("crate::{module}::"))
                || source.text.contains(&format!("\n    {module}::"))
        })
    });
    assert_none("session/ imports", &knows.map(|source| source.path.clone()).collect::<Vec<_>>());
}

#[test]
fn pure_modules_touch_neither_files_nor_sockets_nor_clocks() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::process::Command",
        "Instant::now",
        "SystemTime::now",
        "tokio::",
        "rustix::",
    ];
    let mut found = vec![];
    for source in sources().iter().filter(|source| !is_test(source)) {
        let module = source.path.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default();
        if PURE.contains(&module) {
            let touched = forbidden.iter().filter(|word| source.text.contains(*word));
            found.extend(touched.map(|word| format!("{}: {word}", source.path)));
        }
    }
    assert_none("pure modules that touch the world", &found);
}

#[test]
fn unsafe_code_stays_in_its_few_files() {
    let sources = sources();
    let elsewhere = sources.iter().filter(|source| {
        let code = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.clone().any(|line| line.contains("unsafe {") || line.contains("unsafe fn"))
            && !UNSAFE.contains(&source.path.as_str())
    });
    assert_none("unsafe code", &elsewhere.map(|source| source.path.clone()).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_for_later() {
    let words = ["todo!", "unimplemented!", "TODO", "FIXME", "XXX"];
    let sources = sources();
    let left = sources
        .iter()
        .filter(|source| !is_test(source))
        .filter(|source| words.iter().any(|word| source.text.contains(word)));
    assert_none("left for later", &left.map(|source| source.path.clone()).collect::<Vec<_>>());
}

#[test]
fn the_crate_doc_names_every_module() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let modules = lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let missing: Vec<String> =
        modules.filter(|module| !lib.contains(&format!("[`{module}`]"))).map(str::to_owned).collect();
    assert_none("modules the crate doc does not name", &missing);
}
