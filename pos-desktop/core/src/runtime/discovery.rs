//! How the shop's other workstations are found: where they were last time, what they announce in the
//! network, what a person typed, where they called from.

/// How they are found, beside the addresses that people type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// By those addresses alone.
    Typed,
    /// And where they were last time, or called from.
    Known,
    /// And by what they announce in the network (mDNS); this one announces itself there, too.
    Announced(Interfaces),
}

/// Where a workstation announces itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interfaces {
    /// On every network it is in.
    All,
    /// On this machine alone: tests.
    Loopback,
}
