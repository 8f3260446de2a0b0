//! How envelopes follow one another on a TCP connection: four bytes of length, big-endian, then the
//! envelope. Over HTTP an envelope is a body and needs no frame.

use alloc::vec::Vec;

/// The largest envelope: 2 MiB, a full push (1 MiB of entries) with room for what surrounds it.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The bytes before an envelope.
pub const PREFIX_BYTES: usize = 4;

/// A frame larger than any of ours. Close the connection: what follows is not a frame either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of {bytes} bytes, more than {MAX_BYTES}")]
pub struct FrameTooLarge {
    /// What its prefix says, or what was to be sent.
    pub bytes: usize,
}

/// The envelope with its length before it.
///
/// # Errors
///
/// [`FrameTooLarge`] where the other would not read it.
pub fn encode(envelope: &[u8]) -> Result<Vec<u8>, FrameTooLarge> {
    let too_large = FrameTooLarge { bytes: envelope.len() };
    if MAX_BYTES < envelope.len() {
        return Err(too_large);
    }
    let length = u32::try_from(envelope.len()).map_err(|_| too_large)?;
    let mut frame = Vec::with_capacity(envelope.len().saturating_add(PREFIX_BYTES));
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(envelope);
    Ok(frame)
}

/// How many bytes to read after this prefix.
///
/// # Errors
///
/// [`FrameTooLarge`]: read no further, keep no memory for it.
pub fn length(prefix: [u8; PREFIX_BYTES]) -> Result<usize, FrameTooLarge> {
    let bytes = usize::try_from(u32::from_be_bytes(prefix)).unwrap_or(usize::MAX);
    if MAX_BYTES < bytes { Err(FrameTooLarge { bytes }) } else { Ok(bytes) }
}
