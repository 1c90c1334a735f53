#!/bin/bash
# Runs in the guest, as a service: drives sanctionwatch.service and prints a line that begins with PASS or
# FAIL for each thing that it finds. Powers the guest off at the end.
set -u
export SYSTEMD_PAGER= SYSTEMD_COLORS=0 COLUMNS=200 LC_ALL=C.UTF-8

readonly UNIT=sanctionwatch.service CONFIG=/etc/sanctionwatch/sanctionwatch.toml OUTSIDE=/run/boot-test
readonly DROP_INS=/etc/systemd/system/$UNIT.d EXAMPLES=/usr/share/doc/sanctionwatch/examples
readonly PACKAGE=/opt/boot-test/sanctionwatch.deb PRIVATE=10.9.8.7

section() { printf '\n### %s (%s s after the start)\n' "$1" "$(cut -d. -f1 /proc/uptime)"; }

# expect WHAT COMMAND...: says whether the command succeeds.
expect() {
    local what=$1
    shift
    if "$@"; then echo "PASS $what"; else echo "FAIL $what"; fi
}

# within SECONDS COMMAND...: waits until the command succeeds.
within() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.2
    done
}

not() { ! "$@"; }
property() { systemctl show "$UNIT" --property "$1" --value; }
is() { [ "$(property "$1")" = "$2" ]; }
is_more() { [ "$(property "$1")" -gt "$2" ]; }
differs() { local now && now=$(property "$1") && [ "$now" != 0 ] && [ "$now" != "$2" ]; }
# To the end, so that no writer of a pipe is cut off.
logged() { journalctl --unit "$UNIT" --output cat --no-pager --since "@$since" | grep --count -- "$1" >/dev/null; }
mark() { sleep 1 && since=$(date +%s); }
mails() { cat "$OUTSIDE/mails" 2>/dev/null | wc -l; }
has_mails() { [ "$(mails)" -ge "$1" ]; }
has_begun() { [ "$(cat "$OUTSIDE/begun" 2>/dev/null | wc -l)" -gt "$1" ]; }
seconds() { printf '%s' $((SECONDS - begun)); }

# A source that tells one thing; the daemon meets it with the next start or reload.
source_with() {
    echo "$2" >"$OUTSIDE/feeds/$1"
    printf '\n[[source]]\nname = "%s"\nurl = "http://%s:8080/%s.xml"\nlang = "en"\n' \
        "$1" "${3:-127.0.0.1}" "$1" >>"$CONFIG"
}

drop_in() {
    mkdir -p "$DROP_INS"
    cat >"$DROP_INS/$1.conf"
    systemctl daemon-reload
}

without_drop_in() {
    rm -f "$DROP_INS/$1.conf"
    systemctl daemon-reload
}

since=0
section "the guest"
systemctl --version | head -n 1
uname -r
ip link set lo up
ip link add lan type dummy && ip address add "$PRIVATE/24" dev lan && ip link set lan up
systemctl start outside.service
mkdir -p "$OUTSIDE/feeds"

section "what the installation left"
expect "the service is enabled" systemctl --quiet is-enabled "$UNIT"
expect "it was started at the boot, with the shipped configuration" systemctl --quiet is-active "$UNIT"
systemctl stop "$UNIT"
expect "the shipped configuration checks" sanctionwatch check
expect "the user of the service reads it" runuser -u sanctionwatch -- sanctionwatch check
expect "nobody else does" not runuser -u nobody -- cat "$CONFIG"
rm -rf /var/lib/sanctionwatch/state

cat >"$CONFIG" <<'TOML'
state = "state/sanctionwatch.db"

[fetch]
interval = "1m"
timeout = "5s"
contact = "operator@example.org"
allow-addresses = ["127.0.0.0/8", "10.0.0.0/8"]

[[watch]]
name = "Iran, Belarus, Cuba"
countries = ["Iran", "Belarus", "Cuba", "Russia", "Venezuela", "Syria"]

[[subscriber]]
email = "desk@example.org"
watches = ["Iran, Belarus, Cuba"]
gather = "0s"
most-per-hour = 1000

[smtp]
host = "127.0.0.1"
port = 2525
security = "none"
from = "Sanctions watch <alerts@example.org>"
TOML
source_with roadmap "Iran and Belarus sign cooperation roadmap in Tehran"

section "start"
mark
begun=$SECONDS
expect "it starts and says READY" systemctl start "$UNIT"
echo "took $(seconds) s"
expect "it is active" systemctl --quiet is-active "$UNIT"
systemctl status "$UNIT" --no-pager --full --lines 3
expect "its status says how things stand" within 90 eval '[[ $(property StatusText) == "1 of 1 sources healthy"* ]]'
property StatusText
expect "the story stands in the journal, found by its country" \
    within 30 eval 'journalctl SANCTIONWATCH_COUNTRY=IR --output cat --no-pager | grep -q roadmap'
journalctl SANCTIONWATCH_COUNTRY=IR --output verbose --no-pager --lines 1 | grep -E 'MESSAGE|SANCTIONWATCH|PRIORITY'
expect "the story is found by action and kind" \
    eval 'journalctl SANCTIONWATCH_KIND=alliance SANCTIONWATCH_ACTION=sign --output cat --no-pager | grep -q roadmap'
expect "its mail went out" within 30 has_mails 1
expect "the service's user meets its state" \
    eval 'runuser -u sanctionwatch -- sanctionwatch deliveries | grep -q sent'
expect "nobody else reads its state" not runuser -u nobody -- ls /var/lib/sanctionwatch
systemctl show "$UNIT" --property MemoryCurrent,MemoryPeak,TasksCurrent,CPUUsageNSec

section "exposure"
systemd-analyze security --no-pager "$UNIT" | tail -n 1
expect "its exposure is 1.1 at most" eval 'systemd-analyze security --no-pager --threshold=11 "$UNIT" >/dev/null'

section "reload"
mark
process=$(property MainPID)
source_with cuba "United States imposes new sanctions on Cuba over crackdown"
begun=$SECONDS
expect "a good reload succeeds" systemctl reload "$UNIT"
echo "took $(seconds) s"
expect "the process is the same" is MainPID "$process"
expect "the new source is read, and its story mailed" within 30 has_mails 2
cp "$CONFIG" "$OUTSIDE/good.toml"
echo 'colour = "red"' >>"$CONFIG"
expect "a reload of a wrong file fails" not systemctl reload "$UNIT"
expect "it is active all the same" systemctl --quiet is-active "$UNIT"
expect "the process is still the same" is MainPID "$process"
expect "the journal says where the file is wrong" within 10 logged "colour"
expect "an upgrade over a wrong file leaves the daemon running" \
    eval 'dpkg --install --force-confold "$PACKAGE" >/dev/null && is MainPID "$process"'

section "exit code 78"
systemctl restart "$UNIT"
expect "a restart with a wrong file fails and is not tried again" \
    within 20 eval 'is ActiveState failed && is NRestarts 0 && is ExecMainStatus 78'
sleep 20
expect "it stays down" eval 'is ActiveState failed && is NRestarts 0'
systemctl status "$UNIT" --no-pager --lines 6
cp "$OUTSIDE/good.toml" "$CONFIG"
systemctl reset-failed "$UNIT"
expect "with the file mended it starts" systemctl start "$UNIT"

section "watchdog"
drop_in watchdog <<<$'[Service]\nWatchdogSec=10s'
systemctl restart "$UNIT"
process=$(property MainPID)
sleep 15
expect "with a watchdog of ten seconds it lives on" is MainPID "$process"
mark
begun=$SECONDS
kill -STOP "$process"
expect "a process that hangs is ended and started again" \
    within 90 eval 'differs MainPID "$process" && is ActiveState active'
echo "back after $(seconds) s"
expect "it was the watchdog" logged "Watchdog timeout"
without_drop_in watchdog

section "killed"
systemctl restart "$UNIT"
process=$(property MainPID)
before=$(mails)
begun=$SECONDS
kill -KILL "$process"
expect "a process that is killed is started again" \
    within 60 eval 'differs MainPID "$process" && is ActiveState active'
echo "back after $(seconds) s"
sleep 3
expect "nothing is said twice" [ "$(mails)" = "$before" ]

section "out of memory"
mark
restarts=$(property NRestarts)
drop_in memory <<<$'[Service]\nMemoryHigh=infinity\nMemoryMax=10M'
systemctl restart --no-block "$UNIT"
expect "who exceeds the memory is ended as a whole" within 60 logged "oom-kill"
expect "it is started again" within 60 is_more NRestarts 0
without_drop_in memory
expect "with enough memory it comes back by itself" within 60 is ActiveState active

section "a credential that is missing"
cp "$EXAMPLES/credentials.conf" "$DROP_INS/credentials.conf"
systemctl daemon-reload
expect "without the file the service does not start" not systemctl restart "$UNIT"
systemctl status "$UNIT" --no-pager --lines 4
expect "its status says why" \
    eval 'systemctl status "$UNIT" --no-pager --lines 20 | grep -qi "credential"'
expect "it is not tried again, and monitors see it" is ActiveState failed
systemctl stop "$UNIT"
install -D -m 0600 <(printf 'correct horse\n') /etc/sanctionwatch/credentials/smtp-password
sed -i 's/^security = "none"/&\nuser = "alerts"\npassword-credential = "smtp-password"/' "$CONFIG"
source_with venezuela "European Union lifts sanctions on Venezuela officials"
systemctl reset-failed "$UNIT"
expect "with the file it starts" systemctl start "$UNIT"
expect "it logs in with the credential" within 30 grep -q 'correct horse' "$OUTSIDE/mails"
expect "nobody sees the password" not eval 'journalctl --no-pager | grep -q "correct horse"'

section "stop in the middle of a mail"
before=$(mails)
begun_before=$(wc -l <"$OUTSIDE/begun")
echo 5 >"$OUTSIDE/delay"
source_with syria "Switzerland tightens sanctions against Syria"
systemctl reload "$UNIT"
expect "a mail is under way" within 30 has_begun "$begun_before"
begun=$SECONDS
systemctl stop "$UNIT"
echo "took $(seconds) s"
expect "the stop waited for the server's answer" [ "$(mails)" = $((before + 1)) ]
expect "it ended well" is Result success
systemctl start "$UNIT"
sleep 8
expect "the mail is not sent again" [ "$(mails)" = $((before + 1)) ]

echo 30 >"$OUTSIDE/delay"
begun_before=$(wc -l <"$OUTSIDE/begun")
source_with russia "Japan imposes sanctions on Russia over weapons"
systemctl reload "$UNIT"
expect "another mail is under way" within 30 has_begun "$begun_before"
begun=$SECONDS
systemctl stop "$UNIT"
took=$(seconds)
echo "took $took s"
expect "with a server that does not answer the stop takes ten seconds at most" [ "$took" -le 10 ]
expect "the mail is in doubt" eval 'runuser -u sanctionwatch -- sanctionwatch deliveries | grep -q in-doubt'
echo 0 >"$OUTSIDE/delay"
systemctl start "$UNIT"
expect "it is sent again, under the same Message-ID" \
    within 60 eval '[ "$(tail -n 2 "$OUTSIDE/begun" | sort -u | wc -l)" = 1 ] && has_mails $((before + 2))'

section "private addresses"
without_drop_in credentials
sed -i '/^user = "alerts"/d; /^password-credential/d' "$CONFIG"
source_with lan "Iran and Cuba sign agreement on trade" "$PRIVATE"
systemctl restart "$UNIT"
expect "without the drop-in a source in the private network is read" within 30 eval \
    'journalctl SANCTIONWATCH_COUNTRY=CU --output cat --no-pager | grep -q "agreement on trade"'
cp "$EXAMPLES/private-ranges.conf" "$DROP_INS/private-ranges.conf"
systemctl daemon-reload
source_with lan-again "Iran and Syria sign agreement on defence" "$PRIVATE"
source_with loopback "Belarus and Cuba sign agreement on medicine"
systemctl restart "$UNIT"
expect "with it, loopback is read" within 60 eval \
    'journalctl SANCTIONWATCH_COUNTRY=BY --output cat --no-pager | grep -q "agreement on medicine"'
expect "with it, the private network is not" within 60 eval \
    'runuser -u sanctionwatch -- sanctionwatch sources | grep -q "✗ lan-again"'
runuser -u sanctionwatch -- sanctionwatch sources
expect "its story is not told" not eval 'journalctl --output cat --no-pager | grep -q "agreement on defence"'
without_drop_in private-ranges

section "an allow-list"
cp "$EXAMPLES/allow-list.conf" "$DROP_INS/allow-list.conf"
systemctl daemon-reload
expect "it starts with the allow-list" systemctl restart "$UNIT"
systemd-analyze security --no-pager "$UNIT" | tail -n 1
expect "its exposure is 1.0 at most" eval 'systemd-analyze security --no-pager --threshold=10 "$UNIT" >/dev/null'
source_with listed "Iran and Venezuela sign agreement on oil"
systemctl reload "$UNIT"
expect "what is listed is reached" within 30 eval \
    'journalctl SANCTIONWATCH_COUNTRY=VE --output cat --no-pager | grep -q "agreement on oil"'
without_drop_in allow-list
systemctl restart "$UNIT"

section "a root of its own"
mkdir /var/lib/sanctionwatch-root
cp "$EXAMPLES/root-directory.conf" "$DROP_INS/root-directory.conf"
systemctl daemon-reload
expect "it starts with a root of its own" systemctl restart "$UNIT"
expect "the exposure of that is 1.0 at most" \
    eval 'systemd-analyze security --no-pager --threshold=10 "$UNIT" >/dev/null'
expect "it sees nothing of the machine" [ ! -e "/proc/$(property MainPID)/root/opt" ]
before=$(mails)
source_with rooted "Russia and Venezuela sign agreement on ports"
expect "it reads its configuration again there" systemctl reload "$UNIT"
expect "mail goes out from there" within 30 has_mails $((before + 1))
expect "so do stories to the journal" within 30 eval \
    'journalctl SANCTIONWATCH_COUNTRY=VE --output cat --no-pager | grep -q "agreement on ports"'
without_drop_in root-directory
systemctl restart "$UNIT"

section "without a journal"
before=$(mails)
process=$(property MainPID)
systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket \
    systemd-journald.service 2>/dev/null
source_with silent "Canada lifts sanctions on Belarus potash"
systemctl reload "$UNIT"
expect "mail goes out without a journal" within 30 has_mails $((before + 1))
expect "the daemon is the same" is MainPID "$process"
systemctl start systemd-journald.socket systemd-journald-dev-log.socket systemd-journald.service
expect "the journal gets its stories when it is back" within 60 eval \
    'journalctl SANCTIONWATCH_COUNTRY=BY --output cat --no-pager | grep -q potash'

section "upgrade and removal"
process=$(property MainPID)
expect "an upgrade succeeds" eval 'dpkg --install --force-confold "$PACKAGE" >/dev/null'
expect "it restarts the daemon" eval 'differs MainPID "$process" && is ActiveState active'
expect "it keeps the state" eval 'runuser -u sanctionwatch -- sanctionwatch deliveries | grep -q sent'
systemctl stop "$UNIT"
expect "the daemon ends well" is Result success
systemctl start "$UNIT"
expect "it can be removed" eval 'dpkg --remove sanctionwatch >/dev/null'
expect "the removal ended the daemon" not systemctl --quiet is-active "$UNIT"
expect "the state is still there" [ -s /var/lib/sanctionwatch/state/sanctionwatch.db ]
expect "it can be purged" eval 'dpkg --purge sanctionwatch >/dev/null'
expect "the state is gone then" [ ! -e /var/lib/sanctionwatch ]

section "what the journal has of warnings"
journalctl --unit "$UNIT" --priority warning --no-pager --output cat | cut -c 1-200 | sort | uniq --count
expect "nothing panicked" not eval 'journalctl --unit "$UNIT" --output cat --no-pager | grep -q panicked'
echo "### end"
sync
systemctl poweroff
