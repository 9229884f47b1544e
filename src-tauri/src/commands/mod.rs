//! What the interface can ask for. Each command hands one thing on to the SDK and adds nothing; the interface's
//! `Backend` has the same list, and `build.rs` and `capabilities/main.json` allow exactly these.

mod account;
mod conversations;
mod desktop;
mod diagnostics;
mod messages;
mod teams;

use tauri::{Builder, Runtime};

/// Makes the commands known.
pub(crate) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(tauri::generate_handler![
        account::start,
        account::unlock,
        account::sign_in,
        account::sign_out,
        account::reconnect,
        conversations::inbox,
        conversations::start_conversation,
        conversations::open_conversation,
        conversations::close_conversation,
        conversations::timeline,
        conversations::page_back,
        conversations::page_forward,
        conversations::jump,
        conversations::view,
        conversations::mark_read,
        conversations::mark_all_read,
        conversations::decide,
        conversations::block,
        conversations::unblock,
        conversations::unblock_address,
        conversations::blocked,
        conversations::find_people,
        conversations::save_draft,
        conversations::compose,
        messages::send,
        messages::edit,
        messages::readers,
        messages::resend,
        messages::discard,
        teams::create_team,
        teams::team,
        teams::change_team,
        teams::open_teams,
        teams::join_team,
        diagnostics::diagnostics,
        diagnostics::round_trip,
        diagnostics::held,
        diagnostics::check_conversation,
        diagnostics::stop_check,
        diagnostics::diagnostics_report,
        desktop::notification_settings,
        desktop::save_notification_settings,
        desktop::open_link,
        desktop::save_look,
    ])
}
