//! Names in dates: months, weekdays, halves of the day and zones, in the languages that are judged.

/// A month by its name or a short form of three letters or more: English, and what feeds in the other
/// languages write although RFC 822 wants English. `before` is the month found so far: the Levant names
/// two of its months by two words, the first of which is another month's.
pub(super) fn month(word: &str, before: Option<i8>) -> Option<i8> {
    const ENGLISH: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    /// How the names of other languages begin: de, es, fr, it, pt, ru, sv, tr, uk, ar, fa. Persian news
    /// names the months of the Christian calendar so; a date of its own calendar is not read.
    const OTHER: [&[&str]; 12] = [
        &["jan", "ene", "gen", "jän", "янв", "oca", "січ", "يناير", "ژانویه"],
        &["fév", "feb", "fev", "фев", "şub", "лют", "فبراير", "شباط", "فوریه"],
        &["mär", "mars", "marz", "març", "мар", "mart", "бер", "مارس", "آذار"],
        &["abr", "avr", "апр", "nis", "квіт", "أبريل", "ابريل", "إبريل", "نيسان", "آوریل"],
        &["mai", "may", "mag", "мая", "май", "maj", "трав", "مايو", "أيار"],
        &["jun", "juin", "giu", "июн", "haz", "черв", "يونيو", "حزيران", "ژوئن"],
        &["jul", "juil", "lug", "июл", "tem", "лип", "يوليو", "يوليوز", "تموز", "ژوئیه", "جولای"],
        &["aug", "ago", "aoû", "aou", "авг", "ağu", "серп", "أغسطس", "اغسطس", "اوت", "آگوست"],
        &["set", "sept", "сен", "eyl", "верес", "سبتمبر", "أيلول", "سپتامبر"],
        &["okt", "oct", "out", "ott", "окт", "eki", "жовт", "أكتوبر", "اكتوبر", "تشرين", "اکتبر"],
        &["nov", "ноя", "kas", "лист", "نوفمبر", "نوامبر"],
        &["dez", "dic", "déc", "dec", "дек", "ara", "груд", "ديسمبر", "كانون", "دسامبر"],
    ];
    match (word, before) {
        // Shorter than any beginning.
        ("مه" | "می", _) => return Some(5),
        ("آب", _) => return Some(8),
        // "The second" of the two months that a word names.
        ("الثاني", Some(10)) => return Some(11),
        ("الثاني", Some(12)) => return Some(1),
        _ => {}
    }
    if word.chars().count() < 3 {
        return None;
    }
    let english = (1..).zip(ENGLISH).find(|(_, name)| name.starts_with(word));
    let other = || (1..).zip(OTHER).find(|(_, starts)| starts.iter().any(|start| word.starts_with(start)));
    english.map(|(number, _)| number).or_else(|| other().map(|(number, _)| number))
}

/// Whether a word before a time says that it is one after noon.
pub(super) fn afternoon(word: &str) -> Option<bool> {
    match word {
        "오전" | "上午" => Some(false),
        "오후" | "下午" => Some(true),
        _ => None,
    }
}

/// Whether a word may stand between a date and its time and says nothing: "year" behind the year, "at",
/// "at the hours", in the languages that are judged.
pub(super) fn is_between(word: &str) -> bool {
    const ENGLISH: &[&str] = &["t", "at", "on", "th", "st", "nd", "rd"];
    const OTHER: &[&[&str]] = &[
        &["um"],                                     // de
        &["à", "a"],                                 // fr, it; pt and es without their accents
        &["às", "as", "pelas"],                      // pt
        &["a", "las", "la", "los", "hora", "horas"], // es
        &["kl", "klockan"],                          // sv
        &["saat", "yılı", "günü"],                   // tr
        &["г", "года", "год", "в", "во"],            // ru
        &["р", "року", "рік", "о", "об"],            // uk
        &["الساعة", "في", "م", "عام", "ميلادي"],      // ar
        &["ساعت", "در", "میلادی"],                    // fa
    ];
    ENGLISH.contains(&word) || OTHER.iter().any(|words| words.contains(&word))
}

/// Whether a word between date and time is a weekday of a language that puts it there.
pub(super) fn is_weekday(word: &str) -> bool {
    const TURKISH: [&str; 7] = ["pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"];
    word.starts_with("星期") || word.starts_with('周') || word.ends_with("요일") || TURKISH.contains(&word)
}

/// Whether a word behind a number says that it counts hours.
pub(super) fn is_hour_unit(word: &str) -> bool {
    matches!(word, "h" | "时" | "時" | "点" | "點" | "시")
}

/// Whether a word behind a time says only that it was one.
pub(super) fn is_time_unit(word: &str) -> bool {
    matches!(word, "z" | "uhr" | "h" | "hrs" | "hora" | "horas" | "min" | "分" | "분" | "ч" | "год")
}

/// What begins a text and says of the time before it that it is one before or after noon: whether after, and
/// its length with the blanks before it.
pub(super) fn half_behind(tail: &str) -> Option<(bool, usize)> {
    const HALVES: [(bool, &[&str]); 2] = [
        (false, &["am", "a.m", "a. m", "ص", "صباحا", "صباحاً", "صباحًا", "ق.ظ"]),
        (true, &["pm", "p.m", "p. m", "م", "مساء", "مساءً", "ب.ظ"]),
    ];
    let text = tail.trim_start();
    let blanks = tail.len() - text.len();
    let begins = |half: &&&str| {
        let start = text.get(..half.len()).filter(|start| start.eq_ignore_ascii_case(half));
        let goes_on = || text.get(half.len()..).is_some_and(|rest| rest.starts_with(char::is_alphabetic));
        start.is_some() && !goes_on()
    };
    HALVES.iter().find_map(|(afternoon, names)| {
        names.iter().filter(begins).map(|half| (*afternoon, blanks + half.len())).max()
    })
}

/// A digit of another script as the ASCII digit it stands for.
pub(super) fn ascii_digit(character: char) -> char {
    let zero = match character {
        '\u{660}'..='\u{669}' => '\u{660}',
        '\u{6f0}'..='\u{6f9}' => '\u{6f0}',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return character,
    };
    char::from_digit(u32::from(character) - u32::from(zero), 10).unwrap_or(character)
}

/// Minutes east of UTC of the zones that feeds name. Ambiguous ones mean what most feeds that use
/// them mean: IST India, CST and EST North America, BST Britain.
pub(super) fn zone(word: &str) -> Option<i32> {
    Some(match word {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0,
        "bst" | "cet" | "mez" | "west" | "wat" => 60,
        "cest" | "mesz" | "eet" | "sast" | "cat" => 120,
        "eest" | "msk" | "trt" | "eat" | "ast" => 180,
        "irst" => 210,
        "gst" | "amt" | "azt" | "get" => 240,
        "pkt" | "uzt" => 300,
        "ist" => 330,
        "npt" => 345,
        "mmt" => 390,
        "ict" | "wib" => 420,
        "hkt" | "sgt" | "myt" | "pht" | "awst" => 480,
        "jst" | "kst" => 540,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "brt" | "art" => -180,
        "edt" | "clt" | "vet" => -240,
        "est" | "cdt" | "cot" => -300,
        "cst" | "mdt" => -360,
        "mst" | "pdt" => -420,
        "pst" => -480,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use rstest::rstest;

    /// Each month by its long name, as a date of each language has it.
    #[rstest]
    #[case::english("January February March April May June July August September October November December")]
    #[case::english_short("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec")]
    #[case::german("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")]
    #[case::austrian("Jänner Feber März April Mai Juni Juli August September Oktober November Dezember")]
    #[case::spanish(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    )]
    #[case::french("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")]
    #[case::portuguese(
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
    )]
    #[case::swedish("januari februari mars april maj juni juli augusti september oktober november december")]
    #[case::turkish("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık")]
    #[case::russian("января февраля марта апреля мая июня июля августа сентября октября ноября декабря")]
    #[case::ukrainian(
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня"
    )]
    #[case::arabic("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر")]
    #[case::levantine(
        "كانون-الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين-الأول تشرين-الثاني كانون-الأول"
    )]
    #[case::persian("ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر")]
    fn months(#[case] names: &str) {
        let names: Vec<&str> = names.split(' ').collect();
        assert_eq!(names.len(), 12);
        for (number, name) in (1..).zip(names) {
            let name = name.replace('-', " ");
            for text in [format!("17 {name} 2026 10:45"), format!("17 {} 2026, 10:45", name.to_uppercase())] {
                let found = read(&text).map(|time| time.to_string());
                assert_eq!(found, Some(format!("2026-{number:02}-17T10:45:00Z")), "{text}");
            }
        }
    }

    #[rstest]
    #[case::chinese("2026年10月2日 10:45", "2026-10-02T10:45:00Z")]
    #[case::chinese_afternoon("2026年10月2日 星期五 下午3:05", "2026-10-02T15:05:00Z")]
    #[case::chinese_date("2026年10月2日", "2026-10-02T00:00:00Z")]
    #[case::korean("2026년 10월 2일 10:45", "2026-10-02T10:45:00Z")]
    #[case::korean_afternoon("2026년 10월 2일 금요일 오후 3:05", "2026-10-02T15:05:00Z")]
    #[case::korean_midnight("2026. 10. 2. 오전 12:05", "2026-10-02T00:05:00Z")]
    #[case::arabic_digits("٢ أكتوبر ٢٠٢٦ ١٠:٤٥", "2026-10-02T10:45:00Z")]
    #[case::persian_digits("۲ اکتبر ۲۰۲۶ ۱۰:۴۵", "2026-10-02T10:45:00Z")]
    #[case::arabic_weekday("الجمعة، 2 تشرين الثاني 2026 - 10:45", "2026-11-02T10:45:00Z")]
    #[case::ukrainian_weekday("середа, 7 жовтня 2026, 10:45", "2026-10-07T10:45:00Z")]
    #[case::turkish_weekday("Cuma, 2 Ekim 2026 10:45", "2026-10-02T10:45:00Z")]
    #[case::swedish("fredag 2 oktober 2026 kl. 10:45", "2026-10-02T10:45:00Z")]
    #[case::spanish("viernes, 2 de octubre de 2026 10:45", "2026-10-02T10:45:00Z")]
    #[case::spanish_at("2 de octubre de 2026 a las 10:45 horas", "2026-10-02T10:45:00Z")]
    #[case::spanish_at_one("2 de octubre de 2026, a la 1:45", "2026-10-02T01:45:00Z")]
    #[case::portuguese_at("28 de novembro de 2026 às 15:30", "2026-11-28T15:30:00Z")]
    #[case::portuguese_without_accent("28 de novembro de 2026 as 15h30", "2026-11-28T15:30:00Z")]
    #[case::french_at("2 octobre 2026 à 10:45", "2026-10-02T10:45:00Z")]
    #[case::french_hours("vendredi 2 octobre 2026 à 10h45", "2026-10-02T10:45:00Z")]
    #[case::german_at("2. Oktober 2026 um 10:45 Uhr", "2026-10-02T10:45:00Z")]
    #[case::german_with_zone("2. Oktober 2026, 10:45 Uhr MESZ", "2026-10-02T08:45:00Z")]
    #[case::german_with_points("2. Oktober 2026, 10.45 Uhr", "2026-10-02T10:45:00Z")]
    #[case::swedish_at("2 oktober 2026 klockan 10:45", "2026-10-02T10:45:00Z")]
    #[case::swedish_with_points("2 oktober 2026 kl. 10.45", "2026-10-02T10:45:00Z")]
    #[case::turkish_at("2 Ekim 2026, saat 10:45", "2026-10-02T10:45:00Z")]
    #[case::turkish_weekday_behind("2 Ekim 2026 Cuma 10:45", "2026-10-02T10:45:00Z")]
    #[case::russian_year("28 ноября 2026 г. 15:30", "2026-11-28T15:30:00Z")]
    #[case::russian_year_at("28 ноября 2026 года в 15:30", "2026-11-28T15:30:00Z")]
    #[case::russian_year_in_digits("28.11.2026 г. 15:30", "2026-11-28T15:30:00Z")]
    #[case::ukrainian_year("28 листопада 2026 р. 15:30", "2026-11-28T15:30:00Z")]
    #[case::ukrainian_year_at("28 листопада 2026 року о 15:30", "2026-11-28T15:30:00Z")]
    #[case::arabic_at("28 نوفمبر 2026 الساعة 15:30", "2026-11-28T15:30:00Z")]
    #[case::arabic_afternoon("28 نوفمبر 2026 3:30 م", "2026-11-28T15:30:00Z")]
    #[case::persian_at("۲۸ نوامبر ۲۰۲۶ ساعت ۱۵:۳۰", "2026-11-28T15:30:00Z")]
    #[case::chinese_hours("2026年11月28日15时30分", "2026-11-28T15:30:00Z")]
    #[case::korean_hours("2026년 11월 28일 오후 3시 30분", "2026-11-28T15:30:00Z")]
    #[case::spanish_afternoon("2 de octubre de 2026, 3:05 p. m.", "2026-10-02T15:05:00Z")]
    fn dates_of_other_languages(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(read(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
    }
}
