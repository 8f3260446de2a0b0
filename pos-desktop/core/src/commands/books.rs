//! Being written.

use crate::error::Error;
use crate::workstation::Workstation;
use pos_api::Reply;

pub(super) fn run<T>(_workstation: &mut Workstation, _command: &T) -> Result<Reply, Error> {
    Err(Error::Fault("books is being written".to_owned()))
}
