//! Team chats after XEP-0045: joining them ([`join`]), configuring them ([`manage`]), publishing what this account has
//! changed about them ([`announcement`]), inviting people ([`invitation`]), and bookmarks of them ([`bookmarks`]).

mod announcement;
mod bookmarks;
mod description;
mod invitation;
mod join;
mod joined;
mod manage;
mod nick;

pub use announcement::{Announced, MOST_ANNOUNCED};
pub(crate) use bookmarks::read_event;
pub use bookmarks::{Autojoin, Bookmark, BookmarkNews};
pub(crate) use description::read_description;
pub use description::{AddressKind, RoomDescription};
pub use invitation::{Invitation, decline, invite};
pub(crate) use invitation::{asked, direct, mediated};
pub use join::Standing;
pub use joined::{JoinError, Joined};
pub use manage::{Affiliated, ListedRoom};
pub use nick::{are_nicks_alike, nick_beside};
