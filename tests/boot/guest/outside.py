"""What the daemon meets outside: feeds over HTTP and a mail server, on every address of the guest.

FOLDER/feeds/NAME holds a headline; it is served as the feed /NAME.xml. FOLDER/delay holds how many seconds the mail
server thinks over a message before it takes it. What it took stands in FOLDER/mails, a line each: the Message-ID and
the password of the login. Only a few modules of Python, so that python3-minimal will do.
"""

import base64
import os
import re
import socket
import sys
import threading
import time

FOLDER = sys.argv[1]
HTTP_PORT, SMTP_PORT = 8080, 2525


def read(name, otherwise=""):
    try:
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return otherwise


def note(name, line):
    with open(os.path.join(FOLDER, name), "a", encoding="utf-8") as file:
        file.write(line + "\n")


def feed(name):
    headline = read(os.path.join("feeds", name))
    if not headline:
        return None
    changed = os.stat(os.path.join(FOLDER, "feeds", name)).st_mtime
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(changed))
    return (
        f'<rss version="2.0"><channel><title>{name}</title><link>http://127.0.0.1/</link><description/>'
        f"<item><title>{headline}</title><link>http://127.0.0.1/{name}/1</link><guid>{name}-1</guid>"
        f"<pubDate>{date}</pubDate></item></channel></rss>"
    )


def answer_http(connection, lines):
    request = lines.readline().decode("latin-1")
    while lines.readline().strip():
        pass
    asked = re.match(r"GET /([a-z0-9-]+)\.xml ", request)
    body = feed(asked.group(1)) if asked else None
    status = "200 OK" if body else "404 Not Found"
    body = (body or "nothing here").encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
    connection.sendall(head.encode() + b"Connection: close\r\n\r\n" + body)


def answer_smtp(connection, lines):
    def say(line):
        connection.sendall(line.encode() + b"\r\n")

    password = "-"
    say("220 guest")
    while line := lines.readline().decode("latin-1"):
        words = line.split()
        verb = words[0].upper() if words else ""
        if verb == "EHLO":
            say("250-guest\r\n250-8BITMIME\r\n250 AUTH PLAIN")
        elif verb == "AUTH":
            password = base64.b64decode(words[2]).split(b"\0")[2].decode()
            say("235 welcome")
        elif verb == "DATA":
            say("354 go on")
            message = ""
            while (part := lines.readline().decode("utf-8")) not in (".\r\n", ""):
                message += part
            identity = re.search(r"(?im)^message-id:\s*(\S+)", message)
            note("begun", identity.group(1))
            time.sleep(float(read("delay", "0") or "0"))
            note("mails", f"{identity.group(1)} {password}")
            say("250 kept")
        elif verb == "QUIT":
            say("221 bye")
            return
        else:
            say("250 fine")


def serve(port, answer):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(50)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=talk, args=(connection, answer), daemon=True).start()


def talk(connection, answer):
    try:
        with connection, connection.makefile("rb") as lines:
            answer(connection, lines)
    except OSError:
        # Whoever hangs up in the middle is what some of the checks are about.
        pass


threading.Thread(target=serve, args=(HTTP_PORT, answer_http), daemon=True).start()
serve(SMTP_PORT, answer_smtp)
