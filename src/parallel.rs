//! Parallel: pure work on many things at once, over as many threads as there are cores.
//!
//! Owns: threads that live no longer than the call. Calls: nothing of ours.

use std::num::NonZero;
use std::thread;

/// Applies a pure function to all items; the results stand in the order of the items. Every thread
/// takes each n-th item, so that a long and a short one mostly share a thread.
pub fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len().max(1));
    let share = |first: usize| -> Vec<R> { items.iter().skip(first).step_by(threads).map(&work).collect() };
    let mut shares: Vec<std::vec::IntoIter<R>> = thread::scope(|scope| {
        let begin = |first| thread::Builder::new().spawn_scoped(scope, move || share(first)).ok();
        let started: Vec<_> = (1..threads).map(|first| (first, begin(first))).collect();
        let own = share(0);
        // What no thread was to be had for is done here. One that panics would panic here again, where it can be seen.
        let others = started.into_iter().map(|(first, thread)| {
            thread.and_then(|thread| thread.join().ok()).unwrap_or_else(|| share(first))
        });
        std::iter::once(own).chain(others).map(Vec::into_iter).collect()
    });
    (0..items.len()).filter_map(|index| shares.get_mut(index % threads)?.next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        for count in [0, 1, 2, 3, 7, 100] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }
}
