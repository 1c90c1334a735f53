#!/usr/bin/env bash
# A real Postfix (submission: STARTTLS and a login) and a real Dovecot (logins, LMTP, IMAP over TLS)
# on 127.0.0.1, without systemd, all of it in one folder, any number of them beside each other.
#
#   real-mta.sh start FOLDER [SMTP-PORT IMAP-PORT]   prints what a client needs, as NAME=VALUE
#   real-mta.sh stop FOLDER                          ends what `start` started, and nothing else
#   real-mta.sh close-mailboxes FOLDER               ends LMTP and IMAP; Postfix goes on taking mail
#   real-mta.sh open-mailboxes FOLDER
#   real-mta.sh flush FOLDER                         Postfix tries at once what it has deferred
#   real-mta.sh drain FOLDER                         waits until nothing is left in Postfix's queue
#
# Mailboxes of example.org: alerts (who may send), desk and second. FOLDER's parents must be open to
# other users, as Postfix and Dovecot give up root. Exit code 77: what it needs is not here.
set -euo pipefail
exec </dev/null
PATH=$PATH:/usr/sbin:/sbin

readonly ALERTS=alerts@example.org USERS="alerts@example.org desk@example.org second@example.org"
# Owner of the mailboxes; Debian and its like have it.
readonly OWNER=mail

usage() {
    sed -n 's/^#   //p' "$0" >&2
    exit 64
}

skip() {
    echo "skipped: $*" >&2
    exit 77
}

require_what_it_needs() {
    local program
    for program in postfix postqueue dovecot doveconf openssl; do
        command -v "$program" >/dev/null || skip "no $program here (install postfix, dovecot-imapd, dovecot-lmtpd)"
    done
    [ "$(id -u)" = 0 ] || skip "Postfix and Dovecot have to be started as root"
    id "$OWNER" >/dev/null 2>&1 || skip "no user $OWNER here, to own the mailboxes"
    case $(dovecot --version) in
    2.3.*) ;;
    *) skip "the configuration is written for Dovecot 2.3, and this is $(dovecot --version)" ;;
    esac
    for program in imap lmtp; do
        [ -x "$(doveconf -d -h libexec_dir)/$program" ] || skip "no dovecot-${program}d here"
    done
}

free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        listens "$port" || break
    done
    echo "$port"
}

listens() {
    (: >"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Runs a command again and again until it succeeds; fails after a minute.
until_true() {
    local deadline=$((SECONDS + 60))
    until "$@"; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.05
    done
}

# The process of a pid file, if it still runs and works in our folder: a number may be anyone's by now.
ours() {
    local pid
    pid=$(tr -d ' ' 2>/dev/null <"$1") && [ -n "$pid" ] || return 1
    case $(readlink "/proc/$pid/cwd") in
    "$folder"/*) echo "$pid" ;;
    *) return 1 ;;
    esac
}

end() {
    local pid
    pid=$(ours "$1") || return 0
    kill "$pid"
    until_true gone "$pid" || kill -KILL "$pid"
}

gone() {
    [ ! -e "/proc/$1" ] || grep -qs '^State:[[:space:]]Z' "/proc/$1/status"
}

make_certificates() {
    local tls=$folder/tls key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    mkdir "$tls"
    echo "subjectAltName=DNS:localhost,IP:127.0.0.1" >"$tls/names"
    # shellcheck disable=SC2086 # several words
    {
        openssl req -x509 $key -days 2 -subj "/CN=authority of $name" -keyout "$tls/ca.key" -out "$tls/ca.pem"
        openssl req $key -subj /CN=localhost -keyout "$tls/key.pem" -out "$tls/request.pem"
        openssl x509 -req -in "$tls/request.pem" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 2 \
            -extfile "$tls/names" -out "$tls/cert.pem"
    } 2>"$tls/log"
}

# Two Dovecots, so that the mailboxes can be away while logins work: `logins` for Postfix, `mailboxes`.
configure_dovecot() {
    local user part
    : >"$folder/users"
    for user in $USERS; do
        echo "$user:{PLAIN}$password::::::" >>"$folder/users"
    done
    chown root:dovecot "$folder/users"
    chmod 640 "$folder/users"
    install -d -o "$OWNER" -g "$OWNER" -m 700 "$folder/mail"
    for part in logins mailboxes; do
        mkdir "$folder/$part"
        cat >"$folder/$part.conf" <<CONF
base_dir = $folder/$part
state_dir = $folder/$part
instance_name = $name-$part
log_path = $folder/$part.log
listen = 127.0.0.1
auth_mechanisms = plain
# Whoever fails to log in waits, and so do later ones from the same address: not here.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = passwd-file
  args = username_format=%u $folder/users
}
userdb {
  driver = static
  args = uid=$OWNER gid=$OWNER home=$folder/mail/%u
}
CONF
    done
    cat >>"$folder/logins.conf" <<CONF
protocols = none
ssl = no
service auth {
  unix_listener $folder/queue/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
CONF
    cat >>"$folder/mailboxes.conf" <<CONF
protocols = imap lmtp
mail_location = maildir:~/Maildir
first_valid_uid = 1
ssl = required
ssl_cert = <$folder/tls/cert.pem
ssl_key = <$folder/tls/key.pem
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = $imap_port
  }
}
service lmtp {
  unix_listener $folder/queue/private/mailboxes {
    mode = 0660
    user = postfix
    group = postfix
  }
}
CONF
}

configure_postfix() {
    mkdir "$folder/postfix" "$folder/queue"
    install -d -o postfix -m 700 "$folder/data" "$folder/queue/private"
    cat >"$folder/postfix/master.cf" <<CONF
127.0.0.1:$smtp_port inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
CONF
    cat >"$folder/postfix/main.cf" <<CONF
compatibility_level = 3.6
syslog_name = $name
queue_directory = $folder/queue
data_directory = $folder/data
maillog_file = $folder/mail.log
maillog_file_prefixes = $folder
myhostname = mail.example.org
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
disable_dns_lookups = yes
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_maps = inline:{ $(for user in $USERS; do printf '%s=ok, ' "$user"; done)}
virtual_transport = lmtp:unix:private/mailboxes
default_transport = error:there is no outside world here
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_cert_file = $folder/tls/cert.pem
smtpd_tls_key_file = $folder/tls/key.pem
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_sender_login_maps = inline:{ $ALERTS=$ALERTS }
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_relay_restrictions = permit_sasl_authenticated, reject
CONF
}

# What they say goes to a file: a daemon that keeps a pipe open keeps its reader waiting.
run() {
    "$@" >>"$folder/start.log" 2>&1 || give_up "$* failed"
}

give_up() {
    echo "$*" >&2
    tail -n 20 "$folder"/*.log >&2
    exit 1
}

start() {
    require_what_it_needs
    mkdir -p "$folder"
    [ -z "$(ls -A "$folder")" ] || give_up "$folder is not empty"
    # A temporary folder is closed to others.
    chmod 755 "$folder"
    make_certificates || give_up "no certificates could be made: $(cat "$folder/tls/log")"
    configure_postfix
    configure_dovecot
    cat >"$folder/env" <<ENV
SMTP_PORT=$smtp_port
IMAP_PORT=$imap_port
CA_FILE=$folder/tls/ca.pem
SMTP_USER=$ALERTS
PASSWORD=$password
ENV
    trap stop EXIT
    run dovecot -c "$folder/logins.conf"
    open_mailboxes
    run postfix -c "$folder/postfix" start
    until_true listens "$smtp_port" || give_up "Postfix does not listen on port $smtp_port"
    trap - EXIT
    cat "$folder/env"
}

stop() {
    end "$folder/queue/pid/master.pid"
    end "$folder/mailboxes/master.pid"
    end "$folder/logins/master.pid"
}

open_mailboxes() {
    run dovecot -c "$folder/mailboxes.conf"
    until_true listens "$(sed -n 's/^IMAP_PORT=//p' "$folder/env")" || give_up "Dovecot does not listen"
}

queue() {
    postqueue -c "$folder/postfix" -j || echo "not to be seen"
}

# Looked at twice: what moves from one part of the queue to another meanwhile can be missed once.
queue_is_empty() {
    [ -z "$(queue)" ] && [ -z "$(queue)" ]
}

[ $# -ge 2 ] || usage
folder=$(realpath -m "$2")
case $1 in
start)
    smtp_port=${3:-$(free_port)} imap_port=${4:-$(free_port)}
    name=mta-$smtp_port password=$(openssl rand -hex 12) || skip "no openssl here"
    start
    ;;
stop) stop ;;
close-mailboxes) end "$folder/mailboxes/master.pid" ;;
open-mailboxes) open_mailboxes ;;
flush) postqueue -c "$folder/postfix" -f ;;
drain) until_true queue_is_empty || give_up "the queue does not empty: $(queue)" ;;
*) usage ;;
esac
