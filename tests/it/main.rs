//! End-to-end tests: the real binaries on a real pseudo-terminal.

#[cfg(test)]
mod agent;
#[cfg(test)]
mod attention;
#[cfg(test)]
mod client;
#[cfg(test)]
mod holder;
#[cfg(test)]
mod job;
#[cfg(test)]
mod pane;
#[cfg(test)]
mod prompt;
#[cfg(test)]
mod review;
#[cfg(test)]
mod survival;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod tty;
#[cfg(test)]
mod verb;
#[cfg(test)]
mod world;
