#!/usr/bin/env bash
# Builds the Debian package and prints its path.
#
#   packaging/build-deb.sh [FOLDER]                  into target/debian, or into FOLDER
#   packaging/build-deb.sh --program PROGRAM FOLDER  packs a program that was built before
#
# Needs cargo-deb (`cargo install --locked cargo-deb`) and dpkg-dev. Exit code 77: one of them is not here.
set -euo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

program=
if [ "${1:-}" = --program ]; then
    program=$2
    shift 2
fi
readonly OUTPUT=${1:-target/debian} PARTS=target/package

for tool in cargo-deb dpkg-deb dpkg-shlibdeps; do
    command -v "$tool" >/dev/null || {
        echo "skipped: no $tool here (install cargo-deb and dpkg-dev)" >&2
        exit 77
    }
done

# A text as a field of a copyright file: moved in, and no line empty.
indented() {
    sed 's/[[:space:]]*$//; s/^$/./; s/^/ /' "$1"
}

copyright() {
    local line
    while IFS= read -r line; do
        case $line in
        @*@) line=${line#@} && indented "${line%@}" ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <packaging/debian/copyright
}

# In the form of Debian, whose tools read version and date from it.
changelog() {
    local version maintainer date
    version=$(metadata version) maintainer=$(sed -n 's/^maintainer = "\(.*\)"$/\1/p' Cargo.toml)
    date=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
    printf 'sanctionwatch (%s-1) unstable; urgency=medium\n\n' "$version"
    printf '  * Version %s. What is new in it stands in changelog.gz.\n\n' "$version"
    printf ' -- %s  %s\n' "$maintainer" "$(date --utc --rfc-email --date="@$date")"
}

metadata() {
    sed -n "/^\[package\]$/,/^\[/s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml
}

# What the program is linked with, and each text of a licence once, as the libraries ask for.
licences() {
    local sources=${CARGO_HOME:-$HOME/.cargo}/registry/src name version licence file sum
    local -A seen=()
    while IFS='|' read -r name version licence; do
        printf '%s %s: %s\n' "$name" "$version" "$licence"
        for file in "$sources"/*/"$name-$version"/{LICEN[CS]E,COPYING,NOTICE}*; do
            [ -f "$file" ] || continue
            sum=$(sha256sum <"$file")
            seen[$sum]="$name $version, ${file##*/}${seen[$sum]:+; ${seen[$sum]}}"
            cp "$file" "$PARTS/licences/${sum%% *}"
        done
    done < <(libraries)
    for sum in $(printf '%s\n' "${!seen[@]}" | cut -d ' ' -f 1 | sort); do
        sum="$sum  -"
        printf '\n\n==== %s\n\n' "${seen[$sum]}"
        cat "$PARTS/licences/${sum%% *}"
    done
}

libraries() {
    cargo tree --locked --edges normal --prefix none --no-dedupe --format '{p}|{l}' |
        sed -n 's/^\([^ ]*\) v\([^ |]*\)[^|]*|\(.*\)$/\1|\2|\3/p' | grep -v '^sanctionwatch|' | sort -u
}

if [ -z "$program" ]; then
    cargo build --locked --release
    program=${CARGO_TARGET_DIR:-target}/release/sanctionwatch
fi

rm -rf "$PARTS"
mkdir -p "$PARTS/completions" "$PARTS/licences"
"$program" man --folder "$PARTS/man"
"$program" completions bash >"$PARTS/completions/sanctionwatch"
"$program" completions zsh >"$PARTS/completions/_sanctionwatch"
"$program" completions fish >"$PARTS/completions/sanctionwatch.fish"
copyright >"$PARTS/copyright"
changelog >"$PARTS/changelog.Debian"
licences | gzip -9n >"$PARTS/LICENCES-OF-LIBRARIES.gz"

mkdir -p "$OUTPUT" "$PARTS/target/release"
cp "$program" "$PARTS/target/release/"
CARGO_TARGET_DIR=$PARTS/target cargo-deb deb --locked --no-build --output "$OUTPUT/"
