#!/usr/bin/env bash
# Installs the package into a tree of files of its own, as dpkg does it for one that is no running system, and looks
# at what stands there; then upgrades, removes and purges it.
#
#   package-test.sh PACKAGE
#
# Prints a line that begins with PASS or FAIL for each thing it finds. Needs root, for owners. Exit code 1:
# something failed; 77: what it needs is not here (dpkg).
set -euo pipefail
exec </dev/null
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

readonly PACKAGE=${1:?the package to test}
failed=0

skip() {
    echo "skipped: $*" >&2
    exit 77
}

for program in dpkg dpkg-deb deb-systemd-helper systemd-sysusers; do
    command -v "$program" >/dev/null || skip "no $program here (this is no Debian)"
done
[ "$(id -u)" = 0 ] || skip "owners can be set by root alone"

# expect WHAT COMMAND...: says whether the command succeeds; shows what it printed where it does not.
expect() {
    local what=$1 printed
    shift
    if printed=$("$@" 2>&1); then
        echo "PASS $what"
    else
        printf 'FAIL %s\n%s\n' "$what" "$printed"
        failed=1
    fi
}

not() { ! "$@"; }
same() { [ "$1" = "$2" ] || { printf '%s\ninstead of\n%s\n' "$1" "$2" && false; }; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers} "$root/etc"
touch "$root/var/lib/dpkg/status"

# What it depends on is not in the tree; its scripts run out here and are told where the tree is.
in_tree() {
    dpkg --root="$root" --force-script-chrootless --force-depends --force-confold --log=/dev/null "$@"
}

owner() { stat -c '%a %U:%g' "$root/$1"; }
field() { dpkg-deb --field "$PACKAGE" "$1"; }

expect "it is installed" in_tree --install "$PACKAGE"

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$(dirname "$0")/../../Cargo.toml" | head -n 1)
expect "its version is that of the program" same "$(field Version)" "$version-1"
expect "its program is that version" same "$("$root/usr/bin/sanctionwatch" --version)" "sanctionwatch $version"
expect "it asks for what it needs of the machine" \
    same "$(field Depends | tr -d '\n' | sed 's#libc6 ([^)]*)#libc6#')" "ca-certificates, libc6, systemd (>= 252), tzdata"

# Owners and modes of all that it brings: root's, and nobody else may write.
group=$(sed -n 's/^sanctionwatch:[^:]*:\([0-9]*\):.*/\1/p' "$root/etc/group")
expect "its user has a group" test -n "$group"
expect "its user cannot log in" grep -q '^sanctionwatch:.*:/var/lib/sanctionwatch:/usr/sbin/nologin$' "$root/etc/passwd"
expect "the configuration is read by root and the service alone" \
    same "$(owner etc/sanctionwatch/sanctionwatch.toml)" "640 root:$group"
expect "the packs of sources are for all" same "$(owner etc/sanctionwatch/sources/official.toml)" "644 root:0"
expect "the program is for all" same "$(owner usr/bin/sanctionwatch)" "755 root:0"
strange=$(cd "$root" && dpkg-deb --contents "$PACKAGE" | awk '{print $6}' | grep -v '/$' |
    xargs stat -c '%a %u:%g %n' | grep -v '^644 0:0 ' | sed 's/^[^ ]* [^ ]* //' | sort)
expect "no other file has another owner or mode" \
    same "$strange" "$(printf './etc/sanctionwatch/sanctionwatch.toml\n./usr/bin/sanctionwatch')"

expect "all of /etc are conffiles" same \
    "$(dpkg --root="$root" --status sanctionwatch | sed -n 's# \(/etc/[^ ]*\) .*#\1#p' | sort)" \
    "$(cd "$root" && find etc/sanctionwatch -type f -printf '/%p\n' | sort)"
expect "there are packs of sources among them" test -s "$root/etc/sanctionwatch/sources/agencies.toml"
for file in sanctionwatch.toml sources/official.toml; do
    named=$(sed -n '1s/^#:schema //p' "$root/etc/sanctionwatch/$file")
    expect "$file finds its schema" test -s "$root/etc/sanctionwatch/$(dirname "$file")/$named"
done
expect "the configuration checks" \
    "$root/usr/bin/sanctionwatch" check --config "$root/etc/sanctionwatch/sanctionwatch.toml"

# The unit: every path of this package that it names is there.
unit=$root/usr/lib/systemd/system/sanctionwatch.service
for path in $(grep -o '^[^#]*' "$unit" | grep -o '/\(usr/bin\|etc\|usr/share/doc\)/sanctionwatch[a-zA-Z/.-]*' | sort -u); do
    expect "the unit names $path, which is there" test -e "$root$path"
done
expect "the service is enabled" test -L "$root/etc/systemd/system/multi-user.target.wants/sanctionwatch.service"
for example in credentials private-ranges allow-list root-directory; do
    expect "the example $example.conf is there" test -s "$root/usr/share/doc/sanctionwatch/examples/$example.conf"
done

doc=$root/usr/share/doc/sanctionwatch
for words in 'widdix' 'UNICODE LICENSE V3' 'License: MIT' 'Apache-2.0'; do
    expect "the copyright has: $words" grep -q "$words" "$doc/copyright"
done
expect "the licences of what it is linked with are there" \
    bash -c "zcat '$doc/LICENCES-OF-LIBRARIES.gz' | grep '^tokio .*: MIT' >/dev/null"
expect "its own changes are there" bash -c "zcat '$doc/changelog.gz' | grep '^# Changelog' >/dev/null"

pages=("$root"/usr/share/man/man1/sanctionwatch*.1.gz)
expect "there is a page for each command" test ${#pages[@]} -gt 15
if command -v man >/dev/null; then
    for page in "${pages[@]}"; do
        expect "$(basename "$page") is shown without a warning" same "$(man --warnings -l "$page" 2>&1 >/dev/null)" ""
    done
fi
if command -v mandoc >/dev/null; then
    for page in "${pages[@]}"; do
        expect "mandoc finds no error in $(basename "$page")" mandoc -T lint -W error <(gunzip -c "$page")
    done
fi
expect "bash reads the completions" bash -n "$root/usr/share/bash-completion/completions/sanctionwatch"
for shell in zsh fish; do
    command -v "$shell" >/dev/null || continue
    expect "$shell reads the completions" "$shell" -n "$root"/usr/share/"$shell"/vendor*completions*/*sanctionwatch*
done
if command -v lintian >/dev/null; then
    expect "lintian finds no error" lintian --fail-on error --tag-display-limit 0 --allow-root "$PACKAGE"
fi

# What the administrator changed and what the daemon wrote outlives an upgrade and a removal, not a purge.
state=$root/var/lib/sanctionwatch
mkdir -p "$state/state"
touch "$state/state/sanctionwatch.db"
echo '# changed' >>"$root/etc/sanctionwatch/sanctionwatch.toml"
chmod 600 "$root/etc/sanctionwatch/sanctionwatch.toml"
chgrp 0 "$root/etc/sanctionwatch/sanctionwatch.toml"
rm "$root/etc/systemd/system/multi-user.target.wants/sanctionwatch.service"
expect "it is upgraded" in_tree --install "$PACKAGE"
expect "a change of the configuration stays" grep -q '^# changed' "$root/etc/sanctionwatch/sanctionwatch.toml"
expect "so do its owner and mode" same "$(owner etc/sanctionwatch/sanctionwatch.toml)" "600 root:0"
expect "a service that was disabled stays so" \
    test ! -e "$root/etc/systemd/system/multi-user.target.wants/sanctionwatch.service"
expect "it is removed" in_tree --remove sanctionwatch
expect "the program is gone" test ! -e "$root/usr/bin/sanctionwatch"
expect "the state stays" test -e "$state/state/sanctionwatch.db"
expect "the configuration stays" test -e "$root/etc/sanctionwatch/sanctionwatch.toml"
expect "it is purged" in_tree --purge sanctionwatch
expect "the state is gone" test ! -e "$state"
expect "the configuration is gone" test ! -e "$root/etc/sanctionwatch"
expect "nothing of the service is left" test -z "$(find "$root/etc/systemd" -name 'sanctionwatch*' 2>/dev/null)"
exit "$failed"
