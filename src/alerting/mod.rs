//! Alerting: watches × stories become alerts and the times they are due.
//!
//! Owns: who is told what, when. Calls: `domain`. Pure: no I/O.
