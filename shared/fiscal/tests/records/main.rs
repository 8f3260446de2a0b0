//! Signed documents other than sales, and what is computed of all of them: vectors, alterations,
//! series, figures, days.

#[cfg(test)]
mod alteration;
#[cfg(test)]
mod credit;
#[cfg(test)]
mod days;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod operations;
#[cfg(test)]
#[path = "../ticket/sale.rs"]
mod sale;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod series;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod vouchers;
