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
    buffer: BytesMut,
    /// Bytes read in all.
    taken: u64,
    last_bytes: Instant,
    last_complete: Instant,
    /// When what is not complete yet has begun.
    began: Option<Instant>,
}

impl Input {
    pub(crate) fn new(limits: Limits) -> Self {
        let now = Instant::now();
        Self {
            reader: Reader::new(limits),
            buffer: BytesMut::new(),
            taken: 0,
            last_bytes: now,
            last_complete: now,
            began: None,
        }
    }

    /// When anything at all last came from the other side.
    pub(crate) fn last_bytes(&self) -> Instant {
        self.last_bytes
    }

    /// When something last became complete.
    pub(crate) fn last_complete(&self) -> Instant {
        self.last_complete
    }

    /// When what is not complete yet has begun.
    pub(crate) fn began(&self) -> Option<Instant> {
        self.began
    }

    /// Nothing was read for a while for a reason of our own: what comes now does not come late.
    pub(crate) fn excuse(&mut self) {
        let now = Instant::now();
        (self.last_bytes, self.last_complete) = (now, now);
        if let Some(began) = &mut self.began {
            *began = now;
        }
    }

    /// Bytes read in all.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// Bytes of the element that came last, as far as they were kept.
    pub(crate) fn size(&self) -> usize {
        self.reader.size()
    }

    /// Whether bytes wait that have not been read as part of the stream.
    pub(crate) fn has_rest(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// A new stream begins on the same connection (RFC 6120 section 4.3.3), under these limits.
    pub(crate) fn restart(&mut self, limits: Limits) {
        self.reader = Reader::new(limits);
        self.began = None;
    }

    /// The next complete thing on the stream. Dropping the future loses nothing.
    pub(crate) async fn next<R: AsyncRead + Unpin>(&mut self, io: &mut R) -> Result<Incoming, InputError> {
        loop {
            if let Some(incoming) = self.ready()? {
                return Ok(incoming);
            }
            self.buffer.reserve(CHUNK);
            let read = io.read_buf(&mut self.buffer).await?;
            if read == 0 {
                return Err(InputError::Closed);
            }
            self.taken = self.taken.saturating_add(read as u64);
            self.last_bytes = Instant::now();
        }
    }

    /// What is complete already, without waiting for bytes.
    pub(crate) fn ready(&mut self) -> Result<Option<Incoming>, InputError> {
        let incoming = self.reader.read(&mut self.buffer)?;
        if incoming.is_some() {
            self.last_complete = Instant::now();
            self.began = None;
        } else if self.reader.is_inside() {
            self.began.get_or_insert_with(Instant::now);
        } else {
            self.began = None;
        }
        Ok(incoming)
    }
}
