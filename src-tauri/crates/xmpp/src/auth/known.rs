//! What a server has shown of itself, so that it is held to it: a session never accepts less than it has had before.

use super::mechanism::Mechanism;

/// So many times in a row must a server change an account's salt before its salts count as never staying the same.
const CHANGES_OF_VARYING_SALTS: u32 = 2;

/// What a server has shown of its ways of signing in and of its limits. Belongs to one account; to be kept with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KnownServer {
    /// The strongest mechanism by which it has let us in.
    pub strongest: Option<Mechanism>,
    /// The most that it has shown of channel binding.
    pub binding: BindingSeen,
    /// Whether it accepts what RFC 5802 section 6 demands of a client that could bind where nothing is offered.
    pub unbound_flag: UnboundFlag,
    /// How often in a row derived keys have become useless because the server had another salt.
    pub salt_changes: u32,
    /// Bytes of the largest stanza that it has not ended the connection over, where that was learnt the hard way.
    pub stanza_limit: Option<usize>,
}

/// The most that a server has shown of channel binding; weakest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BindingSeen {
    /// It has never offered a mechanism with it.
    #[default]
    NotOffered,
    /// It has offered one.
    Offered,
    /// We have signed in with it.
    Used,
}

/// What a server does with `y,,`: "I could bind, but you do not offer it".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum UnboundFlag {
    /// Not known yet.
    #[default]
    Untried,
    /// It was refused, and the stream ended before the other form was answered.
    InDoubt,
    /// It lets us in with it.
    Accepted,
    /// It refuses it and lets us in with `n,,` (MongooseIM before 6.7 computes its proof over `n,,` whatever was said).
    Refused,
}

impl KnownServer {
    /// Whether keys derived today will be useless tomorrow: servers that store passwords in clear make a new salt for
    /// each sign-in.
    pub(crate) fn has_varying_salts(&self) -> bool {
        self.salt_changes >= CHANGES_OF_VARYING_SALTS
    }

    /// It has been seen to make two salts for one account within one stream.
    pub(crate) fn note_varying_salts(&mut self) {
        self.salt_changes = CHANGES_OF_VARYING_SALTS;
    }
}
