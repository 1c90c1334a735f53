//! Rows of RFC 9309 and of files as they are met, and files that were made to do harm.

use super::*;
use rstest::rstest;
use std::time::Instant;

fn allows(file: &str, path: &str) -> bool {
    Rules::read(file.as_bytes()).allows(path)
}

#[rstest]
#[case::no_file("", "/a", true)]
#[case::everything("user-agent: *\ndisallow: /", "/a", false)]
#[case::itself("user-agent: *\ndisallow: /", "/robots.txt", true)]
#[case::nothing_is_nothing("user-agent: *\ndisallow:", "/a", true)]
#[case::no_group("disallow: /", "/a", true)]
#[case::our_group("user-agent: *\ndisallow: /\n\nuser-agent: SanctionWatch/1.0\nallow: /", "/a", true)]
#[case::our_empty_group(
    "user-agent: sanctionwatch\n\nuser-agent: b\ndisallow: /b\nuser-agent: *\ndisallow: /",
    "/a",
    true
)]
#[case::our_groups_count_together(
    "user-agent: sanctionwatch\ndisallow: /a\nuser-agent: b\ndisallow: /\nuser-agent: sanctionwatch\ndisallow: /c",
    "/c",
    false
)]
#[case::another_begins_like_us("user-agent: sanctionwatcher\ndisallow: /", "/a", true)]
#[case::several_names("user-agent: b\nuser-agent: *\nuser-agent: c\ndisallow: /a", "/a", false)]
#[case::a_sitemap_ends_no_group(
    "user-agent: *\nsitemap: https://a.example/s.xml\nuser-agent: b\ndisallow: /a",
    "/a",
    false
)]
#[case::the_longest_wins("user-agent: *\ndisallow: /a\nallow: /a/b", "/a/b/c", true)]
#[case::in_either_order("user-agent: *\nallow: /a/b\ndisallow: /a", "/a/c", false)]
#[case::allow_wins_a_tie("user-agent: *\ndisallow: /a\nallow: /a", "/a", true)]
#[case::the_beginning_is_enough("user-agent: *\ndisallow: /news", "/newsroom?x=1", false)]
#[case::letters_are_told_apart("user-agent: *\ndisallow: /News", "/news", true)]
#[case::star("user-agent: *\ndisallow: /*.php", "/a/b.php?x", false)]
#[case::star_in_the_middle("user-agent: *\ndisallow: /a/*/z", "/a/b/c/z1", false)]
#[case::stars_beside_each_other("user-agent: *\ndisallow: /a**b", "/a-b", false)]
#[case::star_first("user-agent: *\ndisallow: *.pdf$", "/a.pdf", false)]
#[case::end("user-agent: *\ndisallow: /*.pdf$", "/a.pdf?x", true)]
#[case::end_of_all("user-agent: *\ndisallow: /a$", "/ab", true)]
#[case::only_the_root("user-agent: *\ndisallow: /$", "/", false)]
#[case::star_and_end("user-agent: *\ndisallow: /a*$", "/ab", false)]
#[case::the_end_is_not_used_twice("user-agent: *\ndisallow: /aba*aba$", "/aba", true)]
#[case::query("user-agent: *\ndisallow: /*?page=", "/news?page=2", false)]
#[case::byte_order_mark("\u{feff}user-agent: *\ndisallow: /", "/a", false)]
#[case::carriage_returns("user-agent: *\rdisallow: /a\r\ndisallow: /b", "/a", false)]
#[case::spaces_and_comments("  User-Agent :  *  # all\n\tDISALLOW\t:\t/a # no", "/a", false)]
#[case::a_comment_alone("user-agent: *\n# disallow: /a", "/a", true)]
#[case::nuls("user-agent: *\ndisallow: /a\0b", "/a", true)]
fn a_path_is_allowed_as_its_file_says(#[case] file: &str, #[case] path: &str, #[case] expected: bool) {
    assert_eq!(allows(file, path), expected, "{file:?} {path}");
}

/// The table of RFC 9309 §2.2.2 and the examples of §2.2.3: a rule for the one is a rule for the other.
#[rstest]
#[case::plain("/foo/bar?baz=quz", "/foo/bar?baz=quz")]
#[case::address_in_query("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar")]
#[case::other_script("/foo/bar/ツ", "/foo/bar/%E3%83%84")]
#[case::escaped_already("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84")]
#[case::needless_escape("/foo/bar/%62%61%7A", "/foo/bar/baz")]
#[case::star("/path/file-with-a-%2A.html", "/path/file-with-a-*.html")]
#[case::end("/path/foo-%24", "/path/foo-$")]
fn escapes(#[case] rule: &str, #[case] path: &str) {
    let file = format!("user-agent: *\ndisallow: {rule}");
    assert!(!allows(&file, path));
    assert!(allows(&file, "/foo/bar/other") && allows(&file, "/path/file-with-a-b.html"));
}

#[test]
fn what_is_reserved_stays_escaped() {
    assert!(allows("user-agent: *\ndisallow: /a%2Fb", "/a/b"));
    assert!(!allows("user-agent: *\ndisallow: /a%2fb", "/a%2Fb"));
    assert!(!allows("user-agent: *\ndisallow: /50%", "/50%"), "no escape at all");
}

/// The examples of RFC 9309 §5.
#[rstest]
#[case::simple(
    "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
     User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n",
    &[("/example/page.html", false), ("/publications/x", true), ("/a.gif", false), ("/b.html", true)]
)]
#[case::longest(
    "User-Agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
    &[("/example/page/disallowed.gif", false), ("/example/page/", true)]
)]
fn examples(#[case] file: &str, #[case] expected: &[(&str, bool)]) {
    for (path, allowed) in expected {
        assert_eq!(allows(file, path), *allowed, "{path}");
    }
}

#[rstest]
#[case::seconds("crawl-delay: 5", 5_000)]
#[case::fraction("Crawl-Delay: 0.5", 500)]
#[case::too_long("crawl-delay: 86400", 60_000)]
#[case::endless("crawl-delay: inf", 0)]
#[case::negative("crawl-delay: -1", 0)]
#[case::words("crawl-delay: soon", 0)]
fn a_pause_is_granted(#[case] line: &str, #[case] milliseconds: u128) {
    let rules = Rules::read(format!("user-agent: *\n{line}\nallow: /").as_bytes());
    assert_eq!(rules.pause.as_millis(), milliseconds);
}

#[rstest]
#[case::a_line_of_a_megabyte([b"user-agent: *\ndisallow: /".to_vec(), b"*a".repeat(500_000)].concat())]
#[case::many_rules([b"user-agent: *\n".to_vec(), b"disallow: /a*a*a*b$\n".repeat(100_000)].concat())]
#[case::many_stars([b"user-agent: *\n".to_vec(), [b"disallow: /".to_vec(), b"*a".repeat(2_000), b"b\n".to_vec()].concat().repeat(200)].concat())]
#[case::many_groups(b"user-agent: *\ndisallow: /b\n".repeat(40_000))]
#[case::nuls(vec![0; 1_000_000])]
#[case::colons(vec![b':'; 1_000_000])]
#[case::line_ends(b"\r\n\r".repeat(300_000))]
#[case::no_text((0..1_000_000_u32).map(|number| number.to_le_bytes()[0]).collect())]
fn what_was_made_to_do_harm_ends_soon(#[case] file: Vec<u8>) {
    let started = Instant::now();
    let rules = Rules::read(&file);
    assert!(rules.allows(&format!("/{}", "a".repeat(4_000))));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}
