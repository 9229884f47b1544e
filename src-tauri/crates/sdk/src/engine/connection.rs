//! The session's state in the user's terms.

use tokio::time::Instant;
use wardline_store::StoreError;
use wardline_xmpp::session::{CertificateError, SessionError, SessionState};

use crate::view::{CommandError, ConnectionView, StorageFailure};

/// Whether everything that happened while the session was away has been fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CaughtUp {
    Yes,
    /// The account is new on this computer.
    Fetching {
        /// Conversations whose newest page is here.
        done: u32,
        /// Conversations known so far.
        of: u32,
    },
    NotYet,
}

/// What is shown for `state` at the server's time `now`.
pub(crate) fn view(state: SessionState, caught_up: CaughtUp, now: i64) -> ConnectionView {
    match state {
        SessionState::Offline => ConnectionView::Offline,
        SessionState::Connecting | SessionState::Authenticating | SessionState::Resuming => ConnectionView::Connecting,
        SessionState::Online => match caught_up {
            CaughtUp::Yes => ConnectionView::Online,
            CaughtUp::Fetching { done, of } => ConnectionView::Fetching { done, of },
            CaughtUp::NotYet => ConnectionView::Syncing,
        },
        SessionState::Backoff { until, error } => ConnectionView::Waiting {
            retry_at: moment(until, now),
            error: error_view(error),
        },
        SessionState::Failed { reason } => ConnectionView::Failed {
            error: error_view(reason),
        },
    }
}

/// What is shown while nothing can be saved, at the server's time `now`.
pub(crate) fn failing(error: StoreError, until: Instant, now: i64) -> ConnectionView {
    let cause = match error {
        StoreError::Full => StorageFailure::Full,
        StoreError::Busy => StorageFailure::Busy,
        StoreError::NotADatabase | StoreError::Damaged | StoreError::Gone => StorageFailure::Damaged,
        _ => StorageFailure::Unusable,
    };
    let retry_at = moment(until, now);
    ConnectionView::CannotSave { retry_at, cause }
}

/// A moment to come, in Unix milliseconds by the server's clock, which shows `now` in microseconds.
fn moment(until: Instant, now: i64) -> i64 {
    let wait = until.saturating_duration_since(Instant::now());
    let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    (now / 1_000).saturating_add(wait)
}

/// What is said of an error of the session.
pub(crate) fn error_view(error: SessionError) -> CommandError {
    match error {
        SessionError::ServerNotFound => CommandError::ServerNotFound,
        SessionError::Unreachable | SessionError::TooSlow | SessionError::Lost(_) => CommandError::ServerUnreachable,
        SessionError::NoNetwork => CommandError::NoNetwork,
        SessionError::Certificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => CommandError::CertificateUnknownIssuer,
            CertificateError::Expired | CertificateError::NotYetValid => CommandError::CertificateExpired,
            CertificateError::WrongName => CommandError::CertificateWrongName,
            CertificateError::Revoked | CertificateError::Other => CommandError::NotSecure,
        },
        SessionError::Tls | SessionError::NoTls => CommandError::NotSecure,
        SessionError::NotAuthorized => CommandError::NotAuthorised,
        SessionError::AccountDisabled => CommandError::AccountDisabled,
        SessionError::Impostor => CommandError::ServerImpostor,
        SessionError::NoMechanism => CommandError::NoMechanism,
        SessionError::OnlyPlain => CommandError::OnlyPlain,
        SessionError::WeakerSignIn => CommandError::WeakerSignIn,
        SessionError::PasswordNeeded => CommandError::PasswordNeeded,
        SessionError::Conflict => CommandError::Conflict,
        SessionError::Configuration => CommandError::AddressMalformed,
        SessionError::TemporaryAuthFailure | SessionError::Stream(_) | SessionError::Protocol(_) => {
            CommandError::ServerError
        }
    }
}
