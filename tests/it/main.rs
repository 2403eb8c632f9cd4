//! End-to-end tests: the real binaries on a real pseudo-terminal.

#[cfg(test)]
mod holder;
