//! From a server's name to an encrypted connection: TCP, STARTTLS, TLS.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use super::dns::NameServers;
use super::locate::{self, Plan};
use super::race::race;
use super::srv::Target;
use super::tls::{self, Tls};
use super::transport::Connection;
use crate::ns;
use crate::session::{ProtocolError, Security, ServerLocation, SessionConfig, SessionError};
use crate::xml::{Incoming, Input, InputError, Limits, element, encoded, stream_header};

/// The first of the account's servers that answers, encrypted.
pub(crate) async fn connect(
    config: &SessionConfig,
    names: &NameServers,
    tls: &Tls,
) -> Result<Connection, SessionError> {
    let domain = config.address.domain().as_str();
    let plan = match &config.server {
        ServerLocation::Discover => locate::discover(domain, names, &config.timing).await?,
        ServerLocation::Explicit { host, port, security } => Plan {
            targets: vec![Target {
                host: host.clone(),
                port: *port,
                security: *security,
            }],
            unresolved: SessionError::ServerNotFound,
        },
    };
    race(&plan, names, &config.timing, |stream, security| {
        secure(stream, security, domain, tls)
    })
    .await
}

async fn secure(stream: TcpStream, security: Security, domain: &str, tls: &Tls) -> Result<Connection, SessionError> {
    // Stanzas are small and somebody waits for each.
    let _ = stream.set_nodelay(true);
    let mut stream = Prompt(stream);
    if security == Security::StartTls {
        start_tls(&mut stream, domain).await?;
    }
    let stream = tls.secure(stream, security).await?;
    Ok(Connection {
        exporter: tls::exporter(&stream),
        secured: tls::secured(&stream, security),
        io: Box::new(stream),
    })
}

/// Agrees on TLS (RFC 6120 section 5.4). Nothing but that is said in the clear.
async fn start_tls<S: AsyncRead + AsyncWrite + Unpin>(io: &mut S, domain: &str) -> Result<(), SessionError> {
    // Before TLS everybody on the way can write here: what it takes to agree is small.
    let mut input = Input::new(Limits {
        bytes: 64 << 10,
        message: 64 << 10,
        depth: 16,
        nodes: 1000,
        token: 64 << 10,
    });
    write(io, &stream_header(domain)).await?;
    match next(&mut input, io).await? {
        Incoming::Header(_) => {}
        _ => return Err(SessionError::Protocol(ProtocolError::Header)),
    }
    let Incoming::Element(features) = next(&mut input, io).await? else {
        return Err(SessionError::Protocol(ProtocolError::Unexpected));
    };
    if features.is("error", ns::STREAM) {
        return Err(crate::session::stream_error(&features));
    }
    if !features.is("features", ns::STREAM) {
        return Err(SessionError::Protocol(ProtocolError::Unexpected));
    }
    if !features.has_child("starttls", ns::TLS) {
        return Err(SessionError::NoTls);
    }
    write(io, &encoded(&element("starttls", ns::TLS))).await?;
    match next(&mut input, io).await? {
        Incoming::Element(answer) if answer.is("proceed", ns::TLS) => {}
        Incoming::Element(answer) if answer.is("failure", ns::TLS) => return Err(SessionError::NoTls),
        _ => return Err(SessionError::Protocol(ProtocolError::Unexpected)),
    }
    // Whatever was sent along with the agreement was sent in the clear and would be taken for part of the secured
    // stream.
    if input.has_rest() {
        Err(SessionError::Protocol(ProtocolError::Injected))
    } else {
        Ok(())
    }
}

async fn write<S: AsyncWrite + Unpin>(io: &mut S, bytes: &[u8]) -> Result<(), SessionError> {
    let written = async {
        io.write_all(bytes).await?;
        io.flush().await
    };
    written.await.map_err(|_| SessionError::Unreachable)
}

async fn next<S: AsyncRead + Unpin>(input: &mut Input, io: &mut S) -> Result<Incoming, SessionError> {
    input.next(io).await.map_err(|error| match error {
        InputError::Closed | InputError::Io(_) => SessionError::Unreachable,
        InputError::Read(_) => SessionError::Protocol(ProtocolError::Xml),
    })
}

/// TCP that acknowledges at once. A server that waits for the acknowledgement of one packet before it sends the next
/// (Nagle's algorithm, Prosody's default) would otherwise wait about 40 ms for each page of an archive.
struct Prompt(TcpStream);

impl AsyncRead for Prompt {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.0).poll_read(cx, buf);
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if polled.is_ready() {
            // The system forgets the wish after a while, so it is said after each read. Failing changes only the speed.
            let _ = socket2::SockRef::from(&self.0).set_tcp_quickack(true);
        }
        polled
    }
}

impl AsyncWrite for Prompt {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }
}
