//! Daemon: wires the stages, owns tasks, time and signals.
//!
//! Owns: the life of the process. Calls: everything but `cli`.
