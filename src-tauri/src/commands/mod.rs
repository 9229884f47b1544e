//! What the interface can ask for. Each command hands one thing on to the SDK and adds nothing; the interface's
//! `Backend` has the same list, and `build.rs` and `capabilities/main.json` allow exactly these, within [`bounds`].

mod account;
pub(crate) mod bounds;
mod conversations;
mod desktop;
mod diagnostics;
pub(crate) mod gate;
mod messages;
mod teams;

use std::time::Instant;

use tauri::ipc::Invoke;
use tauri::{Builder, Runtime};

use self::gate::Gate;

/// Makes the commands known.
pub(crate) fn register<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    let gate = Gate::default();
    let dispatch = dispatch();
    builder.invoke_handler(move |call: Invoke<R>| {
        let message = &call.message;
        match gate.admit(message.command(), message.payload(), Instant::now()) {
            Ok(()) => dispatch(call),
            Err(refusal) => {
                call.resolver.reject(refusal);
                true
            }
        }
    })
}

fn dispatch<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
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
    ]
}
