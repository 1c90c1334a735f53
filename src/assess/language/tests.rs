//! What is told, and what must not be: headlines of each language with a vocabulary and of its
//! neighbours without one.

use super::Detector;
use crate::assess::lexicon::{Lexicon, Lexicons};
use crate::config::embedded_vocabulary;
use rstest::rstest;
use std::sync::{Arc, LazyLock};

static LEXICONS: LazyLock<Lexicons> = LazyLock::new(|| {
    let vocabulary = embedded_vocabulary();
    let lexicon = |words| Arc::new(Lexicon::new(&vocabulary, words));
    vocabulary.languages.iter().map(|(language, words)| (*language, lexicon(words))).collect()
});

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(&LEXICONS));

fn detect(text: &str) -> String {
    DETECTOR.detect(&LEXICONS, &[text]).map(|language| language.to_string()).unwrap_or_default()
}

#[rstest]
#[case("en", "Iran and Belarus have signed a roadmap")]
#[case("en", "US sanctions Iran")]
#[case("en", "IRAN THREATENS ISRAEL")]
#[case("en", "U.S. adds two shipping firms to Iran's oil blacklist")]
#[case("de", "Iran droht Israel mit Vergeltung")]
#[case("de", "Die EU verschärft ihre Sanktionen gegen Russland")]
#[case("de", "Kanzler reist für zwei Tage nach Ankara")]
#[case("fr", "Iran : nouvelles sanctions contre les banques de Téhéran")]
#[case("fr", "La Suède et la Pologne signent un accord de défense")]
#[case("fr", "Le ministre se rend à Minsk pour une visite de deux jours")]
#[case("es", "Estados Unidos levanta las sanciones contra los bancos de Siria")]
#[case("es", "El presidente viaja a Pekín para firmar un acuerdo")]
#[case("es", "Cuba rechaza el bloqueo y pide más ayuda a sus socios")]
#[case("pt", "Estados Unidos impõem novas sanções ao Irã")]
#[case("pt", "O presidente assina um acordo com a China nesta terça-feira")]
#[case("pt", "União Europeia não reconhece as eleições em Minsk")]
#[case("sv", "EU inför nya sanktioner mot Ryssland")]
#[case("sv", "Statsministern besöker Ankara och lovar mer stöd")]
#[case("sv", "Kina och Iran har skrivit på ett avtal som oroar USA")]
#[case("tr", "ABD, İran'a yeni yaptırımlar uyguladı")]
#[case("tr", "Cumhurbaşkanı iki gün sürecek bir ziyaret için Bakü'ye gitti")]
#[case("tr", "Rusya ile Çin arasında enerji anlaşması imzalandı")]
#[case("ru", "США ввели новые санкции против Ирана")]
#[case("ru", "Президенты подписали договор о союзе и военной помощи")]
#[case("ru", "Росатом построит атомную станцию в Узбекистане")]
#[case("ru", "Лондон запретил ввоз алмазов из России")]
#[case("uk", "США запровадили нові санкції проти Ірану")]
#[case("uk", "Президент прибув до Варшави на переговори щодо безпеки")]
#[case("uk", "Єврокомісія готує ще один пакет обмежень")]
#[case("fa", "آمریکا تحریم‌های تازه‌ای علیه ایران اعمال کرد")]
#[case("fa", "وزیر خارجه روسیه وارد تهران شد")]
#[case("fa", "امضاي توافقنامه همكاري ميان تهران و پكن در حوزه نفت")]
#[case("ar", "واشنطن تفرض عقوبات جديدة على طهران")]
#[case("ar", "وزير الخارجية الروسي يصل إلى دمشق")]
#[case("ar", "الصين ومصر توقعان اتفاقية للتعاون في مجال الطاقة")]
#[case("zh", "美国对伊朗实施新一轮制裁")]
#[case("zh", "兩國外長在北京簽署合作協議")]
#[case("zh", "欧盟与OpenAI及微软举行会谈")]
#[case("ko", "미국, 이란에 새로운 제재 부과")]
#[case("ko", "美·中 정상회담서 관세 인하 합의")]
#[case("ko", "러시아와 북한이 협정에 서명했다")]
fn a_language_with_a_vocabulary_is_told(#[case] language: &str, #[case] text: &str) {
    assert_eq!(detect(text), language, "{text}");
}

#[rstest]
#[case::nothing("")]
#[case::no_letters("2026: 1–0 (+3 %)")]
#[case::names_alone("Iran Israel")]
#[case::danish("EU indfører nye sanktioner mod Rusland efter angreb")]
#[case::danish("Statsministeren rejser til Kyiv for at love mere støtte")]
#[case::norwegian("Norge slutter seg til nye sanksjoner mot Russland")]
#[case::norwegian("Utenriksministeren sier at avtalen ikke er ferdig")]
#[case::dutch("Nederland legt nieuwe sancties op aan Iran")]
#[case::dutch("De minister van Buitenlandse Zaken wil met Duitsland over een verdrag praten")]
#[case::italian("Nuove sanzioni degli Stati Uniti contro la Russia")]
#[case::italian("Il presidente è arrivato a Pechino per firmare un accordo con la Cina")]
#[case::romanian("Uniunea Europeană a impus noi sancțiuni împotriva Rusiei")]
#[case::romanian("Președintele va semna un acord de apărare cu Polonia")]
#[case::catalan("El govern aprova noves sancions contra els bancs de Rússia")]
#[case::catalan("Els ministres signen un acord amb la Xina per als ports")]
#[case::polish("Unia Europejska nakłada nowe sankcje na Białoruś")]
#[case::polish("Prezydent jedzie do Waszyngtonu, by podpisać umowę o obronie")]
#[case::finnish("EU asettaa uusia pakotteita Venäjää vastaan")]
#[case::finnish("Presidentti matkustaa Ankaraan ja allekirjoittaa sopimuksen")]
#[case::czech("Evropská unie zavedla nové sankce proti Rusku")]
#[case::czech("Prezident podepsal dohodu o spolupráci s Polskem")]
#[case::hungarian("Az Európai Unió új szankciókat vezet be Oroszország ellen")]
#[case::japanese("アメリカがイランに新たな制裁を科す")]
#[case::japanese_without_syllables("日米首脳会談、対中制裁検討")]
#[case::hindi("अमेरिका ने ईरान पर नए प्रतिबंध लगाए")]
#[case::hindi("रूस और चीन ने समझौते पर हस्ताक्षर किए")]
#[case::greek("Η ΕΕ επιβάλλει νέες κυρώσεις στη Ρωσία")]
#[case::bulgarian("САЩ наложиха нови санкции срещу Иран")]
#[case::bulgarian("Министърът ще посети Анкара, за да подпише споразумение")]
#[case::serbian("САД су увеле нове санкције Ирану")]
#[case::serbian("Председник је рекао да ће посетити Москву")]
#[case::belarusian("ЗША ўвялі новыя санкцыі супраць Ірана")]
#[case::kazakh("АҚШ Иранға қарсы жаңа санкциялар енгізді")]
#[case::urdu("امریکہ نے ایران پر نئی پابندیاں عائد کر دی ہیں")]
fn a_language_without_vocabulary_is_not_guessed(#[case] text: &str) {
    assert_eq!(detect(text), "", "{text}");
}
