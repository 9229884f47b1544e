//! A certificate authority of one test's own, and the server certificate it signs.
//!
//! Each server gets a fresh authority, so that a client which trusts one test server trusts no other, and "unknown
//! issuer" can be tested by leaving the authority out.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{Datelike, TimeDelta, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// Why certificates could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Key or certificate generation was refused, for example for an invalid name.
    #[error("certificate generation failed: {0}")]
    Generation(#[from] rcgen::Error),
    /// A file could not be written.
    #[error("certificate files could not be written: {0}")]
    Io(#[from] std::io::Error),
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CertificateKind {
    /// Nothing.
    #[default]
    Good,
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// It is for `other.example` alone.
    OtherName,
    /// The server signed it itself; the authority has nothing to do with it.
    SelfSigned,
}

/// The files of an authority and of one server certificate.
#[derive(Debug, Clone)]
pub struct Certificates {
    /// The authority's certificate (PEM): what a client must trust.
    pub authority: PathBuf,
    /// The server's certificate chain (PEM).
    pub chain: PathBuf,
    /// The server's private key (PEM, PKCS#8).
    pub key: PathBuf,
    /// Chain and key in one file, as ejabberd wants them.
    pub combined: PathBuf,
    /// The authority's certificate in DER.
    pub authority_der: Vec<u8>,
}

impl Certificates {
    /// Makes an authority and a certificate for `names` (DNS names or IP addresses) and writes them to `folder`.
    ///
    /// # Errors
    /// [`CertificateError`] if a name is not valid in a certificate or `folder` can't be written.
    pub fn create(folder: &Path, names: &[String], kind: CertificateKind) -> Result<Self, CertificateError> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        authority
            .distinguished_name
            .push(DnType::CommonName, "Wardline test authority");
        valid(&mut authority, USUAL_DAYS);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

        let names = match kind {
            CertificateKind::OtherName => vec!["other.example".to_owned()],
            _ => names.to_vec(),
        };
        let mut server = CertificateParams::new(names.clone())?;
        server
            .distinguished_name
            .push(DnType::CommonName, names.first().map_or("server", String::as_str));
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        valid(
            &mut server,
            match kind {
                CertificateKind::Expired => (-30, -2),
                CertificateKind::NotYetValid => (2, 30),
                _ => USUAL_DAYS,
            },
        );
        server.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = match kind {
            CertificateKind::SelfSigned => server.self_signed(&key)?,
            _ => server.signed_by(&key, &authority)?,
        };

        let files = Self {
            authority: folder.join("authority.pem"),
            chain: folder.join("server.crt"),
            key: folder.join("server.key"),
            combined: folder.join("server.pem"),
            authority_der: authority.der().to_vec(),
        };
        fs::create_dir_all(folder)?;
        fs::write(&files.authority, authority.pem())?;
        fs::write(&files.chain, certificate.pem())?;
        fs::write(&files.key, key.serialize_pem())?;
        fs::write(&files.combined, format!("{}{}", certificate.pem(), key.serialize_pem()))?;
        Ok(files)
    }
}

/// From yesterday for a year, counted from today. The generator's own default ends in the year 4096, which overflows
/// ejabberd's timers (it then serves no certificate at all) and is longer than Apple's verifier takes.
const USUAL_DAYS: (i64, i64) = (-1, 365);

fn valid(certificate: &mut CertificateParams, (first, last): (i64, i64)) {
    let date = |days: i64| {
        let day = Utc::now() + TimeDelta::days(days);
        let small = |number: u32| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(day.year(), small(day.month()), small(day.day()))
    };
    certificate.not_before = date(first);
    certificate.not_after = date(last);
}
