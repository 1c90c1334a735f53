//! A mail server that follows a script: it answers each verb as told, and remembers what it heard.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// What the server does at a point of the conversation.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// Says this and a line end.
    Say(&'static str),
    /// Says these bytes again and again until the client has enough.
    Flood(&'static str),
    /// Says one line of five megabytes.
    LongLine,
    /// Says nothing more and keeps the connection open.
    Hang,
    /// Says this, then neither reads nor says anything more.
    Deaf(&'static str),
    /// Says this only after a while.
    Late(Duration, &'static str),
    /// Ends the connection.
    Cut,
    /// Says that TLS may begin, and begins it.
    StartTls,
    /// The same with more plain text behind it, as somebody on the way would add.
    StartTlsAndMore,
}

/// Acts by verb ("greeting", "EHLO", …, "." for the end of a message).
pub(super) type Script = HashMap<&'static str, Act>;

/// What all connections together brought.
#[derive(Debug, Default, Clone)]
pub(super) struct Heard {
    pub(super) connections: usize,
    pub(super) commands: Vec<String>,
    pub(super) messages: Vec<String>,
}

pub(super) struct Peer {
    pub(super) address: SocketAddr,
    /// The certificate authority that signed the server's certificate.
    pub(super) ca: String,
    heard: Arc<Mutex<Heard>>,
}

impl Peer {
    pub(super) async fn start(acts: &[(&'static str, Act)]) -> Self {
        Self::start_at(acts, false).await
    }

    /// A server that speaks TLS from the first byte where `wrapped`.
    pub(super) async fn start_at(acts: &[(&'static str, Act)], wrapped: bool) -> Self {
        let mut script = Script::from([
            ("greeting", Act::Say("220 peer")),
            ("EHLO", Act::Say("250-peer\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000")),
            ("AUTH", Act::Say("235 welcome")),
            ("DATA", Act::Say("354 go on")),
            (".", Act::Say("250 2.0.0 queued")),
            ("QUIT", Act::Say("221 bye")),
        ]);
        script.extend(acts.iter().copied());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, ca) = certificates();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let all = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                all.lock().unwrap().connections += 1;
                let server =
                    Server { script: script.clone(), heard: all.clone(), acceptor: acceptor.clone() };
                tokio::spawn(async move {
                    if wrapped {
                        if let Ok(stream) = server.acceptor.accept(stream).await {
                            server.serve(stream, true).await;
                        }
                    } else if let Some(stream) = server.serve(stream, true).await
                        && let Ok(stream) = server.acceptor.accept(stream).await
                    {
                        server.serve(stream, false).await;
                    }
                });
            }
        });
        Self { address, ca, heard }
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard.lock().unwrap().clone()
    }
}

struct Server {
    script: Script,
    heard: Arc<Mutex<Heard>>,
    acceptor: TlsAcceptor,
}

impl Server {
    /// Serves until the connection ends; gives it back where TLS is to begin.
    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, greet: bool) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if greet {
            self.act("greeting", &mut stream).await?;
        }
        loop {
            let line = read_line(&mut stream).await?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            self.heard.lock().unwrap().commands.push(line);
            if self.act(&verb, &mut stream).await? {
                return Some(stream.into_inner());
            }
            let data = matches!(self.script.get("DATA"), Some(Act::Say(text)) if text.starts_with("354"));
            if verb == "DATA" && data {
                let mut message = String::new();
                loop {
                    let line = read_line(&mut stream).await?;
                    if line == "." {
                        break;
                    }
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                    message.push_str("\r\n");
                }
                self.heard.lock().unwrap().messages.push(message);
                self.act(".", &mut stream).await?;
            }
        }
    }

    /// `None` where the connection ends, `true` where TLS begins.
    async fn act<S: AsyncRead + AsyncWrite + Unpin>(&self, verb: &str, stream: &mut S) -> Option<bool> {
        let act = self.script.get(verb).copied().unwrap_or(Act::Say("250 ok"));
        match act {
            Act::Say(text) => say(stream, format!("{text}\r\n").as_bytes()).await?,
            Act::Flood(text) => loop {
                say(stream, text.as_bytes()).await?;
            },
            Act::LongLine => say(stream, format!("250 {}\r\n", "a".repeat(5_000_000)).as_bytes()).await?,
            Act::Hang => {
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest).await;
                return None;
            }
            Act::Deaf(text) => {
                say(stream, format!("{text}\r\n").as_bytes()).await?;
                std::future::pending::<()>().await;
            }
            Act::Late(wait, text) => {
                tokio::time::sleep(wait).await;
                say(stream, format!("{text}\r\n").as_bytes()).await?;
            }
            Act::Cut => return None,
            Act::StartTls => {
                say(stream, b"220 begin\r\n").await?;
                return Some(true);
            }
            Act::StartTlsAndMore => {
                say(stream, b"220 begin\r\n250-peer\r\n250 AUTH PLAIN\r\n").await?;
                return Some(true);
            }
        }
        Some(false)
    }
}

async fn say<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> Option<()> {
    stream.write_all(bytes).await.ok()?;
    stream.flush().await.ok()
}

async fn read_line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0 && line.ends_with("\r\n")).then(|| line.trim_end_matches("\r\n").to_owned())
}

/// A server certificate for 127.0.0.1 and the authority that signed it, made for this test.
fn certificates() -> (TlsAcceptor, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let authority_certificate = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate =
        CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), authority_certificate.pem())
}
