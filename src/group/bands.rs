//! Bands: which items of the window may be copies of another.
//!
//! Owns: `MinHash` signatures and their bands. Pure. Each of [`BANDS`] bands is the least hash of the
//! item's terms under [`ROWS`] permutations; texts of which the share `s` of words is common have a
//! band in common with the probability 1 − (1 − s³)²⁴: .99 at .58, .05 at .13.

use super::words::Term;

/// Bands of a signature.
const BANDS: usize = 24;
/// Permutations in a band.
const ROWS: usize = 3;

/// The bands of a set of terms; none where it is empty.
pub(super) fn bands(terms: &[Term]) -> Vec<u64> {
    let mut least = [u64::MAX; BANDS * ROWS];
    for Term(term) in terms {
        let mut seed = mixed(*term);
        let step = mixed(seed) | 1;
        for least in &mut least {
            // Two hashes give all the permutations (Kirsch and Mitzenmacher).
            seed = seed.wrapping_add(step);
            *least = (*least).min(seed.rotate_left(17) ^ seed);
        }
    }
    if terms.is_empty() {
        return Vec::new();
    }
    let band =
        |(band, rows): (usize, &[u64])| rows.iter().fold(mixed(band as u64), |key, row| mixed(key ^ row));
    least.chunks(ROWS).enumerate().map(band).collect()
}

/// `SplitMix64`'s last step.
fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn common(one: &[u64], other: &[u64]) -> usize {
        let terms = |numbers: &[u64]| numbers.iter().map(|n| Term(mixed(*n + 1))).collect::<Vec<_>>();
        let (one, other) = (bands(&terms(one)), bands(&terms(other)));
        one.iter().zip(&other).filter(|(one, other)| one == other).count()
    }

    #[test]
    fn like_texts_share_bands_and_others_do_not() {
        let text: Vec<u64> = (0..20).collect();
        assert_eq!(common(&text, &text), BANDS);
        let mut like = 0;
        let mut other = 0;
        for shift in 0..200 {
            let one: Vec<u64> = (0..20).map(|n| n + shift * 100).collect();
            let edited: Vec<u64> = (4..24).map(|n| n + shift * 100).collect();
            like += usize::from(common(&one, &edited) > 0);
            let far: Vec<u64> = (18..38).map(|n| n + shift * 100).collect();
            other += usize::from(common(&one, &far) > 0);
        }
        assert!(like >= 196, "{like} of 200 with two thirds in common");
        assert!(other <= 10, "{other} of 200 with a twentieth in common");
    }

    #[test]
    fn nothing_has_no_bands() {
        assert_eq!(bands(&[]), [] as [u64; 0]);
    }
}
