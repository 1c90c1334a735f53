//! Scripts: what a text's letters say before any word is read.

/// What a text is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    /// Korean alone.
    Hangul,
    /// Chinese characters without any sign of Japanese.
    Han,
    /// Japanese syllables, or characters as only Japan simplified them.
    Kana,
    /// Any other.
    Other,
}

/// Characters in the form of Japan's reform: neither the traditional nor the mainland's. Headlines
/// may go without a single syllable.
const OF_JAPAN_ALONE: &str = "対経済戦発検図県労変広総様込働応売円処価続権険験験実沢竜拠単団圧両産歳営検駅鉄";

/// A character of Chinese or Korean says as much as so many letters.
const LETTERS_A_CHARACTER: usize = 2;

/// One syllable in so many characters makes a text Japanese: a name cited in Chinese may have one.
const KANA_ONE_IN: usize = 20;

/// Koreans write some names with a Chinese character, so one syllable in so many is enough.
const HANGUL_ONE_IN: usize = 4;

/// How many letters of each script a text has.
#[derive(Debug, Default)]
pub(super) struct Census {
    latin: usize,
    cyrillic: usize,
    arabic: usize,
    hangul: usize,
    han: usize,
    kana: usize,
    other: usize,
}

impl Census {
    /// Counts a character, if it is a letter.
    pub(super) fn count(&mut self, character: char) {
        if character.is_ascii() {
            self.latin += usize::from(character.is_ascii_alphabetic());
            return;
        }
        match u32::from(character) {
            0x80..0x250 | 0x1e00..0x1f00 => self.latin += usize::from(character.is_alphabetic()),
            0x400..0x530 => self.cyrillic += 1,
            0x600..0x700 | 0x750..0x780 | 0xfb50..0xfe00 | 0xfe70..0xff00 => {
                self.arabic += usize::from(character.is_alphabetic());
            }
            0x1100..0x1200 | 0x3130..0x3190 | 0xac00..0xd7b0 => self.hangul += 1,
            0x3041..0x3100 | 0xff66..0xffa0 => {
                // The middle dot and the long dash stand in Chinese, too.
                self.kana += usize::from(!matches!(character, '・' | 'ー'));
            }
            0x3400..0xa000 | 0xf900..0xfb00 | 0x20000..0x32000 => {
                self.han += 1;
                self.kana += usize::from(OF_JAPAN_ALONE.contains(character));
            }
            _ => self.other += usize::from(character.is_alphabetic()),
        }
    }

    /// The script of most of the letters; `None` without letters.
    pub(super) fn script(&self) -> Option<Script> {
        let characters = self.hangul + self.han + self.kana;
        let eastern = if self.hangul * HANGUL_ONE_IN > characters {
            Script::Hangul
        } else if self.kana * KANA_ONE_IN > characters {
            Script::Kana
        } else {
            Script::Han
        };
        let (letters, script) = [
            (self.other, Script::Other),
            (self.arabic, Script::Arabic),
            (self.cyrillic, Script::Cyrillic),
            (self.latin, Script::Latin),
            (characters * LETTERS_A_CHARACTER, eastern),
        ]
        .into_iter()
        .max_by_key(|(letters, _)| *letters)?;
        (letters > 0).then_some(script)
    }
}

/// The script of a text.
pub(super) fn script(text: &str) -> Option<Script> {
    let mut census = Census::default();
    text.chars().for_each(|character| census.count(character));
    census.script()
}
