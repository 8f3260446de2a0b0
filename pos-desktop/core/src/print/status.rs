//! What a printer says of itself in real time (`DLE EOT n`), and what stops a job.

/// Why a job is not on paper, or may not be. Where several hold, the first in this order is told:
/// it is what a person can see and mend first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The cover is open.
    CoverOpen,
    /// The roll is at its end.
    NoPaper,
    /// The printer reports an error: the blade, the head, the voltage.
    Error,
    /// It is doing something else: feeding by its button, printing for another till.
    Busy,
    /// It says that it is offline, and not why.
    Offline,
    /// Nobody listens at its address: it is off, or the network is.
    Unreachable,
    /// It took the connection and said nothing in time, or nothing a printer says.
    NoAnswer,
    /// The connection, or this program, ended while a job was being sent.
    Interrupted,
    /// The job itself cannot be read or encoded.
    Unreadable,
    /// This system has no such road to a printer.
    Unsupported,
}

/// The four requests, in the order they are sent and answered.
pub const REQUESTS: [[u8; 3]; 4] =
    [[0x10, 0x04, 1], [0x10, 0x04, 2], [0x10, 0x04, 3], [0x10, 0x04, 4]];

/// Whether a byte is an answer to a real-time request: bits 1 and 4 set, 0 and 7 not. Automatic
/// status (`GS a`), which a printer may be set to send unasked, has bit 1 clear.
#[must_use]
pub fn is_answer(byte: u8) -> bool {
    byte & 0b1001_0011 == 0b0001_0010
}

/// The answers to `DLE EOT` 1 to 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    printer: u8,
    offline: u8,
    error: u8,
    paper: u8,
}

impl Status {
    /// The status four answers tell. None where one of them is not an answer.
    #[must_use]
    pub fn from_answers(answers: [u8; 4]) -> Option<Self> {
        let [printer, offline, error, paper] = answers;
        answers.into_iter().all(is_answer).then_some(Self { printer, offline, error, paper })
    }

    /// Why it cannot print now. None: it can.
    #[must_use]
    pub fn cause(self) -> Option<Cause> {
        let set = |byte: u8, bit: u8| byte & (1 << bit) != 0;
        if set(self.offline, 2) {
            return Some(Cause::CoverOpen);
        }
        if set(self.offline, 5) || self.paper & 0x60 != 0 {
            return Some(Cause::NoPaper);
        }
        if set(self.offline, 6) || self.error & 0x6C != 0 {
            return Some(Cause::Error);
        }
        if set(self.offline, 3) || set(self.printer, 5) || set(self.printer, 6) {
            return Some(Cause::Busy);
        }
        set(self.printer, 3).then_some(Cause::Offline)
    }

    /// The roll is nearly at its end. Printers without that sensor never say so.
    #[must_use]
    pub fn paper_low(self) -> bool {
        self.paper & 0x0C != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(answers: [u8; 4]) -> Option<Cause> {
        Status::from_answers(answers).unwrap().cause()
    }

    #[test]
    fn what_a_tm_t88v_answers_is_understood() {
        assert_eq!(cause([0x12, 0x12, 0x12, 0x12]), None);
        assert_eq!(cause([0x16, 0x12, 0x12, 0x12]), None, "the drawer's switch stops nothing");
        assert_eq!(cause([0x12, 0x12, 0x12, 0x1E]), None, "a roll nearly at its end still prints");
        assert_eq!(cause([0x1A, 0x16, 0x12, 0x12]), Some(Cause::CoverOpen));
        assert_eq!(cause([0x1A, 0x32, 0x12, 0x7E]), Some(Cause::NoPaper));
        assert_eq!(cause([0x12, 0x12, 0x12, 0x72]), Some(Cause::NoPaper));
        assert_eq!(cause([0x1A, 0x52, 0x1A, 0x12]), Some(Cause::Error));
        assert_eq!(cause([0x1A, 0x12, 0x32, 0x12]), Some(Cause::Error));
        assert_eq!(cause([0x5A, 0x1A, 0x12, 0x12]), Some(Cause::Busy));
        assert_eq!(cause([0x32, 0x12, 0x12, 0x12]), Some(Cause::Busy));
        assert_eq!(cause([0x1A, 0x12, 0x12, 0x12]), Some(Cause::Offline));
    }

    #[test]
    fn of_several_causes_the_one_to_mend_first_is_told() {
        assert_eq!(cause([0x7A, 0x7E, 0x7E, 0x7E]), Some(Cause::CoverOpen));
        assert_eq!(cause([0x7A, 0x7A, 0x7E, 0x7E]), Some(Cause::NoPaper));
        assert_eq!(cause([0x7A, 0x5A, 0x7E, 0x1E]), Some(Cause::Error));
    }

    #[test]
    fn a_roll_nearly_at_its_end_is_seen() {
        assert!(Status::from_answers([0x12, 0x12, 0x12, 0x1E]).unwrap().paper_low());
        assert!(!Status::from_answers([0x12, 0x12, 0x12, 0x12]).unwrap().paper_low());
    }

    #[test]
    fn what_is_no_answer_is_not_taken_for_one() {
        assert_eq!(Status::from_answers([0x12, 0x12, 0x10, 0x12]), None);
        assert!(!is_answer(0x00) && !is_answer(0x92) && !is_answer(0x13) && !is_answer(b'H'));
    }
}
