//! A stream during negotiation: one request, one answer.

use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use xmpp_parsers::minidom::Element;

use super::error::{Loss, ProtocolError, SessionError};
use super::stanza::stream_error;
use crate::net::{Connection, Io};
use crate::ns;
use crate::xml::{Incoming, Input, InputError, Limits, encoded, stream_header};

/// Elements that may come before a session begins. A dozen is usual; some servers deliver a few stanzas early.
const MOST_ELEMENTS: usize = 256;
/// Bytes that may come before a session begins.
const MOST_BYTES: u64 = 2 << 20;

/// An encrypted connection with a stream on it.
pub(super) struct Wire {
    pub(super) input: Input,
    pub(super) reading: ReadHalf<Box<dyn Io>>,
    pub(super) writing: WriteHalf<Box<dyn Io>>,
    elements: usize,
    /// Bytes that had come when counting began.
    before: u64,
}

impl Wire {
    pub(super) fn new(connection: Connection) -> Self {
        let (reading, writing) = tokio::io::split(connection.io);
        Self {
            input: Input::new(Limits::BEFORE_SIGN_IN),
            reading,
            writing,
            elements: 0,
            before: 0,
        }
    }

    /// Counts anew.
    #[cfg(test)]
    pub(super) fn count_anew(&mut self) {
        self.elements = 0;
        self.before = self.input.taken();
    }

    /// Opens a stream, or opens it anew, and waits for its features.
    pub(super) async fn open(&mut self, domain: &str, limits: Limits) -> Result<Element, SessionError> {
        self.input.restart(limits);
        self.write(&stream_header(domain)).await?;
        match self.incoming().await? {
            Incoming::Header(_) => {}
            _ => return Err(SessionError::Protocol(ProtocolError::Header)),
        }
        let features = self.element().await?;
        if features.is("features", ns::STREAM) {
            Ok(features)
        } else {
            Err(SessionError::Protocol(ProtocolError::Unexpected))
        }
    }

    /// Sends an element.
    pub(super) async fn send(&mut self, element: &Element) -> Result<(), SessionError> {
        self.write(&encoded(element)).await
    }

    /// The next element. A stream error, or the stream's end, is an error.
    pub(super) async fn element(&mut self) -> Result<Element, SessionError> {
        loop {
            let incoming = self.incoming().await?;
            self.elements += 1;
            if self.elements > MOST_ELEMENTS || self.input.taken() - self.before > MOST_BYTES {
                return Err(SessionError::Protocol(ProtocolError::Flood));
            }
            match incoming {
                Incoming::Element(element) if element.is("error", ns::STREAM) => return Err(stream_error(&element)),
                Incoming::Element(element) => return Ok(element),
                // No element of the negotiation is so large.
                Incoming::Bad(_) => {}
                Incoming::Header(_) => return Err(SessionError::Protocol(ProtocolError::Header)),
                Incoming::End => return Err(SessionError::Lost(Loss::Closed)),
            }
        }
    }

    async fn incoming(&mut self) -> Result<Incoming, SessionError> {
        self.input.next(&mut self.reading).await.map_err(lost)
    }

    /// Sends bytes as they stand.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        let written = async {
            self.writing.write_all(bytes).await?;
            self.writing.flush().await
        };
        written.await.map_err(|_| SessionError::Lost(Loss::Network))
    }
}

/// The session error for the end of input.
pub(super) fn lost(error: InputError) -> SessionError {
    match error {
        InputError::Closed => SessionError::Lost(Loss::Closed),
        InputError::Io(error) => match error.kind() {
            // Many servers, and every cut cable, end TLS without saying so.
            std::io::ErrorKind::UnexpectedEof => SessionError::Lost(Loss::Closed),
            _ => SessionError::Lost(Loss::Network),
        },
        InputError::Read(_) => SessionError::Protocol(ProtocolError::Xml),
    }
}
