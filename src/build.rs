//! Link settings that only one of the two programs wants. Never generates code.
//!
//! `aside-holder` is not position-independent: there is one per task, and the pages that relocation would write are
//! memory of every single one (20 kB of them, measured).

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    let target = |name| std::env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    // elsewhere linkers do not know the word, or do not allow it
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bin=aside-holder=-no-pie");
    }
}
