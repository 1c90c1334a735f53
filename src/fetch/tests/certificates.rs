//! A server that cannot prove who it is is not read, and not asked in clear text instead.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

/// What is wrong with a certificate.
enum Fault {
    Nothing,
    OtherHost,
    Expired,
    UnknownAuthority,
}

/// A server for `localhost` whose certificate has a fault, and the file of the authority that is trusted.
async fn server_with(fault: Fault, folder: &TempDir) -> (SocketAddr, PathBuf) {
    let host = if matches!(fault, Fault::OtherHost) { "other.example" } else { "localhost" };
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    if matches!(fault, Fault::Expired) {
        (params.not_before, params.not_after) =
            (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
    }
    let authority = || {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        (params.self_signed(&key).unwrap().pem(), Issuer::new(params, key))
    };
    let ((trusted, issuer), (_, unknown)) = (authority(), authority());
    let issuer = if matches!(fault, Fault::UnknownAuthority) { unknown } else { issuer };
    let key = KeyPair::generate().unwrap();
    let chain = vec![params.signed_by(&key, &issuer).unwrap().der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = server(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            // Who does not trust it hangs up in the middle.
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let _asked = stream.read(&mut [0; 4096]).await;
            let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<x/>").await;
            let _rest = stream.shutdown().await;
        }
    })
    .await;
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, trusted).unwrap();
    (address, file)
}

async fn asked(fault: Fault) -> Result<Fetched, FetchError> {
    let folder = tempfile::tempdir().unwrap();
    let (address, authority) = server_with(fault, &folder).await;
    let fetcher = Fetcher::new(&FetchSettings { ca_file: Some(authority), ..settings() }).unwrap();
    let url = Url::parse(&format!("https://localhost:{}/", address.port())).unwrap();
    fetcher.get(&source(&["127.0.0.0/8"]), &SourceForm::Feed, &url, &Validators::default(), now()).await
}

#[tokio::test]
async fn a_server_that_proves_who_it_is_is_read() {
    let found = asked(Fault::Nothing).await;
    assert!(matches!(found, Ok(Fetched::Body(_))), "{found:?}");
}

#[rstest]
#[case::other_host(Fault::OtherHost)]
#[case::expired(Fault::Expired)]
#[case::unknown_authority(Fault::UnknownAuthority)]
#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_is_not_read(#[case] fault: Fault) {
    let error = net(asked(fault).await);
    assert!(matches!(error, NetError::Tls { .. }), "{error:?}");
}
