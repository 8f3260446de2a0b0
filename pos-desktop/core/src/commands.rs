//! What changes the workstation on a person's behalf. The window, the tests, the simulator and the
//! demonstration all come in here.

mod basket;
mod bill;
mod books;
mod correct;
mod day;
mod discount;
mod kitchen;
mod mesh;
mod paper;
mod print;
mod sale;
mod set_up;
mod settings;
mod sign_in;
mod tender;
mod training;

use crate::error::Error;
use crate::workstation::Workstation;
use pos_api::{Code, Command, Failure, Reply};
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use books::{Begun, Long, Worked};
pub(crate) use day::is_blind;
pub use print::printers;
pub(crate) use set_up::key as new_key_of;
pub use settings::{PEER_PORT, PEERS, PRINTERS};

/// Does what is asked: when this answers `Ok`, it is durable; when it answers a [`Failure`], nothing
/// was changed.
///
/// # Errors
///
/// [`Failure`], with the reference under which the log says more.
pub fn run(workstation: &mut Workstation, command: Command) -> Result<Reply, Failure> {
    let done = match begin(workstation, command) {
        Ok(Begun::Done(reply)) => Ok(reply),
        Ok(Begun::Long(long)) => end(workstation, work(long, || {})),
        Err(failure) => Err(failure),
    };
    workstation.mark_if_due();
    done
}

/// Does what is asked, or begins it where it takes long: [`work`] then does it without the
/// workstation, and [`end`] records it.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn begin(workstation: &mut Workstation, command: Command) -> Result<Begun, Failure> {
    let done = caught(|| dispatch(workstation, command));
    done.map_err(|error| told(workstation, error))
}

/// Does what takes long, and calls `step` now and then. Its failure is for [`end`] to tell.
///
/// # Errors
///
/// [`Error`], as checks and archives have them.
pub(crate) fn work(long: Long, step: impl FnMut()) -> Result<Worked, Error> {
    caught(|| long.work(step))
}

/// Records what took long.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn end(
    workstation: &mut Workstation,
    worked: Result<Worked, Error>,
) -> Result<Reply, Failure> {
    let done = caught(|| worked?.end(workstation));
    done.map_err(|error| told(workstation, error))
}

/// What the screen is told; where the file could not be read, it is suspected.
fn told(workstation: &mut Workstation, error: Error) -> Failure {
    if error.is_damage() {
        workstation.shared.change(|state| state.safe.suspected = true);
    }
    error.into_failure(reference(workstation))
}

/// A fault in one command costs that command alone.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let done = catch_unwind(AssertUnwindSafe(work));
    done.unwrap_or_else(|panic| Err(Error::Fault(said(panic.as_ref()))))
}

fn dispatch(workstation: &mut Workstation, command: Command) -> Result<Begun, Error> {
    if workstation.is_locked() {
        return Err(Code::KeyStore.into());
    }
    let is_set_up = workstation.identity().is_some();
    if is_set_up == is_for_a_new_pc(&command) {
        return Err(Code::SetUpState.into());
    }
    if is_set_up && !is_left_to_the_dead(&command) && workstation.is_ended()? {
        return Err(Code::Ended.into());
    }
    if opens_a_day(&command) {
        workstation.try_to_close_forgotten();
    }
    let reply = match command {
        Command::SetUp(answers) => set_up::run(workstation, &answers),
        Command::SignIn { operator, pin } => sign_in::run(workstation, &operator, &pin),
        Command::SignOut => sign_in::sign_out(workstation),
        Command::Basket(edit) => basket::run(workstation, edit),
        Command::AddTyped { text } => basket::add_typed(workstation, &text),
        Command::SendToKitchen => sale::send_to_kitchen(workstation),
        Command::Hold => sale::hold(workstation),
        Command::Resume { order } => sale::resume(workstation, order),
        Command::TakePayment { order, tenders } => sale::take_payment(workstation, order, &tenders),
        Command::CancelOrder { order, reason } => sale::cancel(workstation, order, reason),
        Command::CancelLine { order, line, reason } => {
            discount::cancel_line(workstation, order, line, reason)
        }
        Command::HandOver { order } => sale::hand_over(workstation, order),
        Command::PrintReceipt { ticket } => paper::receipt(workstation, &ticket),
        Command::PrintAgain { job } => print::again(workstation, job),
        Command::DropPrint { job } => print::give_up(workstation, job),
        Command::Kitchen { order, line, step } => kitchen::step(workstation, order, line, step),
        Command::UndoKitchen => kitchen::undo(workstation),
        Command::SetPrinters(printers) => settings::set_printers(workstation, &printers),
        Command::TestPrinter { printer } => print::test_page(workstation, &printer),
        Command::Reroute { from, to } => print::reroute(workstation, &from, &to),
        Command::PrintNotice => print::notice(workstation),
        Command::SetPeers(peers) => settings::set_peers(workstation, &peers),
        Command::Discount(discount) => discount::run(workstation, &discount),
        Command::Correct(correction) => correct::run(workstation, &correction),
        Command::Day(command) => day::run(workstation, &command),
        Command::Paper(command) => paper::run(workstation, &command),
        Command::Training(command) => training::run(workstation, &command),
        Command::Books(command) => return books::begin(workstation, command),
        Command::Mesh(command) => return mesh::begin(workstation, command),
    }?;
    Ok(Begun::Done(reply))
}

/// Whether it is asked of a PC that is not set up.
const fn is_for_a_new_pc(command: &Command) -> bool {
    use pos_api::MeshCommand;
    matches!(
        command,
        Command::SetUp(_) | Command::Mesh(MeshCommand::AskToJoin { .. } | MeshCommand::StopAsking)
    )
}

/// What a workstation that was declared dead still does: people come and go, look, and print.
const fn is_left_to_the_dead(command: &Command) -> bool {
    use pos_api::MeshCommand;
    matches!(
        command,
        Command::SignIn { .. }
            | Command::SignOut
            | Command::PrintAgain { .. }
            | Command::DropPrint { .. }
            | Command::SetPeers(_)
            | Command::SetPrinters(_)
            | Command::Books(_)
            | Command::Mesh(
                MeshCommand::TurnAway { .. }
                    | MeshCommand::EndDrill
                    | MeshCommand::SetBackup { .. }
                    | MeshCommand::BackUp
                    | MeshCommand::TakeShop { .. }
            )
    )
}

/// Whether it may begin a business day: one that was forgotten is closed before.
const fn opens_a_day(command: &Command) -> bool {
    use pos_api::DayCommand;
    matches!(
        command,
        Command::TakePayment { .. }
            | Command::Correct(_)
            | Command::Day(DayCommand::Open { .. } | DayCommand::Cash { .. })
    )
}

/// Whether it takes long: it may be begun, worked and ended.
pub(crate) const fn takes_long(command: &Command) -> bool {
    use pos_api::{BooksCommand, MeshCommand};
    matches!(
        command,
        Command::Books(BooksCommand::Archive { .. } | BooksCommand::Verify)
            | Command::Mesh(MeshCommand::BackUp | MeshCommand::TakeShop { .. })
    )
}

/// Whether what it changes may stand beside the file, where nobody sees that it changed.
pub(crate) const fn is_beside_the_file(command: &Command) -> bool {
    matches!(command, Command::Mesh(_))
}

/// What the person reads out and the log is searched for: eight characters.
fn reference(workstation: &mut Workstation) -> String {
    u32::from_be_bytes(workstation.draw()).to_string()
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic").to_owned()
}
