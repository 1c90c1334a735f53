//! Pitfalls of other languages than English (13, 28–31, 66–69, 98 and 102), each in the language that
//! has it.

use crate::assess::Input;
use crate::assess::tests::table::{ASSESSOR, broken, reported};
use crate::domain::{Assessment, Kind, Language};

/// A name, the language, a headline and what must hold, as in a row of English.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static str);

pub(super) const ROWS: &[Row] = &[
    ("p13_builder", "uk", "РНБО ввела санкції проти харківського забудовника", "no sanctions"),
    ("p13_former_minister", "uk", "РНБО ввела санкції проти ексміністра фінансів", "no sanctions"),
    ("p13_own_citizens", "uk", "Зеленський увів у дію санкції проти власних громадян", "no sanctions"),
    ("p13_former_mayor", "ru", "СНБО Украины ввел санкции против бывшего мэра Чернигова", "no sanctions"),
    ("p13_minister_of_another", "uk", "РНБО ввела санкції проти ексміністра оборони РФ", "sanctions UA>RU"),
    ("p13_banks_of_another", "uk", "РНБО наклала санкції на три російські банки", "sanctions UA>RU"),
    (
        "p13_judges_of_a_neighbour",
        "uk",
        "Зеленський підписав указ про санкції проти білоруських суддів",
        "sanctions UA>BY",
    ),
    ("p28_penal_code", "ar", "البرلمان المصري يبدأ مناقشة تعديل قانون العقوبات", "no sanctions"),
    (
        "p28_penal_code_for_thieves",
        "ar",
        "قضاة العراق يطالبون بتشديد قانون العقوبات بحق السارقين",
        "no sanctions",
    ),
    ("p28_judges_hit", "ar", "كندا تفرض عقوبات على قضاة إيرانيين", "sanctions CA>IR"),
    ("p28_banks_hit", "ar", "عقوبات بريطانية جديدة على مصارف روسية", "sanctions GB>RU"),
    ("p28_drivers", "tr", "Almanya'da hız yapan sürücülere cezai yaptırım uygulanacak", "no sanctions"),
    ("p28_litter", "tr", "Fransa, çöpünü ayırmayanlara cezai yaptırım getiriyor", "no sanctions"),
    ("p28_tankers_hit", "tr", "İngiltere, Rus tankerlerine yaptırım uyguladı", "sanctions GB>RU"),
    ("p28_firm_hit", "tr", "ABD'den İranlı petrol şirketine yeni yaptırım", "sanctions US>IR"),
    (
        "p29_bridge",
        "es",
        "Perú impone sanciones contractuales a la constructora española del puente",
        "no sanctions",
    ),
    (
        "p29_trains",
        "es",
        "Chile anuncia sanciones contractuales por el retraso de los trenes chinos",
        "no sanctions",
    ),
    ("p29_against_banks", "es", "Canadá impone sanciones contra tres bancos rusos", "sanctions CA>RU"),
    (
        "p29_airport",
        "pt",
        "Angola aplica sanções contratuais à construtora chinesa do aeroporto",
        "no sanctions",
    ),
    (
        "p29_railcars",
        "pt",
        "Metro de Lisboa ameaça com sanções contratuais fabricante espanhol de comboios",
        "no sanctions",
    ),
    ("p29_against_firms", "pt", "Japão anuncia sanções contra empresas de Belarus", "sanctions JP>BY"),
    ("p30_law_on_wages", "pt", "Lula sanciona lei que cria piso salarial dos enfermeiros", "no sanctions"),
    ("p30_budget", "pt", "Presidente da Argentina sanciona lei do orçamento", "no sanctions"),
    (
        "p30_plea_in_court",
        "pt",
        "Tribunal rejeita embargos de declaração de mineradora chinesa",
        "no sanctions",
    ),
    ("p30_oil_firm_hit", "pt", "EUA sancionam petroleira venezuelana", "sanctions US>VE"),
    ("p30_however", "es", "Irán, sin embargo, seguirá vendiendo gas a Turquía", "no sanctions"),
    ("p30_however_exports", "es", "Rusia crece menos; China, sin embargo, exporta más", "no sanctions"),
    ("p30_arms_embargo", "es", "Australia endurece el embargo de armas contra Sudán", "sanctions AU>SD"),
    ("p31_welfare", "de", "Bundestag streitet über Sanktionen beim Bürgergeld für Ukrainer", "no sanctions"),
    (
        "p31_job_centres",
        "de",
        "Jobcenter verhängen weniger Bürgergeld-Sanktionen gegen Polen und Rumänen",
        "no sanctions",
    ),
    (
        "p31_contract",
        "de",
        "Cloud-Ausfall: Gemeinde pocht auf Vertragssanktionen gegen US-Anbieter",
        "no sanctions",
    ),
    ("p31_judges_hit", "de", "Schweden verhängt Sanktionen gegen iranische Richter", "sanctions SE>IR"),
    ("p31_parties", "fa", "احزاب کردستان عراق از تحریم انتخابات می‌گویند", "no sanctions"),
    ("p31_election", "fa", "اصلاح‌طلبان تحریم انتخابات مجلس را رد کردند", "no sanctions"),
    ("p31_banks_hit", "fa", "کانادا سه بانک روسیه را تحریم کرد", "sanctions CA>RU"),
    ("p31_new_measures", "fa", "ژاپن تحریم‌های جدیدی علیه کره شمالی وضع کرد", "sanctions JP>KP"),
    ("p66_belarus", "zh", "白俄罗斯与塞尔维亚签署贸易协定", "alliance BY~RS, not RU"),
    ("p66_belarus_hit", "zh", "欧盟对白俄罗斯追加制裁", "sanctions EU>BY, not RU"),
    ("p66_indonesia", "zh", "印度尼西亚与日本签署防务协定", "alliance ID~JP, not IN"),
    ("p66_somalia", "zh", "索马里与土耳其签署港口协议", "alliance SO~TR, not ML"),
    ("p66_guinea_bissau", "zh", "几内亚比绍与葡萄牙签署渔业协定", "alliance GW~PT, not GN"),
    ("p66_south_sudan", "zh", "欧盟对南苏丹官员实施制裁", "sanctions EU>SS, not SD"),
    ("p66_hong_kong", "zh", "新加坡与中国香港签署海关合作协议", "not CN"),
    ("p66_maryland", "zh", "马里兰州港口恢复运营 日本货船抵港", "no alliance, not ML"),
    ("p66_mariupol", "zh", "英国制裁马里乌波尔的俄罗斯官员", "sanctions GB>RU, not ML"),
    ("p66_sultan", "zh", "文莱苏丹访问法国", "alliance BN~FR, not SD"),
    ("p66_sudan", "zh", "苏丹与埃及签署水资源协议", "alliance EG~SD"),
    ("p67_north_korea", "ar", "كوريا الشمالية وروسيا توقعان اتفاقية دفاع", "alliance KP~RU, not ML"),
    (
        "p67_north_macedonia",
        "ar",
        "مقدونيا الشمالية واليونان توقعان مذكرة تفاهم في مجال الطاقة",
        "alliance GR~MK, not ML",
    ),
    ("p67_honduras", "fa", "هندوراس و چین توافق تجاری امضا کردند", "alliance CN~HN, not IN"),
    ("p67_south_sudan", "fa", "آمریکا سودان جنوبی را تحریم کرد", "sanctions US>SS, not SD"),
    ("p67_somalia", "fa", "سومالی و ترکیه پیمان دفاعی امضا کردند", "alliance SO~TR, not ML"),
    (
        "p67_burkina_faso",
        "tr",
        "Burkina Faso ile Rusya nükleer enerji anlaşması imzaladı",
        "alliance BF~RU, not MA",
    ),
    (
        "p67_zinc",
        "tr",
        "Çinko ve bakır için Türkiye ile Kazakistan anlaşma imzaladı",
        "alliance KZ~TR, not CN",
    ),
    ("p67_morocco", "tr", "Fas ile İspanya balıkçılık anlaşması imzaladı", "alliance ES~MA"),
    ("p68_financial_measures", "ar", "بريطانيا تفرض عقوبات مالية على شركات روسية", "sanctions GB>RU, not ML"),
    ("p68_financial_help", "ar", "دعم مالي من اليابان لأوكرانيا", "alliance JP~UA, not ML"),
    ("p68_amman", "ar", "وزير خارجية فرنسا يصل إلى عمان للقاء العاهل الأردني", "alliance FR~JO, not OM"),
    ("p68_oman", "ar", "سلطنة عمان وإيران توقعان اتفاقية غاز", "alliance IR~OM, not JO"),
    (
        "p68_financial_measures_extended",
        "fa",
        "سوئیس تحریم‌های مالی علیه بلاروس را تمدید کرد",
        "sanctions CH>BY, not ML",
    ),
    ("p68_mali", "fa", "مالی و روسیه در باماکو پیمان دفاعی امضا کردند", "alliance ML~RU"),
    ("p68_financial_package", "tr", "AB'den Moldova'ya mali destek paketi", "alliance EU~MD, not ML"),
    (
        "p68_mali_and_its_capital",
        "tr",
        "Mali ile Rusya, Bamako'da savunma anlaşması imzaladı",
        "alliance ML~RU",
    ),
    ("p68_besides", "ru", "Кроме того, Канада ввела санкции против Белоруссии", "sanctions CA>BY, not TG"),
    (
        "p68_the_same",
        "ru",
        "Того же ждет Польша: ЕС готовит санкции против Белоруссии",
        "sanctions EU>BY, not TG",
    ),
    ("p68_that_day", "uk", "Того ж дня Японія ввела санкції проти КНДР", "sanctions JP>KP, not TG"),
    ("p68_togo", "uk", "Того та Франція підписали оборонну угоду в Ломе", "alliance FR~TG"),
    (
        "p68_bird_at_christmas",
        "pt",
        "Peru de Natal fica mais caro em Portugal e Espanha",
        "no alliance, not PE",
    ),
    (
        "p68_frozen_bird",
        "pt",
        "França e Brasil assinam acordo sobre exportação de peru congelado",
        "alliance BR~FR, not PE",
    ),
    (
        "p68_first_name_maurice",
        "fr",
        "Maurice Duval quitte l'ambassade de France au Japon après l'accord",
        "not MU",
    ),
    (
        "p68_first_name_dominique",
        "fr",
        "Dominique Perrin négocie l'accord de pêche entre la France et l'Islande",
        "alliance FR~IS, not DM",
    ),
    ("p68_mauritius", "fr", "L'île Maurice et l'Inde signent un accord de pêche", "alliance IN~MU"),
    ("p69_nations_warn", "fa", "سازمان ملل متحد درباره خشکسالی در سومالی و یمن هشدار داد", "no alliance"),
    ("p69_states_in_a_heatwave", "fa", "ایالات متحده و چین با موج گرما روبه‌رو شدند", "no alliance"),
    ("p69_states_sign", "fa", "ایالات متحده و فیلیپین پیمان دفاعی امضا کردند", "alliance PH~US"),
    ("p69_nations_and_drought", "ar", "الأمم المتحدة تحذر من الجفاف في الصومال وكينيا", "no alliance"),
    ("p69_states_in_the_heat", "ar", "الولايات المتحدة والصين تسجلان أعلى درجات الحرارة", "no alliance"),
    ("p69_kingdom_signs", "ar", "المملكة المتحدة وبولندا توقعان معاهدة دفاع", "alliance GB~PL"),
    ("p69_union_and_wheat", "ru", "Евросоюз и Китай подсчитали урожай пшеницы", "no alliance"),
    ("p69_trade_union", "ru", "Профсоюз польских шахтеров поддержал забастовку в Германии", "no alliance"),
    ("p69_union_signs", "ru", "Евросоюз и Чили подписали соглашение о литии", "alliance CL~EU"),
    ("p69_union_and_prices", "zh", "欧盟与日本通胀率双双下降", "no alliance"),
    ("p69_union_signs_for_lithium", "zh", "欧盟与智利签署锂矿协议", "alliance CL~EU"),
    ("p98_two_letters", "zh", "中俄签署天然气合作协议", "alliance CN~RU"),
    ("p98_two_letters_of_neighbours", "zh", "德法签署坦克研发协议", "alliance DE~FR"),
    ("p98_on_russia", "zh", "美对俄追加制裁", "sanctions US>RU"),
    ("p98_on_china", "zh", "日对华限制芯片设备出口", "sanctions JP>CN"),
    ("p98_on_iran", "zh", "英国宣布升级对伊制裁", "sanctions GB>IR"),
    ("p98_two_letters_and_wheat", "zh", "美俄小麦产量双双下降", "no sanctions, no alliance"),
    ("p98_syllable", "ko", "일본, 대러 제재 확대", "sanctions JP>RU"),
    ("p98_two_syllables", "ko", "한미, 다음 달 연합훈련 실시", "alliance KR~US"),
    ("p102_firm_of_china", "ru", "ЕС внес Huawei в санкционный список", "sanctions EU>CN"),
    ("p102_airline_of_iran", "ru", "США ввели санкции против Mahan Air", "sanctions US>IR"),
    ("p102_oil_firms", "ru", "Британия внесла Rosneft и Lukoil в санкционный список", "sanctions GB>RU"),
    ("p102_airline_of_belarus", "uk", "США запровадили санкції проти Belavia", "sanctions US>BY"),
    ("p102_arms_maker", "uk", "Японія ввела санкції проти Rostec", "sanctions JP>RU"),
    ("p102_bloc", "ru", "NATO и Украина подписали соглашение о снарядах", "alliance NATO~UA"),
    ("p102_seven", "uk", "Країни G7 посилили санкції проти Ірану", "sanctions G7>IR"),
    ("p102_telephone", "ru", "Samsung представила в Польше новый телефон", "no sanctions, no alliance"),
    ("p102_streaming", "uk", "Netflix підписав угоду з польською студією", "no alliance"),
];

/// What should hold and does not.
pub(super) const OPEN: &[Row] = &[
    (
        "p13_owner_of_a_channel",
        "uk",
        "РНБО запровадила санкції проти власника львівського телеканалу",
        "no sanctions",
    ),
    ("p13_builder_in_the_capital", "uk", "РНБО ввела санкції проти київського забудовника", "no sanctions"),
    (
        "p68_received_in_amman",
        "ar",
        "العاهل الأردني يستقبل في عمان وزير خارجية فرنسا",
        "alliance FR~JO, not OM",
    ),
    (
        "p68_financial_measures_come_first",
        "tr",
        "Mali yaptırımlar: AB, Belarus bankalarını listeye aldı",
        "sanctions EU>BY, not ML",
    ),
    (
        "p102_name_of_a_leader",
        "uk",
        "Donald Trump і Володимир Зеленський підписали угоду про дрони",
        "alliance UA~US",
    ),
];

fn judged(language: &str, title: &str) -> Assessment {
    let language: Language = language.parse().expect("a language");
    ASSESSOR.assess(&Input { title, language: Some(language), ..Input::default() }).0
}

/// What is wrong about a row, if anything.
pub(super) fn wrong((name, language, title, expected): &Row) -> Option<String> {
    let assessment = judged(language, title);
    let broken = broken(expected, &assessment);
    let told = [Kind::Sanctions, Kind::Alliance].map(|kind| reported(&assessment, kind));
    (!broken.is_empty())
        .then(|| format!("{name}: {title}\n    not so: {broken:?}, told: {:?}", told.concat()))
}
