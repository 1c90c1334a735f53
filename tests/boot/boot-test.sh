#!/usr/bin/env bash
# Boots a real Debian with the package installed in it, and drives its service: start, reload, watchdog, kill,
# out of memory, credentials, stop in the middle of a mail, drop-ins, upgrade and removal.
#
#   boot-test.sh PACKAGE [SUITE]     SUITE is bookworm (systemd 252) or trixie (257)
#
# Without a virtual machine of the processor's own: qemu computes it, in some minutes. Needs root, for the tree of
# files, and apt's way to the archive, once: the tree is kept in target/boot. Exit code 1: something failed; 77: what
# it needs is not here (mmdebstrap, qemu-system-x86, e2fsprogs).
set -euo pipefail
exec </dev/null
PATH=$PATH:/usr/sbin:/sbin

readonly PACKAGE=$(realpath "${1:?the package to test}") SUITE=${2:-bookworm}
HERE=$(cd "$(dirname "$0")" && pwd)
readonly HERE KEPT=$HERE/../../target/boot
# Longest time for the guest from its first instruction to its end.
readonly LIMIT=20m
readonly PACKAGES=systemd,systemd-sysv,dbus,udev,iproute2,procps,linux-image-cloud-amd64,initramfs-tools,zstd,kmod,python3-minimal,ca-certificates

skip() {
    echo "skipped: $*" >&2
    exit 77
}

for program in mmdebstrap qemu-system-x86_64 mke2fs chroot; do
    command -v "$program" >/dev/null || skip "no $program here (install mmdebstrap, qemu-system-x86, e2fsprogs)"
done
[ "$(id -u)" = 0 ] || skip "the tree of files has to be made as root"

# The archive that this machine uses, for its own suite and for another.
sources() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
        [ ! -s "$file" ] || sed "s/\b$(own_suite)\b/$SUITE/g" "$file"
    done
}

own_suite() { (. /etc/os-release && echo "$VERSION_CODENAME"); }

mkdir -p "$KEPT"
tree=$KEPT/$SUITE.tar
if [ ! -s "$tree" ]; then
    archive=$(mktemp --suffix=.sources)
    sources >"$archive"
    mmdebstrap --quiet --variant=minbase --mode=root --aptopt='APT::Install-Recommends "false"' \
        --include="$PACKAGES" "$SUITE" "$KEPT/new-$SUITE.tar" "$archive"
    rm -f "$archive"
    mv "$KEPT/new-$SUITE.tar" "$tree"
fi

folder=$(mktemp -d "$KEPT/run.XXXXXX")
trap 'rm -rf "$folder"' EXIT
root=$folder/root
mkdir "$root"
tar -C "$root" -xpf "$tree" --numeric-owner
# A name, so that loopback has one without a name server.
echo '127.0.0.1 localhost guest' >"$root/etc/hosts"
install -D -m 0644 "$PACKAGE" "$root/opt/boot-test/sanctionwatch.deb"
chroot "$root" dpkg --install /opt/boot-test/sanctionwatch.deb >"$folder/install.log" 2>&1 || {
    cat "$folder/install.log"
    exit 1
}
install -m 0755 "$HERE/guest/drive.sh" "$HERE/guest/outside.py" "$root/opt/boot-test/"
install -m 0644 "$HERE/guest/drive.service" "$HERE/guest/outside.service" "$root/etc/systemd/system/"
chroot "$root" systemctl --quiet enable drive.service
chroot "$root" systemctl --quiet mask serial-getty@ttyS0.service
cp "$root"/boot/vmlinuz-* "$folder/kernel"
cp "$root"/boot/initrd.img-* "$folder/initrd"
mke2fs -q -F -t ext4 -d "$root" "$folder/disk" 1500M >/dev/null
rm -rf "$root"

: >"$folder/told"
timeout "$LIMIT" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 1024 -smp 2 -display none -monitor none \
    -no-reboot -nic none -kernel "$folder/kernel" -initrd "$folder/initrd" \
    -append "root=/dev/vda rw console=ttyS0 panic=-1 quiet" \
    -drive "file=$folder/disk,format=raw,if=virtio,cache=unsafe" \
    -serial "file:$folder/console" -serial "file:$folder/told" || echo "qemu ended with $?"
tr -d '\r' <"$folder/told"

count() { grep -c "^$1" "$folder/told" || true; }
printf '\n%s: %s passed, %s failed\n' "$SUITE" "$(count PASS)" "$(count FAIL)"
if ! grep -q '^### end' "$folder/told"; then
    echo "the guest did not come to its end; the last it said on its console:"
    tail -n 20 "$folder/console"
    exit 1
fi
[ "$(count FAIL)" = 0 ]
