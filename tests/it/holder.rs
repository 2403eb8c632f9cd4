//! The holder, driven as the real program: one temporary directory per task, ended on drop.

mod bench;
mod ending;
mod faults;
mod lasting;
mod running;
mod starting;
