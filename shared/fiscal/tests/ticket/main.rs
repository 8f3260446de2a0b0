//! Tickets from outside: vectors, refusals, alterations, and random baskets.

#[cfg(test)]
mod alteration;
#[cfg(test)]
mod baskets;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod sale;
#[cfg(test)]
mod series;
#[cfg(test)]
mod vectors;
