//! A printer on the network.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::Wire;
use crate::print::status::Cause;

pub(super) struct Tcp(TcpStream);

impl Tcp {
    pub(super) fn open(host: &str, patience: Duration) -> Result<Self, Cause> {
        let mut addresses = host.to_socket_addrs().map_err(|_| Cause::Unreachable)?;
        let address = addresses.next().ok_or(Cause::Unreachable)?;
        let stream =
            TcpStream::connect_timeout(&address, patience).map_err(|_| Cause::Unreachable)?;
        stream.set_nodelay(true).map_err(|_| Cause::Unreachable)?;
        Ok(Self(stream))
    }
}

impl Wire for Tcp {
    fn read(&mut self, patience: Duration) -> io::Result<u8> {
        self.0.set_read_timeout(Some(patience))?;
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    fn write(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        self.0.set_write_timeout(Some(patience))?;
        self.0.write(bytes)
    }

    fn settle(&mut self, _: Duration) -> io::Result<()> {
        // Closed, the system still sends what it was given.
        Ok(())
    }

    fn is_one_way(&self) -> bool {
        false
    }
}
