//! The command line: one file for each command.
//!
//! Owns: arguments, output, exit codes. Calls: everything.
