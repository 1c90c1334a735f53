//! Neighbours: languages that could be taken for one that has a vocabulary, and what tells them apart.
//!
//! A language of a neighbour that gets a vocabulary is told by that vocabulary's common words instead.

/// Languages without vocabulary that are too alike to be told from each other.
pub(super) struct Neighbour {
    /// Their ISO 639-1 codes, or names where they have none.
    pub(super) codes: &'static [&'static str],
    /// Their most common words, also those that others have: the more have a word, the less it says.
    pub(super) words: &'static str,
}

const fn neighbour(codes: &'static [&'static str], words: &'static str) -> Neighbour {
    Neighbour { codes, words }
}

/// By script: Latin, Cyrillic, Arabic.
pub(super) const NEIGHBOURS: &[Neighbour] = &[
    neighbour(
        &["da", "no", "nb", "nn"],
        "og i at det er en til på som for ikke med de af den av har et var han hun jeg vi fra om mot mod \
         etter efter skal vil kan men blir bliver ble blev nye ny siger sier sig seg hos under over mellem \
         mellom ved når hvad hva også eller mere mer flere dette denne disse trods tross uten uden",
    ),
    neighbour(
        &["is", "fo"],
        "og að í á er um til við sem ekki það með fyrir en af var hann hún eru frá eftir verið hefur",
    ),
    neighbour(
        &["nl"],
        "de het een van en in is dat op te zijn voor met niet aan er om ook als bij naar door over uit \
         tegen wordt heeft nog maar na worden tot geen meer zich die was hun wil moet kan over onder nieuwe \
         zegt tussen wat hoe dit deze",
    ),
    neighbour(&["af"], "die van en het nie in vir is met om sy hy te op n deur wat na aan teen ook"),
    neighbour(
        &["it"],
        "il lo la le gli i di che è e per con del della dei delle dello degli nel nella nei non sono un una \
         uno alla al ai dal dalla dopo tra fra più anche contro sul sulla sui ha hanno si da in a su come ma \
         ma se o l d dell all nell dall quando questo questa nuove nuovi sanzioni essere stato",
    ),
    neighbour(
        &["ca"],
        "el la els les i de del dels amb per a que en una un és al als no més ha pel pels són ser aquest \
         aquesta com entre seva seu després contra l d va o també han",
    ),
    neighbour(&["gl"], "o a os as de do da dos das que en e non unha un no na nos nas por para con máis ao"),
    neighbour(&["eu"], "eta da ez du dute bat zen dira egin izan ere baina"),
    neighbour(
        &["ro"],
        "și şi în la de cu pe din care este pentru că nu o un al ale ai sunt după fi mai a au prin lui către \
         sub ca între sau îi își va fost noi contra împotriva despre acest această e",
    ),
    neighbour(&["sq"], "të e në për me një dhe që i nga është se do nuk u ka më pas"),
    neighbour(
        &["pl"],
        "w i na z do się nie to że jest o jak po za od przez dla przed są czy ale przy tym oraz między nad \
         pod został będzie roku ma a u ze we co już który które która nowe nowy przeciwko wobec",
    ),
    neighbour(
        &["cs", "sk"],
        "a v na se je s z do o k i že po pro za ve ze od si při jsou nebo jako ale bude proti mezi není podle \
         sa to aj ako pre pri zo vo už nové nový ruské která které který aby však sú bol medzi u",
    ),
    neighbour(
        &["hr", "bs", "sr", "sl"],
        "i je u na da se za su od s koji koje koja će nije o ili kao iz do sa ne a in v ki so z po pri protiv \
         nakon između bi biti bila bio novi nove tudi še",
    ),
    neighbour(
        &["fi"],
        "ja on ei se että oli myös kun mutta sekä tai ovat hän jos niin kuin mukaan jälkeen vuoden joka \
         vastaan uusi uudet uusia nyt ole kanssa sen ovat eivät voi ennen yli välillä",
    ),
    neighbour(&["et"], "ja on ei et oli ka kui mis see aga ning või oma vastu uued pärast ta kuid"),
    neighbour(&["lv"], "un ir ar no par uz ka kas pēc bet arī tiek pret"),
    neighbour(&["lt"], "ir kad su į iš yra nuo apie bet kaip tai prieš po dėl už buvo"),
    neighbour(
        &["hu"],
        "a az és hogy nem is egy meg csak volt van már de ha lesz szerint után ki el mint még új ellen vagy \
         között ez",
    ),
    neighbour(
        &["id", "ms"],
        "yang dan di untuk dengan dari pada ini itu dalam ke akan tidak oleh sebagai telah juga atas para \
         adalah ada bisa terhadap setelah",
    ),
    neighbour(
        &["tl"],
        "ang ng sa mga na at ay si ni para nang hindi kay may ito mula matapos narito ngayong ilang",
    ),
    neighbour(&["sw"], "na ya wa kwa ni katika la za kuwa cha hii huo baada"),
    neighbour(&["vi"], "của và các là cho với trong được không có một người những về này đã ra vào"),
    neighbour(&["az"], "və bu ilə üçün bir da də olub edib ki ən sonra görə qarşı"),
    neighbour(&["eo"], "la de kaj en estas al por ke ne kun pri el"),
    neighbour(
        &["bg"],
        "на и в за от да се с е по са не че ще като до след при си към през срещу които който която или но \
         беше го ми във със ни ги те му й това нови още",
    ),
    neighbour(
        &["sr-cyrl", "sr"],
        "је и у на да се за су од са који које која ће није о или као из до против након између би а не нове",
    ),
    neighbour(&["mk"], "на во и да се за од со е не ќе што по ги го како до при против кои беше нови меѓу"),
    neighbour(
        &["be"],
        "і у ў на з не што да для гэта гэты як ад за па або пра быў яго але каб пасля супраць ці яны новыя",
    ),
    neighbour(
        &["kk", "ky", "tg", "mn", "tt", "uz"],
        "және мен бұл үшін бойынша деп болып бір менен үчүн жана бул ва дар аз ба барои ки ба нь байна",
    ),
    neighbour(&["ur"], "کے میں کی ہے کا سے اور کو نے پر ہیں کہ یہ اس تھا گیا ایک بھی خلاف لیے"),
    neighbour(&["ps"], "د په او چې ته له کې دی سره هم یې شي پر"),
    neighbour(&["ku", "ug"], "لە بە و کە بۆ ئەو دەکات لەگەڵ هەر ئەم ۋە بىلەن"),
];

/// Letters that not all languages of their script have, and the codes of those that have them.
pub(super) const LETTERS: &[(&str, &str)] = &[
    ("å", "sv da"),
    ("ø", "da"),
    ("æ", "da is"),
    ("ä", "sv de fi et cs"),
    ("ö", "sv de fi et tr hu is az"),
    ("ü", "de tr hu et az es ca"),
    ("ß", "de"),
    ("ñ", "es gl eu tl"),
    ("ã", "pt vi"),
    ("õ", "pt et"),
    ("ç", "fr pt tr ca sq az"),
    ("ğı", "tr az"),
    ("ş", "tr az ro"),
    ("ə", "az"),
    ("șțăţ", "ro"),
    ("ăđơư", "ro vi"),
    ("łąęńśźż", "pl lt"),
    ("ěřůďťňľĺŕ", "cs"),
    ("čšž", "cs hr lv lt et"),
    ("ć", "hr pl"),
    ("đ", "hr vi"),
    ("őű", "hu"),
    ("āēīūķļņģ", "lv"),
    ("ėįųū", "lt lv"),
    ("è", "fr it ca vi"),
    ("à", "fr it ca pt vi"),
    ("ù", "fr it vi"),
    ("ìò", "it ca vi"),
    ("ê", "fr pt vi af"),
    ("ô", "fr pt vi cs"),
    ("î", "fr ro tr"),
    ("â", "fr pt ro tr vi"),
    ("ûœ", "fr"),
    ("ïë", "fr nl ca af sq"),
    ("ð", "is"),
    ("þ", "is"),
    ("ý", "cs is vi"),
    ("íóú", "es pt cs hu it ca gl is vi"),
    ("á", "es pt cs hu gl is vi"),
    ("é", "es fr pt it ca cs hu nl gl is vi sv"),
    ("ыэ", "ru be"),
    ("ё", "ru be"),
    ("ъ", "ru bg"),
    ("щ", "ru uk bg"),
    ("ь", "ru uk be"),
    ("й", "ru uk be bg"),
    ("яю", "ru uk be bg"),
    ("и", "ru uk bg sr-cyrl mk"),
    ("і", "uk be kk"),
    ("їєґ", "uk"),
    ("ў", "be"),
    ("јљњџ", "sr-cyrl mk"),
    ("ђћ", "sr-cyrl"),
    ("ѓќѕ", "mk"),
    ("әғқңөұүһҳҷӣӯҗ", "kk"),
    ("پچژ", "fa ur ps ku"),
    ("گ", "fa ur ku"),
    ("کی", "fa ur ku ps"),
    ("ةىأإؤ", "ar"),
    ("يك", "ar fa ps"),
    ("ٹڈڑںےہھ", "ur"),
    ("ټډړږښڼېۍځڅګ", "ps"),
    ("ەێۆڕڵڤۇۈۋېڭ", "ku"),
];

/// Letters of which hardly a text of some words in a language holds none.
pub(super) const EXPECTED: &[(&str, &str)] =
    &[("uk", "іїєґ"), ("be", "іў"), ("sr-cyrl", "јљњђћџ"), ("mk", "јљњќѓѕџ"), ("kk", "әғқңөұүһҳҷӣӯҗі")];
