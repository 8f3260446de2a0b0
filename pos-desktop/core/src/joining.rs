//! A new PC is let into the shop by a workstation of it, where the centre cannot be asked: what either
//! side says (docs/SYNC.md). Carrying it is the runtime's.

use crate::commands::{PEERS, new_key_of};
use crate::ending;
use crate::error::Error;
use crate::shared::State;
use crate::store::settings::{self, Centre, Identity};
use crate::store::{StoreError, ended, publications, vouches};
use crate::workstation::{BUILD, Workstation};
use domain::event::Event;
use domain::mesh::{self, Vouched};
use domain::publication::WorkstationRole;
use journal::{PublicKey, SigningKey};
use pos_api::{Approval, Code, JoinerView, JoiningView, OwnJoining, PeerAddress, Role};
use replication::join::{
    AskToJoin, Commitment, Heard, Join, JoinRefused, JoinReply, Joined, JoinedCentre, JoinedMember,
    Nonce, code,
};
use replication::{Replays, Unopened, open_request};
use std::collections::{BTreeMap, BTreeSet};

/// The most that may ask at once: a shop gets one new PC at a time.
const MOST: usize = 8;
/// Whoever has not asked again for so long has given up, in milliseconds.
const GIVEN_UP_MS: u64 = 120_000;

/// The most new nonces that are drawn in [`GIVEN_UP_MS`]. Whoever asks knows the digits as soon as it has
/// ours, and could ask again and again until they are those that another screen shows.
const MOST_NONCES: usize = 16;

/// Who asks to be let in here, by key.
#[derive(Clone, Debug, Default)]
pub struct Joiners {
    asking: BTreeMap<PublicKey, Joiner>,
    /// When a nonce was drawn, of late.
    drawn_ms: Vec<u64>,
}

#[derive(Clone, Debug)]
struct Joiner {
    label: String,
    role: Role,
    commitment: Commitment,
    nonce: Nonce,
    shown: Option<Nonce>,
    decided: Option<Decided>,
    heard_at_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decided {
    LetIn,
    TurnedAway,
}

/// What a new PC asked for, while it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whom to ask; empty looks for somebody.
    pub address: String,
    /// What it is for.
    pub role: Role,
    /// Its label.
    pub label: String,
    /// How far it is.
    pub stands: OwnJoining,
}

/// Opens what a stranger sends: who asks, and what. It is signed by the key that it asks for.
///
/// # Errors
///
/// [`Unopened`]; anything but a [`Join`] is unreadable here.
pub fn open(envelope: &[u8]) -> Result<(PublicKey, Join), Unopened> {
    let opened = open_request(envelope, |_| true, &mut Replays::default())?;
    let join = Join::decode(&opened.body).map_err(|_| Unopened::Unreadable)?;
    Ok((opened.from, join))
}

impl Joiners {
    fn prune(&mut self, at_ms: u64) {
        self.asking.retain(|_, joiner| at_ms.saturating_sub(joiner.heard_at_ms) < GIVEN_UP_MS);
        self.drawn_ms.retain(|drawn| at_ms.saturating_sub(*drawn) < GIVEN_UP_MS);
    }
}

impl Workstation {
    /// Answers a new PC that asks to be let in. `at_ms` is on a clock that only goes forward.
    pub fn hear_joiner(&mut self, from: PublicKey, join: Join, at_ms: u64) -> JoinReply {
        let answer = match join {
            Join::Ask(asked) => self.asked_to_join(from, asked, at_ms),
            Join::Reveal(nonce) => self.shown_by_joiner(from, nonce, at_ms),
        };
        answer.unwrap_or_else(JoinReply::Refused)
    }

    fn asked_to_join(
        &mut self,
        from: PublicKey,
        asked: AskToJoin,
        at_ms: u64,
    ) -> Result<JoinReply, JoinRefused> {
        let label = self.vouching_label().ok_or(JoinRefused::NotHere)?;
        if !is_label(&asked.label) {
            return Err(JoinRefused::Label);
        }
        let drawn = Nonce(self.draw());
        self.shared.change(|state| {
            let joiners = &mut state.joiners;
            joiners.prune(at_ms);
            let known =
                joiners.asking.get_mut(&from).filter(|it| it.commitment == asked.commitment);
            if let Some(joiner) = known {
                joiner.heard_at_ms = at_ms;
                return Ok(JoinReply::Heard(Heard { label, nonce: joiner.nonce }));
            }
            let is_one_more = !joiners.asking.contains_key(&from);
            if (MOST <= joiners.asking.len() && is_one_more)
                || MOST_NONCES <= joiners.drawn_ms.len()
            {
                return Err(JoinRefused::TooMany);
            }
            joiners.drawn_ms.push(at_ms);
            let joiner = Joiner {
                label: asked.label,
                role: role_of(asked.role),
                commitment: asked.commitment,
                nonce: drawn,
                shown: None,
                decided: None,
                heard_at_ms: at_ms,
            };
            joiners.asking.insert(from, joiner);
            Ok(JoinReply::Heard(Heard { label, nonce: drawn }))
        })
    }

    fn shown_by_joiner(
        &mut self,
        from: PublicKey,
        nonce: Nonce,
        at_ms: u64,
    ) -> Result<JoinReply, JoinRefused> {
        let decided = self.shared.change(|state| {
            state.joiners.prune(at_ms);
            let joiner = state.joiners.asking.get_mut(&from).ok_or(JoinRefused::Nonce)?;
            if joiner.commitment != nonce.commitment() {
                return Err(JoinRefused::Nonce);
            }
            joiner.heard_at_ms = at_ms;
            joiner.shown = Some(nonce);
            Ok(joiner.decided.map(|decided| (decided, joiner.label.clone())))
        })?;
        match decided {
            None => Ok(JoinReply::Waits),
            Some((Decided::TurnedAway, _)) => Err(JoinRefused::TurnedAway),
            Some((Decided::LetIn, label)) => self.introduction(label),
        }
    }

    /// The label under which this workstation may vouch: it is set up with a centre, which has listed
    /// it itself, and nobody declared it dead.
    fn vouching_label(&mut self) -> Option<String> {
        let identity = self.identity()?;
        identity.centre.as_ref()?;
        let (key, label) = (identity.key.public_key(), identity.label.clone());
        let listed = self.store.read(|tx| {
            Ok::<_, StoreError>(vouches::is_listed(tx, &key)? && ended::of(tx, &key)?.is_none())
        });
        listed.unwrap_or(false).then_some(label)
    }

    /// All that a new workstation needs to know.
    fn introduction(&mut self, label: String) -> Result<JoinReply, JoinRefused> {
        let members = self.store.read(publications::members).map_err(|error| {
            tracing::error!(%error, "the shop's workstations cannot be read");
            JoinRefused::NotHere
        })?;
        let identity = self.identity().ok_or(JoinRefused::NotHere)?;
        let Some(Centre { url, key, journal }) = identity.centre.clone() else {
            return Err(JoinRefused::NotHere);
        };
        let member = |member: publications::Member| JoinedMember {
            key: member.public_key,
            role: role_for(member.role),
            label: member.label,
        };
        Ok(JoinReply::Joined(Joined {
            shop: identity.shop.clone(),
            label,
            centre: JoinedCentre { url, key, journal },
            members: members.into_iter().map(member).collect(),
        }))
    }

    /// A manager compared the digits on both screens and lets the new PC in.
    ///
    /// # Errors
    ///
    /// [`Code::NoSuchJoiner`], [`Code::LabelTaken`], [`Code::InTraining`], and what an approval is
    /// refused for.
    pub(crate) fn vouch(&mut self, joiner: &str, manager: &Approval) -> Result<(), Error> {
        self.not_in_training()?;
        let manager = self.approve(manager)?;
        let (key, asked) = self.waiting(joiner)?;
        let taken = self.store.read(|tx| is_taken(tx, &asked.label, &key))?;
        if taken {
            return Err(Code::LabelTaken.into());
        }
        let vouched = Vouched {
            public_key: key.as_bytes().to_vec(),
            role: match asked.role {
                Role::Till => WorkstationRole::Till,
                Role::Kitchen => WorkstationRole::Kitchen,
            },
            label: asked.label,
            manager: manager.code.as_str().to_owned(),
        };
        self.turn(|turn| {
            turn.record(None, &Event::Mesh(mesh::Event::Vouched(vouched)));
            Ok::<_, Error>(())
        })?;
        self.decide(&key, Decided::LetIn);
        Ok(())
    }

    /// Whoever asks is not let in.
    ///
    /// # Errors
    ///
    /// [`Code::NoSuchJoiner`].
    pub(crate) fn turn_away(&mut self, joiner: &str) -> Result<(), Error> {
        self.seller()?;
        let (key, _) = self.waiting(joiner)?;
        self.decide(&key, Decided::TurnedAway);
        Ok(())
    }

    fn waiting(&self, joiner: &str) -> Result<(PublicKey, Joiner), Error> {
        let found = self.shared.read(|state| {
            let mut waiting = state.joiners.asking.iter();
            let found = waiting.find(|(key, it)| {
                it.shown.is_some() && it.decided.is_none() && hex::encode(key.as_bytes()) == joiner
            });
            found.map(|(key, it)| (*key, it.clone()))
        });
        found.ok_or(Error::Refused(Code::NoSuchJoiner))
    }

    fn decide(&self, key: &PublicKey, decided: Decided) {
        self.shared.change(|state| {
            if let Some(joiner) = state.joiners.asking.get_mut(key) {
                joiner.decided = Some(decided);
            }
        });
    }

    /// On a PC that is not set up: asks to be let in.
    ///
    /// # Errors
    ///
    /// [`Code::SetUpInput`].
    pub(crate) fn ask_to_join(&self, address: &str, role: Role, label: &str) -> Result<(), Error> {
        if !is_label(label) {
            return Err(Code::SetUpInput.into());
        }
        let (address, label) = (address.trim().to_owned(), label.to_owned());
        let wish = Wish { address, role, label, stands: OwnJoining::Looking };
        self.shared.change(|state| state.wish = Some(wish));
        Ok(())
    }

    /// On a PC that is not set up: asks no more.
    pub(crate) fn stop_asking(&self) {
        self.shared.change(|state| state.wish = None);
    }

    /// The key that this PC would have, and what it asks with.
    ///
    /// # Errors
    ///
    /// [`Error`], as the first run has them.
    pub fn joining_key(&mut self) -> Result<(SigningKey, Nonce, AskToJoin), Error> {
        let wish = self.shared.read(|state| state.wish.clone()).ok_or(Code::SetUpState)?;
        let (key, _) = new_key_of(self)?;
        let nonce = Nonce(self.draw());
        let build = BUILD.to_owned();
        let role = role_for(wish.role);
        let asked = AskToJoin { label: wish.label, role, build, commitment: nonce.commitment() };
        Ok((key, nonce, asked))
    }

    /// A workstation of the shop let this PC in: it is set up.
    ///
    /// # Errors
    ///
    /// [`Code::SetUpState`] where it is already; whatever SQLite says.
    pub fn joined(&mut self, joined: Joined, role: Role, at: &str) -> Result<(), Error> {
        if self.identity().is_some() {
            return Err(Code::SetUpState.into());
        }
        let (key, secret) = new_key_of(self)?;
        let JoinedCentre { url, key: centre_key, journal } = joined.centre;
        let centre = Some(Centre { url, key: centre_key, journal });
        let identity = Identity { key, shop: joined.shop, label: joined.label, role, centre };
        let peers = vec![PeerAddress { address: at.to_owned() }];
        self.enrol(identity, &secret, |turn| {
            for JoinedMember { key, role, label } in &joined.members {
                vouches::introduce(turn.tx, key, label, role_of(*role))?;
            }
            Ok(settings::set(turn.tx, PEERS, &peers)?)
        })?;
        self.stop_asking();
        Ok(())
    }
}

/// Whether a living workstation of the shop, another than `key`, has that label.
fn is_taken(
    tx: &rusqlite::Transaction<'_>,
    label: &str,
    key: &PublicKey,
) -> Result<bool, crate::store::StoreError> {
    Ok(ending::living(tx, label)?.is_some_and(|living| living != *key))
}

/// Who asks, for the screen.
pub(crate) fn view(
    state: &State,
    own: Option<&PublicKey>,
    taken: &BTreeSet<String>,
) -> JoiningView {
    let joiners = own.map_or_else(Vec::new, |own| {
        let waiting = state.joiners.asking.iter().filter(|(_, it)| it.decided.is_none());
        let shown = waiting.filter_map(|(key, it)| {
            Some(JoinerView {
                joiner: hex::encode(key.as_bytes()),
                label: it.label.clone(),
                role: it.role,
                code: code(key, own, it.shown?, it.nonce),
                label_taken: taken.contains(&it.label),
            })
        });
        shown.collect()
    });
    JoiningView { joiners, own: state.wish.as_ref().map(|wish| wish.stands.clone()) }
}

fn is_label(label: &str) -> bool {
    (1..=4).contains(&label.len())
        && label.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
}

const fn role_of(role: replication::Role) -> Role {
    match role {
        replication::Role::Till => Role::Till,
        replication::Role::Kitchen => Role::Kitchen,
    }
}

const fn role_for(role: Role) -> replication::Role {
    match role {
        Role::Till => replication::Role::Till,
        Role::Kitchen => replication::Role::Kitchen,
    }
}
