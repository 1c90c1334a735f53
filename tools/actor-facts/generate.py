#!/usr/bin/env python3
"""Writes config/actors/facts/XX.toml: what the states of the actor table are called in each language.

The facts come from four packages (see SOURCES), the judgement from the TOML files beside this script.
README.md says how to run it. Standard library only; the same input gives the same bytes.
"""

import argparse
import hashlib
import json
import re
import sys
import tarfile
import tomllib
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
OUTPUT = ROOT / "config" / "actors" / "facts"

LANGUAGES = "en ru uk fa ar zh es fr de tr pt sv ko".split()
DEMONYM_LANGUAGES = "en es fr de".split()
LATIN = set("en es fr de tr pt sv".split())

# Package, version, and the checksum of its archive, so that nobody builds from anything else.
SOURCES = {
    "cldr-localenames-full": ("48.2.0", "7f2ac7fd3b5d90f56ad127f9ed5ae67b58b3e556818f55530b9f47bb81bcde57"),
    "cldr-dates-full": ("48.2.0", "0256f1cefeca14f7d515be4872dda48fcdd7e75381430f25aafd0143eae5b430"),
    "i18n-nationality": ("1.4.0", "4b47e16ebe647c9e77a6ffed4ab075475647e8698f0a4415d4261a0716835a85"),
    "i18n-iso-countries": ("7.14.0", "bb418ebfb965789fcfbcce7dee59888d901ef64b03601da78b2e224cd6f5825c"),
}

KINDS = ("names", "capitals", "demonyms")
LINE = 110

# Texts are read with one kind of apostrophe and without marks of no width, so names are written so.
APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00a0": " ", "\u202f": " ", "\u00ad": None})
ARABIC_MARKS = re.compile("[\u064b-\u0653\u0655\u0670]")
SPACED_DASH = re.compile(r"\s+[-\u2013\u2014]\s+")
HAMZA_ABOVE = "\u0654"
ZERO_WIDTH_NON_JOINER = "\u200c"


class Refused(Exception):
    """The input or the hand-kept files are not what the generator can answer for."""


class Packages:
    """The archives that `npm pack` fetched, read without unpacking."""

    def __init__(self, folder):
        self.archives = {}
        for name, (version, checksum) in SOURCES.items():
            path = folder / f"{name}-{version}.tgz"
            if not path.is_file():
                raise Refused(f"{path.name} is missing; fetch it with `npm pack {name}@{version}`")
            if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
                raise Refused(f"{path.name} is not the archive that was pinned")
            self.archives[name] = tarfile.open(path)

    def json(self, package, path):
        return json.load(self.archives[package].extractfile(f"package/{path}"))

    def territories(self, language):
        main = self.json("cldr-localenames-full", f"main/{language}/territories.json")["main"]
        return main[language]["localeDisplayNames"]["territories"]

    def aliases(self, language):
        countries = self.json("i18n-iso-countries", f"langs/{language}.json")["countries"]
        return {code: [names] if isinstance(names, str) else names for code, names in countries.items()}

    def alpha3(self):
        return {row[1] for row in self.json("i18n-iso-countries", "codes.json")}

    def nationalities(self, language):
        return self.json("i18n-nationality", f"langs/{language}.json")["nationalities"]

    def cities(self, language):
        main = self.json("cldr-dates-full", f"main/{language}/timeZoneNames.json")["main"]
        cities = {}

        def walk(path, node):
            for key, value in node.items():
                if key == "exemplarCity":
                    cities[path] = value
                elif isinstance(value, dict):
                    walk(f"{path}/{key}".lstrip("/"), value)

        walk("", main[language]["dates"]["timeZoneNames"]["zone"])
        return cities


@dataclass
class Surface:
    """One name as the data have it, cleaned, and what becomes of it."""

    code: str
    kind: str
    text: str
    # Where it comes from, best first: a name of CLDR outranks another state's alias.
    rank: int
    # A capital's English name.
    english: str | None = None
    flag: str | None = None
    forms: list = field(default_factory=list)


class HandKept:
    """A list of the hand-kept files that notices entries which no longer meet anything."""

    def __init__(self, where, entries):
        self.where = where
        self.entries = list(entries)
        self.met = set()
        doubled = {entry for entry in self.entries if self.entries.count(entry) > 1}
        if doubled:
            raise Refused(f"{where}: twice: {sorted(doubled)}")

    def __contains__(self, text):
        if text in self.entries:
            self.met.add(text)
            return True
        return False

    def stale(self):
        return [f"{self.where}: {entry!r} meets nothing" for entry in self.entries if entry not in self.met]


def plain(text):
    """Lower case without accents, to compare names across languages of Latin letters."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def clean(text, language):
    text = unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).translate(APOSTROPHES)
    if language in ("ar", "fa"):
        text = ARABIC_MARKS.sub("", text)
    return " ".join(text.split())


class Builder:
    """Builds the file of one language."""

    def __init__(self, language, world):
        self.language = language
        self.world = world
        rules = world.rules[language]

        def kept(key):
            return HandKept(f"rules.toml [{language}] {key}", rules.get(key, []))

        self.drop = kept("drop")
        self.weak = kept("weak")
        self.ambiguous = kept("ambiguous")
        self.shared = kept("shared")
        self.support = rules.get("support", {})
        self.stop = set(rules.get("stop", []))
        self.masks = list(rules.get("masks", []))
        grammar = world.inflection.get(language, {})
        self.fixed = HandKept(f"inflection.toml [{language}] fixed", grammar.get("fixed", []))
        self.heads = grammar.get("heads", [])
        self.word_forms = grammar.get("forms", {})
        self.suffixes = grammar.get("demonyms", {})
        self.dropped = []
        self.needless = []
        self.surfaces = []

    def build(self):
        self.gather_names()
        self.gather_capitals()
        self.gather_demonyms()
        self.settle_shared()
        for surface in self.surfaces:
            surface.flag = self.flag(surface)
            surface.forms = self.forms(surface)
        if self.language == "en":
            self.without_known()
        text = self.file()
        kept = (self.drop, self.weak, self.ambiguous, self.shared, self.fixed)
        stale = [line for entries in kept for line in entries.stale()]
        if stale or self.needless:
            raise Refused("\n".join(stale + self.needless))
        return text

    # ---- what the data say -------------------------------------------------------------------

    def add(self, code, kind, text, rank, english=None):
        text = clean(text, self.language)
        reason = self.unfit(text)
        if reason:
            self.dropped.append((code, kind, text, reason))
            return
        known = [surface for surface in self.surfaces if surface.code == code and surface.text == text]
        if known and rank == 2:
            self.needless.append(f"names.toml [{self.language}] {code}: {text!r} is in the data")
        if not known:
            self.surfaces.append(Surface(code, kind, text, rank, english))

    def unfit(self, text):
        if text in self.drop:
            return "dropped by hand"
        if re.search("[,،，]", text):
            return "comma"
        if re.search(r"[()]", text) and self.language != "zh":
            return "brackets"
        if text.casefold() in self.stop and text not in self.weak:
            return "stop word"
        letters = sum(character.isalpha() for character in text)
        if letters < (2 if self.language in ("zh", "ko") else 3):
            return "too short"
        if text in self.world.alpha3 and text not in self.world.keep:
            return "code"
        return None

    def gather_names(self):
        territories = self.world.packages.territories(self.language)
        aliases = self.world.packages.aliases(self.language)
        typed = self.world.names["names"].get(self.language, {})
        for code in self.world.codes:
            found = [territories[code]] if code not in self.world.short_only or self.language == "zh" else []
            found += [territories[key] for key in sorted(territories) if key.startswith(f"{code}-alt-")]
            for rank, names in enumerate((found, aliases.get(code, []), typed.get(code, []))):
                for name in names:
                    bracketed = re.fullmatch(r"(.+?)\s*[(（](.+)[)）]", name)
                    if bracketed and code in self.world.split:
                        for part in bracketed.groups():
                            self.add(code, "names", part, rank)
                    else:
                        self.add(code, "names", name, rank)

    def gather_capitals(self):
        cities = self.world.packages.cities(self.language)
        names = {surface.text for surface in self.surfaces}
        own = {(surface.code, surface.text) for surface in self.surfaces}

        def capital(code, text, rank, english):
            cleaned = clean(text, self.language)
            if (code, cleaned) in own:
                return
            if cleaned in names:
                self.dropped.append((code, "capitals", cleaned, "name of another state"))
                return
            self.add(code, "capitals", text, rank, english)

        for code, zone in self.world.zones.items():
            # A language of Latin letters names a city only where it differs from the zone's name.
            bare = zone.rsplit("/", 1)[-1].replace("_", " ")
            text = re.sub(r"\s*\([^)]*\)$", "", cities.get(zone, bare))
            capital(code, text, 0, self.world.english_cities.get(zone, bare))
        for entry in self.world.typed_capitals:
            for text in entry.get(self.language, []) if self.language != "en" else []:
                capital(entry["code"], text, 2, entry["en"])

    def gather_demonyms(self):
        if self.language not in DEMONYM_LANGUAGES:
            return
        nationalities = self.world.packages.nationalities(self.language)
        typed = self.world.names.get("demonyms", {}).get(self.language, {})
        names = {plain(surface.text) for surface in self.surfaces}
        for code in self.world.codes:
            word = nationalities.get(code, "").strip()
            if self.language == "en":
                self.add(code, "demonyms", word, 0)
            elif word:
                reason = self.unfit(clean(word, self.language))
                if not reason and plain(word) in names:
                    reason = "name, no demonym"
                if not reason and not self.suffix(word.lower()):
                    reason = "no adjective"
                if reason:
                    self.dropped.append((code, "demonyms", word, reason))
                else:
                    self.add(code, "demonyms", word.lower(), 0)
            for word in typed.get(code, []):
                self.add(code, "demonyms", word, 2)

    def settle_shared(self):
        """A surface of two states is dropped, but where it is one's name and the other's alias."""
        holders = {}
        for surface in self.surfaces:
            holders.setdefault(surface.text.casefold(), []).append(surface)
        for holding in holders.values():
            codes = {surface.code for surface in holding}
            if len(codes) == 1 or holding[0].text in self.shared:
                continue
            best = min(surface.rank for surface in holding)
            winners = {surface.code for surface in holding if surface.rank == best}
            for surface in holding:
                if len(winners) > 1 or surface.code not in winners:
                    self.surfaces.remove(surface)
                    self.dropped.append((surface.code, surface.kind, surface.text, f"shared by {' '.join(sorted(codes))}"))

    def without_known(self):
        """English: only what the hand-kept file does not have, under this code or another."""
        holder = {text: code for code, texts in self.world.english.items() for text in texts}
        kept = []
        for surface in self.surfaces:
            holders = {holder[form] for form in surface.forms if form in holder}
            if not holders:
                kept.append(surface)
            elif surface.code not in {code for code, texts in self.world.english.items() if surface.forms[0] in texts}:
                self.dropped.append((surface.code, surface.kind, surface.text, "another state's in en.toml"))
        self.surfaces = kept

    # ---- judgement ---------------------------------------------------------------------------

    def flag(self, surface):
        """`weak` and `ambiguous` as rules.toml explains them; None for a name that stands alone."""
        if listed := self.listed_flag(surface.text):
            return listed
        if doubted := self.doubted(surface.text):
            return doubted
        if surface.kind == "names" and surface.code in self.world.ambiguous_everywhere:
            return "ambiguous"
        if surface.english in self.world.ambiguous_capitals.get(surface.code, ()):
            clear = self.language not in LATIN and surface.code in self.world.clear_outside_latin
            return None if clear else "ambiguous"
        return None

    def doubted(self, text):
        """What the English file has as ambiguous is so in every language of Latin letters."""
        is_doubted = self.language in LATIN and plain(text) in self.world.english_ambiguous
        return "ambiguous" if is_doubted else None

    def listed_flag(self, text):
        if text in self.weak:
            return "weak"
        return "ambiguous" if text in self.ambiguous or text in self.shared else None

    # ---- forms -------------------------------------------------------------------------------

    def forms(self, surface):
        if surface.kind == "demonyms":
            return self.demonym_forms(surface.text)
        forms = []
        for text in self.variants(surface):
            forms += self.inflected(surface, text) if self.language in ("ru", "uk") else [text]
        return list(dict.fromkeys(forms))

    def variants(self, surface):
        """Ways to write one name; the first is the usual one."""
        text = surface.text
        found = [text]
        if SPACED_DASH.search(text):
            found = [SPACED_DASH.sub("-", text)]
            if "\u2014" in text:
                # A real dash, which headlines write as well; texts are read with the shorter one.
                found.append(text.replace("\u2014", "\u2013"))
        if self.language == "fa":
            if HAMZA_ABOVE in text:
                found = [text.replace(HAMZA_ABOVE, ""), text]
            if ZERO_WIDTH_NON_JOINER in text:
                # Headlines write the joint as a blank, as nothing, or as it should be.
                found += [variant.replace(ZERO_WIDTH_NON_JOINER, mark) for variant in found for mark in (" ", "")]
        elif self.language == "ar" and text.startswith("ال"):
            found += [variant.removeprefix("ال") for variant in found]
        elif self.language == "uk":
            if re.search("[ґҐ]", text):
                found.insert(0, text.replace("ґ", "г").replace("Ґ", "Г"))
            if " і " in text:
                found.append(text.replace(" і ", " та "))
        elif self.language in ("es", "fr", "pt"):
            if surface.kind == "capitals" and (article := re.match(r"(El|La|Le) (?!Paz|Aaiún)", text)):
                found.append(text[article.end():])
            first = unicodedata.normalize("NFD", text[0])[0]
            if first != text[0]:
                found.append(first + text[1:])
        return found

    def suffix(self, word):
        fitting = [suffix for suffix in self.suffixes if word.endswith(suffix)]
        return max(fitting, key=len, default=None)

    def demonym_forms(self, word):
        if self.language == "en":
            return [word]
        suffix = self.suffix(word)
        if suffix is None:
            raise Refused(f"inflection.toml [{self.language}.demonyms] has no suffix for {word!r}")
        return [word.removesuffix(suffix) + ending for ending in self.suffixes[suffix]]

    def inflected(self, surface, text):
        """Slavic names: the last word with a star where its stem is long, else every case written out."""
        if text in self.fixed or text.isupper():
            return [text]
        words = text.split(" ")
        head = next((at for at, word in enumerate(words[:-1]) if word in self.heads), len(words))
        joined = any(word in JOINING for word in words)
        columns = []
        for index, word in enumerate(words):
            last = index == len(words) - 1
            if index > head:
                columns.append([word] * 6)
            elif not last and not joined and index != head and (cases := adjective(self.language, word)):
                columns.append(cases)
            elif word in JOINING or word == "\u2013" or word in self.fixed or word.isupper():
                columns.append([word] * 6)
            elif word in self.word_forms:
                columns.append(self.word_forms[word])
            elif last and (stem := self.open_stem(surface, text)):
                columns.append([f"{stem}*"] * 6)
            else:
                columns.append(noun(self.language, word))
        rows = max(len(column) for column in columns)
        full = [column + [column[-1]] * (rows - len(column)) for column in columns]
        return list(dict.fromkeys(" ".join(parts) for parts in zip(*full)))

    def open_stem(self, surface, text):
        """The stem of a name's last word, if a star may follow: five letters, and no beginning of another's."""
        word = text.rsplit(" ", 1)[-1]
        stem = stem_of(self.language, word)
        if stem is None or sum(character.isalpha() for character in stem) < 5:
            return None
        whole = text[: len(text) - len(word)] + stem
        for other in self.surfaces:
            if other.code == surface.code:
                continue
            forms = [other.text, *(noun(self.language, other.text) if " " not in other.text else [])]
            if any(form.startswith(whole) and len(form) <= len(whole) + 3 for form in forms):
                return None
        return stem

    def supported(self, form):
        words = ", ".join(quoted(word) for word in self.support.get(form, []))
        return f", support = [{words}]" if words else ""

    # ---- the file ----------------------------------------------------------------------------

    def masked(self, phrase):
        """Whether a phrase holds a name of this file, and is none itself."""
        if any(phrase in (surface.text, *surface.forms) for surface in self.surfaces):
            return False
        forms = [form for surface in self.surfaces for form in surface.forms]
        if self.language == "zh":
            return any(form in phrase for form in forms)
        words = f" {re.sub('[-–/]', ' ', phrase)} "
        return any(
            re.search(rf" {re.escape(form.removesuffix('*'))}{r'[^ ]{0,3}' if form.endswith('*') else ''} ", words)
            for form in forms
        )

    def all_masks(self):
        """Phrases that hold an actor's name and mean none: typed ones, and what CLDR calls territories
        and regions that are no actors."""
        typed = [clean(mask, self.language) for mask in self.masks]
        self.needless += [
            f"rules.toml [{self.language}] masks: {mask!r} holds no name" for mask in typed if not self.masked(mask)
        ]
        known = []
        for key, name in self.world.packages.territories(self.language).items():
            name = clean(name, self.language)
            if key.split("-")[0] not in self.world.codes and not re.search("[(),،，]", name) and self.masked(name):
                known.append(name)
        return sorted({*typed, *known})

    def file(self):
        lines = [
            "# Generated by tools/actor-facts/generate.py; do not edit. README.md here says where it comes from.",
            f"language = {quoted(self.language)}",
        ]
        masks = self.all_masks()
        if masks and self.language != "en":
            lines += listed("masks", masks)
        for code in self.world.codes:
            own = [surface for surface in self.surfaces if surface.code == code]
            if not own:
                continue
            lines += ["", "[[actor]]", f"code = {quoted(code)}"]
            seen = set()
            for kind in KINDS:
                forms = [form for surface in own if surface.kind == kind for form in surface.forms]
                forms = [form for form in dict.fromkeys(forms) if form not in seen]
                seen.update(forms)
                if forms:
                    lines += listed(kind, forms)
            flags = {}
            for surface in own:
                for form in surface.forms:
                    if flag := surface.flag or self.listed_flag(form) or self.doubted(form):
                        flags[form] = flag
                    elif form in flags:
                        del flags[form]
            entries = [
                f"{{ surface = {quoted(form)}{self.supported(form)}{', state-support = false' if flag == 'weak' else ''} }}"
                for form, flag in flags.items()
            ]
            if entries:
                lines += wrapped("ambiguous", entries)
        return "\n".join(lines) + "\n"


# ---- Slavic grammar --------------------------------------------------------------------------
#
# Cases stand in the order nominative, genitive, dative, accusative, instrumental, locative.

HUSHING = "жшчщц"
JOINING = ("и", "і", "та")


def adjective(language, word):
    """The cases of an adjective, or None for a word that is none."""
    endings = {
        "ru": {
            "ая": ("ая", "ой", "ой", "ую", "ой", "ой"),
            "ый": ("ый", "ого", "ому", "ый", "ым", "ом"),
            "ий": ("ий", "ого", "ому", "ий", "им", "ом"),
            "ое": ("ое", "ого", "ому", "ое", "ым", "ом"),
            "ые": ("ые", "ых", "ым", "ые", "ыми", "ых"),
            "ие": ("ие", "их", "им", "ие", "ими", "их"),
            "овы": ("овы", "овых", "овым", "овы", "овыми", "овых"),
        },
        "uk": {
            "на": ("на", "ної", "ній", "ну", "ною", "ній"),
            "ка": ("ка", "кої", "кій", "ку", "кою", "кій"),
            "ва": ("ва", "вої", "вій", "ву", "вою", "вій"),
            "ий": ("ий", "ого", "ому", "ий", "им", "ому"),
            "не": ("не", "ного", "ному", "не", "ним", "ному"),
            "ні": ("ні", "них", "ним", "ні", "ними", "них"),
            "кі": ("кі", "ких", "ким", "кі", "кими", "ких"),
            "ві": ("ві", "вих", "вим", "ві", "вими", "вих"),
        },
    }[language]
    for ending, cases in endings.items():
        if word.endswith(ending):
            return [word.removesuffix(ending) + case for case in cases]
    return None


def stem_of(language, word):
    """What stays of a noun in all its cases; None for a noun that does not change."""
    last = word[-1]
    if last in "аяьй" or last == {"ru": "ы", "uk": "и"}[language]:
        return word[:-1]
    return None if last in "оеёэиуюіїє" else word


def noun(language, word):
    """The cases of a noun; a noun that does not change has one."""
    stem = stem_of(language, word)
    if stem is None:
        return [word]
    last = word[-1]
    if language == "ru":
        if word.endswith("ия"):
            return [stem + end for end in ("я", "и", "и", "ю", "ей", "и")]
        if last == "а":
            genitive = "и" if stem[-1] in "гкхжшчщ" else "ы"
            return [stem + end for end in ("а", genitive, "е", "у", "ой", "е")]
        if last == "я":
            return [stem + end for end in ("я", "и", "е", "ю", "ей", "е")]
        if last == "й":
            return [stem + end for end in ("й", "я", "ю", "й", "ем", "е")]
        if last == "ь":
            return [stem + end for end in ("ь", "я", "ю", "ь", "ем", "е", "и", "ью")]
        if last == "ы":
            return [stem + end for end in ("ы", "ов", "ам", "ы", "ами", "ах")]
        return [stem + end for end in ("", "а", "у", "", "ем" if last in HUSHING else "ом", "е")]
    if last == "а":
        soft = stem[:-1] + {"к": "ц", "г": "з", "ґ": "з", "х": "с"}.get(stem[-1], stem[-1])
        hushing = stem[-1] in "жшчщ"
        return [word, stem + ("і" if hushing else "и"), soft + "і", stem + "у", stem + ("ею" if hushing else "ою"), soft + "і"]
    if last == "я" and stem[-1] in "аеєиіїоую":
        return [stem + end for end in ("я", "ї", "ї", "ю", "єю", "ї")]
    if last == "я":
        return [stem + end for end in ("я", "і", "і", "ю", "ею", "і")]
    if last == "й":
        return [stem + end for end in ("й", "ю", "ю", "й", "єм", "ї", "я")]
    if last == "ь":
        return [stem + end for end in ("ь", "я", "ю", "ь", "ем", "і")]
    if last == "и":
        return [stem + end for end in ("и", "ів", "ам", "и", "ами", "ах")]
    return [stem + end for end in ("", "у", "ові", "", "ем" if last in HUSHING else "ом", "і", "а")]


# ---- writing ---------------------------------------------------------------------------------


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def listed(key, texts):
    return wrapped(key, [quoted(text) for text in texts])


def wrapped(key, items):
    line = f"{key} = [{', '.join(items)}]"
    if len(line) <= LINE:
        return [line]
    lines, current = [f"{key} = ["], " "
    for item in items:
        if len(current) + len(item) + 2 > LINE:
            lines.append(current)
            current = " "
        current += f" {item},"
    return [*lines, current, "]"]


# ---- the world -------------------------------------------------------------------------------


def read(path):
    with path.open("rb") as file:
        return tomllib.load(file)


class World:
    """What all languages share."""

    def __init__(self, folder):
        self.packages = Packages(folder)
        self.rules = read(HERE / "rules.toml")
        self.names = read(HERE / "names.toml")
        self.inflection = read(HERE / "inflection.toml")
        capitals = read(HERE / "capitals.toml")
        self.zones = capitals["zones"]
        self.typed_capitals = capitals["typed"]
        table = (ROOT / "src" / "domain" / "actor_table.rs").read_text(encoding="utf-8")
        self.codes = re.findall(r'\("([A-Z]{2})", "[^"]*", State\)', table)
        self.alpha3 = self.packages.alpha3()
        shared = self.rules["all"]
        self.keep = set(shared["keep"])
        self.short_only = set(shared["short_name_only"])
        self.split = set(shared["split_brackets"])
        self.clear_outside_latin = set(shared["capitals_clear_outside_latin"])
        self.ambiguous_everywhere = set(shared["ambiguous_everywhere"])
        self.english_cities = self.packages.cities("en")
        self.english, self.english_ambiguous, self.ambiguous_capitals = {}, set(), {}
        english = read(ROOT / "config" / "actors" / "en.toml")
        for actor in english["actor"]:
            doubtful = {entry["surface"] for entry in actor.get("ambiguous", [])}
            self.english_ambiguous |= {plain(text) for text in doubtful}
            texts = [text for kind in (*KINDS, "institutions", "firms") for text in actor.get(kind, [])]
            self.english[actor["code"]] = {*texts, *doubtful}
            self.ambiguous_capitals[actor["code"]] = doubtful & set(actor.get("capitals", []))
        for where in (self.zones, *self.names["names"].values(), *self.names.get("demonyms", {}).values()):
            unknown = set(where) - set(self.codes)
            if unknown:
                raise Refused(f"no state of the actor table: {sorted(unknown)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder with the four archives")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the files are up to date")
    parser.add_argument("--report", action="store_true", help="print what was dropped, and why")
    arguments = parser.parse_args()
    try:
        world = World(arguments.data)
        texts, refusals = {}, []
        for language in LANGUAGES:
            builder = Builder(language, world)
            try:
                texts[language] = builder.build()
            except Refused as refused:
                refusals.append(f"{language}: {refused}")
            if arguments.report:
                for code, kind, text, reason in builder.dropped:
                    print(f"{language}\t{code}\t{kind}\t{text}\t{reason}")
        if refusals:
            raise Refused("\n".join(refusals))
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    outdated = []
    for language, text in texts.items():
        path = OUTPUT / f"{language}.toml"
        if path.is_file() and path.read_bytes() == text.encode():
            continue
        outdated.append(path.name)
        if not arguments.check:
            path.write_bytes(text.encode())
    if arguments.check and outdated:
        print(f"not what the generator writes: {' '.join(outdated)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
