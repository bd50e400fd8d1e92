//! Threads: the one place that knows whether there are any.
//!
//! With the feature `rayon`, work that is large enough is shared by the threads of rayon's current
//! pool: its global one (as many threads as the machine has cores, or as `RAYON_NUM_THREADS` says),
//! or whichever the caller has entered by `ThreadPool::install`. What is computed where never shows
//! in a result. Without the feature everything runs on the caller's thread.

/// How many threads there are to share work among; 1 without the feature `rayon`.
#[must_use]
pub fn count() -> usize {
    #[cfg(feature = "rayon")]
    return rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    return 1;
}

/// Calls both functions, at the same time where another thread is free.
pub fn join<A: Send, B: Send>(
    a: impl FnOnce() -> A + Send,
    b: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(feature = "rayon")]
    return rayon::join(a, b);
    #[cfg(not(feature = "rayon"))]
    return (a(), b());
}

/// Calls a function for each item, with its place, on as many threads as are free.
pub fn for_each<I: Send>(items: &mut [I], f: &(impl Fn(usize, &mut I) + Sync)) {
    for_each_from(0, items, f);
}

fn for_each_from<I: Send>(start: usize, items: &mut [I], f: &(impl Fn(usize, &mut I) + Sync)) {
    match items {
        [] => {}
        [item] => f(start, item),
        _ => {
            let middle = items.len() / 2;
            let (left, right) = items.split_at_mut(middle);
            join(|| for_each_from(start, left, f), || for_each_from(start + middle, right, f));
        }
    }
}
