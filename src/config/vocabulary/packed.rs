//! Packed: a vocabulary in few bytes, as it is compiled in.
//!
//! Owns: those bytes. The build script writes them from the files, which it has checked; a start only reads them, in a
//! tenth of the time. Writer and reader are of one build, so there is no format to keep. Calls: `domain`. Pure.

use crate::domain::{
    Action, Actor, ActorWords, Ambiguous, Boundaries, Comma, Cue, CueRole, Grammar, Kind, Language,
    LanguageWords, Markers, Modality, Modifiers, Points, Score, Side, Surface, SurfaceKind, VerbPlace,
    Vocabulary, WordClass,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The bytes of a vocabulary.
#[allow(dead_code, reason = "the build script packs, what it builds unpacks")]
pub(crate) fn pack(vocabulary: &Vocabulary) -> Vec<u8> {
    let mut bytes = Vec::new();
    vocabulary.pack(&mut bytes);
    bytes
}

/// The vocabulary of these bytes; `None` where they are none.
pub(crate) fn unpack(mut bytes: &[u8]) -> Option<Vocabulary> {
    Packed::unpack(&mut bytes).filter(|_| bytes.is_empty())
}

/// What has bytes.
trait Packed: Sized {
    /// Adds its bytes.
    fn pack(&self, bytes: &mut Vec<u8>);

    /// Takes its bytes from the beginning; `None` where it does not stand there.
    fn unpack(bytes: &mut &[u8]) -> Option<Self>;
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
impl Packed for u32 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        let mut rest = *self;
        loop {
            let [lowest, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                return bytes.push(lowest);
            }
            bytes.push(lowest | 0x80);
        }
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let mut number = 0;
        for shift in (0..u32::BITS).step_by(7) {
            let byte = *bytes.split_off_first()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }
}

impl Packed for usize {
    fn pack(&self, bytes: &mut Vec<u8>) {
        u32::try_from(*self).unwrap_or(u32::MAX).pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        usize::try_from(u32::unpack(bytes)?).ok()
    }
}

impl Packed for bool {
    fn pack(&self, bytes: &mut Vec<u8>) {
        u32::from(*self).pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some(u32::unpack(bytes)? != 0)
    }
}

impl Packed for char {
    fn pack(&self, bytes: &mut Vec<u8>) {
        u32::from(*self).pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        char::from_u32(u32::unpack(bytes)?)
    }
}

/// Adds the bytes of a text.
fn pack_text(text: &str, bytes: &mut Vec<u8>) {
    text.len().pack(bytes);
    bytes.extend_from_slice(text.as_bytes());
}

/// Adds the bytes of a list.
fn pack_list<'v, T: Packed + 'v>(values: impl ExactSizeIterator<Item = &'v T>, bytes: &mut Vec<u8>) {
    values.len().pack(bytes);
    values.for_each(|value| value.pack(bytes));
}

/// The text that stands at the beginning.
fn text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    let length = usize::unpack(bytes)?;
    std::str::from_utf8(bytes.split_off(..length)?).ok()
}

impl Packed for String {
    fn pack(&self, bytes: &mut Vec<u8>) {
        pack_text(self, bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        text(bytes).map(str::to_owned)
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.is_some().pack(bytes);
        if let Some(value) = self {
            value.pack(bytes);
        }
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        if bool::unpack(bytes)? { T::unpack(bytes).map(Some) } else { Some(None) }
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.0.pack(bytes);
        self.1.pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::unpack(bytes)?, B::unpack(bytes)?))
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        pack_list(self.iter(), bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::unpack(bytes)?;
        // Each takes a byte at least.
        let mut values = Vec::with_capacity(length.min(bytes.len()));
        for _value in 0..length {
            values.push(T::unpack(bytes)?);
        }
        Some(values)
    }
}

impl<T: Packed + Ord> Packed for BTreeSet<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        pack_list(self.iter(), bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some(Vec::unpack(bytes)?.into_iter().collect())
    }
}

impl<K: Packed + Ord, V: Packed> Packed for BTreeMap<K, V> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.len().pack(bytes);
        for (key, value) in self {
            key.pack(bytes);
            value.pack(bytes);
        }
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some(Vec::unpack(bytes)?.into_iter().collect())
    }
}

impl Packed for Actor {
    fn pack(&self, bytes: &mut Vec<u8>) {
        pack_text(self.code(), bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        text(bytes)?.parse().ok()
    }
}

impl Packed for Language {
    fn pack(&self, bytes: &mut Vec<u8>) {
        pack_text(self.as_str(), bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        text(bytes)?.parse().ok()
    }
}

impl Packed for Score {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.hundredths().cast_unsigned().pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some(Score::from_hundredths(u32::unpack(bytes)?.cast_signed()))
    }
}

impl Packed for Date {
    fn pack(&self, bytes: &mut Vec<u8>) {
        let written = (i32::from(self.year()) * 100 + i32::from(self.month())) * 100 + i32::from(self.day());
        written.cast_unsigned().pack(bytes);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let written = u32::unpack(bytes)?.cast_signed();
        let year = i16::try_from(written / 10_000).ok()?;
        let [month, day] = [written / 100 % 100, written % 100].map(i8::try_from);
        Date::new(year, month.ok()?, day.ok()?).ok()
    }
}

impl Packed for Points {
    fn pack(&self, bytes: &mut Vec<u8>) {
        let mut points = *self;
        for key in Points::KEYS {
            points.get_mut(key).copied().unwrap_or_default().pack(bytes);
        }
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let mut points = Points::default();
        for key in Points::KEYS {
            *points.get_mut(key)? = Score::unpack(bytes)?;
        }
        Some(points)
    }
}

/// Words of closed sets, by their places.
macro_rules! terms {
    ($($name:ident),+ $(,)?) => {
        $(impl Packed for $name {
            fn pack(&self, bytes: &mut Vec<u8>) {
                Self::ALL.iter().position(|value| value == self).unwrap_or_default().pack(bytes);
            }

            fn unpack(bytes: &mut &[u8]) -> Option<Self> {
                Self::ALL.get(usize::unpack(bytes)?).copied()
            }
        })+
    };
}

terms! {
    Action, Boundaries, Comma, CueRole, Kind, Markers, Modality, Modifiers, Side, SurfaceKind, VerbPlace, WordClass,
}

/// Structures, field by field; all of them, or it does not compile.
macro_rules! structures {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(impl Packed for $name {
            fn pack(&self, bytes: &mut Vec<u8>) {
                let Self { $($field),+ } = self;
                $($field.pack(bytes);)+
            }

            fn unpack(bytes: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: Packed::unpack(bytes)?),+ })
            }
        })+
    };
}

structures! {
    Vocabulary { languages, usual_senders, usual_targets, points, members }
    LanguageWords { grammar, masks, actors, words, cues, opinion }
    ActorWords { surfaces, ambiguous, short }
    Surface { text, kind, from, to }
    Ambiguous { surface, support, against, state_support }
    Cue { rule, role, kind, action, modality, subject, weight, links, needs, patterns }
    Grammar {
        boundaries, modifiers, markers, verb, comma, endings, genitive_endings, prefixes, suffixes, ordinals, numbers,
        opposites, ordinal_endings, ordinal_marks, same_letters,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::add_vocabulary;
    use rstest::rstest;

    /// With a value in each field.
    fn sample() -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        for text in [
            "[points]\nsender = 1.25\nhistorical = -2.5\nopinion-max = 10\n",
            "language = \"de\"\nusual-senders = [\"US\", \"EU\"]\nusual-targets = [\"IR\"]\nmasks = [\"Iranstraße\"]\n\
             [grammar]\nboundaries = \"none\"\nmodifiers = \"both\"\nmarkers = \"after\"\nverb = \"last\"\n\
             comma = \"divides\"\nendings = [\"s\"]\ngenitive-endings = [\"es\"]\nprefixes = [\"ab\"]\n\
             suffixes = [\"ung\"]\nordinals = [\"erste*\"]\nnumbers = [\"zwei|zwo\"]\nopposites = [\"auf / ab\"]\n\
             ordinal-endings = [\".\"]\nordinal-marks = [\"Nr.\"]\nsame-letters = [\"äö\"]\n\
             [words]\ntarget = [\"gegen\"]\n\
             [[actor]]\ncode = \"IR\"\nnames = [\"Iran*\"]\nshort = [\"伊\"]\nmembers = [\"EU\"]\n\
             leaders = [{ name = \"Khamenei\", from = \"1989-06-04\", to = \"2026-12-31\" }]\n\
             ambiguous = [{ surface = \"Iran*\", support = [\"Öl\"], against = [\"Film\"], state-support = false }]\n\
             [[cue]]\nrule = \"ties\"\nrole = \"context\"\nmatch = [\"handel\"]\n\
             [[cue]]\nrule = \"hits\"\nrole = \"verb\"\nkind = \"sanctions\"\naction = \"impose\"\n\
             modality = \"planned\"\nsubject = \"to\"\nweight = -1.5\nlinks = [\"mit\"]\nneeds = \"ties\"\n\
             match = [\"{trifft,traf} hart*\"]\n\
             [opinion]\n\"w:abkommen\" = -0.75\n",
        ] {
            let problems = add_vocabulary(&mut vocabulary, text);
            assert_eq!(problems, []);
        }
        vocabulary
    }

    #[test]
    fn what_is_packed_comes_back() {
        let vocabulary = sample();
        assert_eq!(unpack(&pack(&vocabulary)), Some(vocabulary));
        assert_eq!(unpack(&pack(&Vocabulary::default())), Some(Vocabulary::default()));
    }

    #[rstest]
    #[case::least(0, 1)]
    #[case::most_of_a_byte(127, 1)]
    #[case::two_bytes(128, 2)]
    #[case::most(u32::MAX, 5)]
    fn a_number_takes_as_many_bytes_as_it_needs(#[case] number: u32, #[case] length: usize) {
        let mut bytes = Vec::new();
        number.pack(&mut bytes);
        assert_eq!((bytes.len(), u32::unpack(&mut &bytes[..])), (length, Some(number)));
    }

    #[test]
    fn bytes_that_are_cut_off_or_go_on_are_no_vocabulary() {
        let mut bytes = pack(&sample());
        for length in 0..bytes.len() {
            assert_eq!(unpack(&bytes[..length]), None, "{length}");
        }
        bytes.push(0);
        assert_eq!(unpack(&bytes), None);
    }
}
