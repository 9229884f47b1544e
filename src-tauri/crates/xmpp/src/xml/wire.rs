//! The reading half of a connection.

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

use super::reader::{Incoming, Limits, ReadError, Reader};

/// Bytes asked of the operating system at once.
const CHUNK: usize = 64 << 10;

/// Nothing more can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    /// The other side closed the connection.
    #[error("closed")]
    Closed,
    /// The operating system or TLS says why.
    #[error("input error")]
    Io(#[from] std::io::Error),
    /// The stream cannot be read on.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Buffer and parser of a connection.
pub(crate) struct Input {
    reader: Reader,
    limits: Limits,
    buffer: BytesMut,
    last_bytes: Instant,
}

impl Input {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            reader: Reader::new(limits),
            limits,
            buffer: BytesMut::new(),
            last_bytes: Instant::now(),
        }
    }

    /// When anything at all last came from the other side.
    pub(crate) fn last_bytes(&self) -> Instant {
        self.last_bytes
    }

    /// Whether bytes wait that have not been read as part of the stream.
    pub(crate) fn has_rest(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// A new stream begins on the same connection (RFC 6120 section 4.3.3).
    pub(crate) fn restart(&mut self) {
        self.reader = Reader::new(self.limits);
    }

    /// The next complete thing on the stream. Dropping the future loses nothing.
    pub(crate) async fn next<R: AsyncRead + Unpin>(&mut self, io: &mut R) -> Result<Incoming, InputError> {
        loop {
            if let Some(incoming) = self.reader.read(&mut self.buffer)? {
                return Ok(incoming);
            }
            self.buffer.reserve(CHUNK);
            if io.read_buf(&mut self.buffer).await? == 0 {
                return Err(InputError::Closed);
            }
            self.last_bytes = Instant::now();
        }
    }

    /// What is complete already, without waiting for bytes.
    pub(crate) fn ready(&mut self) -> Result<Option<Incoming>, InputError> {
        Ok(self.reader.read(&mut self.buffer)?)
    }
}
