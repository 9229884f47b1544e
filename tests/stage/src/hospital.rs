//! The sample hospital on a server of its own, with colleagues who answer.

use chrono::Utc;
use wardline_test_support::client::TestClient;
use wardline_test_support::colleagues::Colleagues;
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::{Account, Inbox, MucLight, Prosody, Setup};

use crate::failure::Failure;
use crate::stage::Stage;

/// The colleague who calls, and the words of the call.
const CALLER: &str = "fatima";
const CALL: &str = "Number 3 is ready to come up whenever you have the bed.";

/// A hospital while it runs.
pub(crate) struct Running {
    // In this order: the colleagues sign off before their server goes.
    _colleagues: Colleagues,
    /// Its server.
    pub(crate) server: Prosody,
    user: Account,
    caller: Account,
}

/// Starts the server and the colleagues.
pub(crate) async fn open() -> Result<Stage, Failure> {
    println!("Starting a server with the sample hospital …");
    let hospital = Hospital::sample(DOMAIN, Utc::now())?;
    // The hospital's own server would give the list of conversations and new teams in the same way.
    let setup = Setup {
        inbox: Inbox::MongooseIm,
        muc_light: MucLight::MongooseIm,
        ..Setup::default()
    };
    let mut server = Prosody::prepare_with(DOMAIN, &setup)?;
    hospital.put_into(&server).await?;
    server.start_again().await?;
    let mut stage = Stage::on(&hospital, server.endpoint())?;
    println!(
        "  {} people, {} team chats, {} messages",
        hospital.people().len(),
        hospital.teams().len(),
        hospital.stanzas().len()
    );
    let colleagues = Colleagues::start(&hospital, server.endpoint());
    println!("  {} colleagues are online and answer", colleagues.count());
    stage.hold(Running {
        _colleagues: colleagues,
        server,
        user: hospital.user(),
        caller: hospital.account(CALLER),
    });
    Ok(stage)
}

impl Running {
    /// Lets a colleague say something to the user.
    pub(crate) async fn call(&self) -> Result<(), Failure> {
        let caller = TestClient::connect_as(self.server.endpoint(), &self.caller, "call").await?;
        caller.send_text(&self.user.address, CALL).await?;
        caller.close().await;
        Ok(())
    }
}
