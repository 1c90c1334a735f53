//! Walls: pages that stand before an article, or in its place: consent, bots, login, errors.
//!
//! Owns: how they are known. Pure. Their words alone prove nothing, for news are told in the same ones
//! ("Access denied: …"); so a page is a wall only where it says little else.

use std::fmt;
use url::Url;

/// More characters of text than a wall has.
const MOST_CHARS: usize = 1_500;
/// More characters than a page has that only asks for a password or a proof of being human. An
/// article may be shown with a box to log in beside it.
const FEW_CHARS: usize = 500;
/// So many different words about cookies and consent are no chance.
const SEVERAL_WORDS: usize = 3;

/// What stands in an article's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    /// It asks to consent to cookies or tracking.
    Consent,
    /// It asks for a proof that no program is reading.
    Bots,
    /// It asks to log in, or to subscribe.
    Login,
    /// It says that there is no such page, or that the server has a problem.
    Error,
}

impl fmt::Display for Wall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Consent => "a page that asks for consent",
            Self::Bots => "a page that keeps programs out",
            Self::Login => "a page that asks to log in",
            Self::Error => "an error page",
        })
    }
}

/// What is looked at.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    /// Where the page came from in the end; unknown of a saved one.
    pub(super) address: Option<&'a Url>,
    /// The page as it was sent.
    pub(super) page: &'a str,
    /// Its titles and headings, those of it that it has.
    pub(super) titles: [Option<&'a str>; 3],
    /// Its main text; of a page without one all that it shows.
    pub(super) text: &'a str,
}

/// Titles of walls, in small letters. They count where a title begins with them.
const TITLES: [(Wall, &[&str]); 4] = [
    (
        Wall::Bots,
        &[
            "just a moment",
            "attention required",
            "access denied",
            "access to this page has been denied",
            "access to this site has been denied",
            "are you a robot",
            "are you human",
            "you are not a robot",
            "robot check",
            "bot verification",
            "human verification",
            "verify you are human",
            "verifying you are human",
            "security check",
            "security verification",
            "checking your browser",
            "pardon our interruption",
            "client challenge",
            "please wait",
            "one moment, please",
            "request blocked",
            "request rejected",
            "ddos-guard",
            "captcha",
            "403 forbidden",
            "429 too many requests",
            "доступ ограничен",
            "доступ запрещен",
            "доступ запрещён",
            "проверка браузера",
        ],
    ),
    (
        Wall::Consent,
        &[
            "before you continue",
            "cookie consent",
            "cookies settings",
            "cookie settings",
            "we value your privacy",
            "your privacy",
            "privacy settings",
            "bevor sie",
            "datenschutzeinstellungen",
            "ihre privatsphäre",
            "votre vie privée",
            "gestion des cookies",
            "avant de continuer",
            "tu privacidad",
            "tu privacidad es importante",
            "antes de continuar",
            "la tua privacy",
            "prima di continuare",
        ],
    ),
    (
        Wall::Login,
        &[
            "log in",
            "login",
            "sign in",
            "sign-in",
            "signin",
            "subscribe to continue",
            "subscribe to read",
            "create an account",
            "register to continue",
            "anmelden",
            "anmeldung",
            "se connecter",
            "connexion",
            "connectez-vous",
            "iniciar sesión",
            "inicia sesión",
            "accedi",
            "вход на сайт",
            "войти",
            "авторизация",
            "giriş yap",
            "登录",
            "ログイン",
            "تسجيل الدخول",
        ],
    ),
    (
        Wall::Error,
        &[
            "400 bad request",
            "404",
            "410 gone",
            "500 internal",
            "502 bad gateway",
            "503 service",
            "504 gateway",
            "error 400",
            "error 403",
            "error 404",
            "error 410",
            "error 500",
            "error 502",
            "error 503",
            "error page",
            "bad gateway",
            "gateway time-out",
            "gateway timeout",
            "internal server error",
            "service unavailable",
            "service temporarily unavailable",
            "not found",
            "page not found",
            "page cannot be found",
            "the page cannot be found",
            "this page cannot be found",
            "the page you requested",
            "sorry, we can't find",
            "oops",
            "under maintenance",
            "site maintenance",
            "maintenance mode",
            "we'll be back soon",
            "seite nicht gefunden",
            "seite wurde nicht gefunden",
            "page introuvable",
            "page non trouvée",
            "página no encontrada",
            "pagina non trovata",
            "página não encontrada",
            "страница не найдена",
            "sayfa bulunamadı",
            "页面不存在",
            "الصفحة غير موجودة",
        ],
    ),
];

/// What the programs that keep programs out leave in their pages. Pages that merely use their services
/// have some of them, too.
const BOT_MARKS: [&str; 9] = [
    "cdn-cgi/challenge-platform",
    "cf-challenge",
    "cf_chl_",
    "_incapsula_resource",
    "px-captcha",
    "captcha-delivery.com",
    "g-recaptcha",
    "h-captcha",
    "ddos-guard",
];

/// Words of pages that ask for consent.
const CONSENT_WORDS: [&str; 24] = [
    "cookie",
    "consent",
    "accept all",
    "reject all",
    "our partners",
    "personal data",
    "privacy policy",
    "manage options",
    "personalised ads",
    "personalized ads",
    "alle akzeptieren",
    "alle ablehnen",
    "einwilligung",
    "zustimmen",
    "partnern",
    "personenbezogene",
    "tout accepter",
    "tout refuser",
    "consentement",
    "nos partenaires",
    "aceptar todo",
    "rechazar todo",
    "consentimiento",
    "accetta",
];

/// Last parts of addresses that lead to a login, whatever was asked for.
const LOGIN_PATHS: [&str; 8] =
    ["login", "signin", "sign-in", "log-in", "subscribe", "register", "paywall", "auth"];

/// What a page is instead of an article; `None` where nothing tells that it is no article.
pub(super) fn wall(seen: &Seen<'_>) -> Option<Wall> {
    let chars = seen.text.chars().take(MOST_CHARS + 1).count();
    if chars > MOST_CHARS {
        return None;
    }
    by_title(seen).or_else(|| by_address(seen.address?)).or_else(|| by_page(seen, chars))
}

fn by_title(seen: &Seen<'_>) -> Option<Wall> {
    let titles = seen.titles.iter().flatten().map(|title| title.trim().to_lowercase());
    let titles: Vec<String> = titles.filter(|title| !title.is_empty()).collect();
    let begins = |words: &&str| titles.iter().any(|title| begins_with(title, words));
    TITLES.iter().find(|(_, words)| words.iter().any(&begins)).map(|(wall, _)| *wall)
}

/// Whether a title begins with words, and not only with their letters ("consent" of "consenting").
fn begins_with(title: &str, words: &str) -> bool {
    let rest = title.strip_prefix(words);
    rest.is_some_and(|rest| rest.chars().next().is_none_or(|next| !next.is_alphanumeric()))
}

fn by_address(address: &Url) -> Option<Wall> {
    let host = address.host_str().unwrap_or_default();
    if host.starts_with("consent.") || address.path().starts_with("/consent") {
        return Some(Wall::Consent);
    }
    let last = address.path_segments()?.rfind(|part| !part.is_empty())?.to_ascii_lowercase();
    let stem = last.split('.').next().unwrap_or_default();
    LOGIN_PATHS.contains(&stem).then_some(Wall::Login)
}

fn by_page(seen: &Seen<'_>, chars: usize) -> Option<Wall> {
    let text = seen.text.to_lowercase();
    if CONSENT_WORDS.iter().filter(|words| text.contains(**words)).count() >= SEVERAL_WORDS {
        return Some(Wall::Consent);
    }
    if chars > FEW_CHARS {
        return None;
    }
    let page = seen.page.to_ascii_lowercase();
    if BOT_MARKS.iter().any(|mark| page.contains(mark)) {
        return Some(Wall::Bots);
    }
    let asks = ["type=\"password\"", "type='password'", "type=password"];
    asks.iter().any(|field| page.contains(field)).then_some(Wall::Login)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn seen(address: &str, title: &str, page: &str, text: &str) -> Option<Wall> {
        let address = Url::parse(address).expect("an address");
        wall(&Seen { address: Some(&address), page, titles: [None, None, Some(title)], text })
    }

    const STORY: &str = "https://news.example/2026/11/story.html";
    const NEWS: &str = "The council agreed on measures against three banks on Monday. ";

    #[rstest]
    #[case::challenge("Just a moment...", "<div id=cf-challenge></div>", "Enable cookies.", Wall::Bots)]
    #[case::denied("Access Denied", "", "You don't have permission to access this.", Wall::Bots)]
    #[case::interruption("Pardon Our Interruption", "", "Something made us think you are a bot.", Wall::Bots)]
    #[case::russian("Доступ ограничен", "", "Проверка", Wall::Bots)]
    #[case::nameless("news.example", "<script src='https://ct.captcha-delivery.com/c.js'>", "", Wall::Bots)]
    #[case::incapsula("", "<iframe src='/_Incapsula_Resource?x=1'>", "Request unsuccessful.", Wall::Bots)]
    #[case::consent("Before you continue to News", "", "We use cookies.", Wall::Consent)]
    #[case::german(
        "news.example",
        "",
        "Wir und unsere Partner brauchen Ihre Einwilligung. Cookies. Alle akzeptieren.",
        Wall::Consent
    )]
    #[case::french(
        "Actualités",
        "",
        "Avec votre consentement, nos partenaires utilisent des cookies.",
        Wall::Consent
    )]
    #[case::login("Sign in | The Example", "", "Welcome back.", Wall::Login)]
    #[case::password(
        "The Example",
        "<input name=p TYPE=\"password\">",
        "Read more with an account.",
        Wall::Login
    )]
    #[case::missing("404 - The Example", "", "We could not find it.", Wall::Error)]
    #[case::missing_in_words("Page not found", "", "It may have moved.", Wall::Error)]
    #[case::gateway("502 Bad Gateway", "", "nginx", Wall::Error)]
    #[case::spanish("Página no encontrada", "", "Lo sentimos.", Wall::Error)]
    fn walls_are_known(#[case] title: &str, #[case] page: &str, #[case] text: &str, #[case] expected: Wall) {
        assert_eq!(seen(STORY, title, page, text), Some(expected));
    }

    #[rstest]
    #[case("https://consent.news.example/m?continue=story", Wall::Consent)]
    #[case("https://news.example/consent?to=story", Wall::Consent)]
    #[case("https://id.news.example/login?return=story", Wall::Login)]
    #[case("https://news.example/account/Signin.aspx", Wall::Login)]
    fn addresses_tell_of_walls(#[case] address: &str, #[case] expected: Wall) {
        assert_eq!(seen(address, "The Example", "", "Welcome."), Some(expected));
    }

    #[rstest]
    #[case::news("Council agrees on measures", "", NEWS)]
    #[case::empty("The Example", "", "")]
    #[case::about_consent("Consenting to sanctions", "", NEWS)]
    #[case::a_number("500 firms sanctioned", "<p>", "")]
    #[case::box_to_log_in("Measures", "<input type=password>", &NEWS.repeat(10))]
    #[case::protected("Measures", "<script src=/cdn-cgi/challenge-platform/x.js>", &NEWS.repeat(10))]
    #[case::about_access("Access denied: how banks lost the market", "", &NEWS.repeat(30))]
    #[case::about_cookies("New rules", "", &"Cookies need consent and personal data a reason. ".repeat(40))]
    fn news_are_no_walls(#[case] title: &str, #[case] page: &str, #[case] text: &str) {
        assert_eq!(seen(STORY, title, page, text), None);
    }
}
