//! A printer on a serial port.

use std::io::{self, Read, Write};
use std::time::Duration;

use serialport::{ClearBuffer, FlowControl, SerialPort};

use super::Wire;
use crate::print::status::Cause;

/// Of each read and write, until it is told another: opening sends nothing and waits for nothing.
const UNTIL_TOLD: Duration = Duration::from_secs(1);

pub(super) struct Serial(Box<dyn SerialPort>);

impl Serial {
    pub(super) fn open(device: &str, baud: u32) -> Result<Self, Cause> {
        let port = serialport::new(device, baud)
            // No answer of a printer is XON or XOFF, and one that keeps time by DTR sends neither.
            .flow_control(FlowControl::Software)
            .timeout(UNTIL_TOLD)
            .open();
        // An answer that came too late for the last job is none to the next.
        let port = port.and_then(|port| port.clear(ClearBuffer::Input).map(|()| port));
        port.map(Self).map_err(|error| {
            tracing::debug!(%device, %error, "a serial port cannot be opened");
            Cause::Unreachable
        })
    }
}

impl Wire for Serial {
    fn read(&mut self, patience: Duration) -> io::Result<u8> {
        self.0.set_timeout(patience)?;
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn write(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        self.0.set_timeout(patience)?;
        self.0.write(bytes)
    }

    fn settle(&mut self, _: Duration) -> io::Result<()> {
        // Closing a port waits for what it was given, for as long as the system's driver is set to.
        Ok(())
    }

    fn is_one_way(&self) -> bool {
        false
    }
}
