//! Bands: which items of the window may be copies of another.
//!
//! Owns: `MinHash` signatures and their bands. Pure. Each band is the least hash of the words under some
//! permutations. Headlines of which the share `s` of words is common have a band in common with the
//! probability 1 − (1 − s²)⁶: .93 at .6, .06 at .1; headline and lead one of theirs with 1 − (1 − s³)⁸: .86
//! at .6. Copies mostly have both; what has neither is still found by its rare terms.

use super::words::Term;

/// Bands of headline and lead, and permutations in each.
const BANDS: usize = 8;
const ROWS: usize = 3;
/// Those of a headline, which is shorter.
const TITLE_BANDS: usize = 6;
const TITLE_ROWS: usize = 2;

/// The bands of a headline's words and of those of headline and lead; none for what has no words.
pub(super) fn bands(title: &[Term], words: &[Term]) -> Vec<u64> {
    let mut bands = Vec::with_capacity(TITLE_BANDS + BANDS);
    signature::<{ TITLE_BANDS * TITLE_ROWS }, TITLE_ROWS>(title, 1, &mut bands);
    signature::<{ BANDS * ROWS }, ROWS>(words, 2, &mut bands);
    bands
}

/// Adds the bands of one set of words; `salt` keeps those of different sets apart.
fn signature<const N: usize, const R: usize>(words: &[Term], salt: u64, bands: &mut Vec<u64>) {
    if words.is_empty() {
        return;
    }
    let mut least = [u64::MAX; N];
    for Term(word) in words {
        let mut seed = mixed(*word);
        let step = mixed(seed) | 1;
        for least in &mut least {
            // Two hashes give all the permutations (Kirsch and Mitzenmacher).
            seed = seed.wrapping_add(step);
            *least = (*least).min(seed.rotate_left(17) ^ seed);
        }
    }
    let band = |(band, rows): (u64, &[u64])| {
        rows.iter().fold(mixed((salt << 32) + band), |key, row| mixed(key ^ row))
    };
    bands.extend((0..).zip(least.chunks(R)).map(band));
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
        let (one, other) = (bands(&[], &terms(one)), bands(&[], &terms(other)));
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
        assert!(like >= 160, "{like} of 200 with two thirds in common");
        assert!(other <= 6, "{other} of 200 with a twentieth in common");
    }

    #[test]
    fn nothing_has_no_bands() {
        assert_eq!(bands(&[], &[]), [] as [u64; 0]);
    }
}
