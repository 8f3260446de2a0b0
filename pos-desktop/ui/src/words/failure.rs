//! What is said where something was not done.

use super::{configuration_refused, count, duration, french, money, problem};
use crate::bridge::Unanswered;
use domain::{catalogue::Catalogue, typed::Problem};
use fiscal::Money;
use pos_api::{Code, Failure};

/// What happened and what to do next, with the names of the menu where it is at hand.
pub(crate) fn unanswered(refusal: &Unanswered, menu: Option<&Catalogue>) -> String {
    match refusal {
        Unanswered::Failed(failure) => french(&failed(failure, menu)),
        Unanswered::Broken(_) => french(
            "La fenêtre ne parvient plus à joindre le poste : rien n’a été fait. Fermez le programme et relancez-le.",
        ),
    }
}

/// The reference that the person reads out on the telephone, where there is one.
pub(crate) fn reference(refusal: &Unanswered) -> Option<&str> {
    match refusal {
        Unanswered::Failed(failure) => {
            Some(&failure.reference).filter(|it| !it.is_empty()).map(String::as_str)
        }
        Unanswered::Broken(_) => None,
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one arm a code")]
fn failed(failure: &Failure, menu: Option<&Catalogue>) -> String {
    let said = match &failure.code {
        Code::SetUpState => {
            "Ce poste est déjà installé, ou ne l’est pas encore. Fermez le programme et relancez-le."
        }
        Code::SetUpInput => {
            "Vérifiez l’installation : nom du poste de 1 à 4 lettres ou chiffres, PIN de 4 à 8 chiffres, adresse complète du centre (https://…). Sans centre, le poste est un comptoir."
        }
        Code::CentreUnreachable => {
            "Le centre ne répond pas : rien n’est installé. Vérifiez l’adresse et le câble réseau, puis recommencez."
        }
        Code::EnrolmentCodeUnknown => {
            "Le centre ne connaît pas ce code. Recopiez-le tel que le responsable le voit."
        }
        Code::EnrolmentCodeUsed => "Ce code a déjà servi. Demandez-en un autre au responsable.",
        Code::EnrolmentCodeExpired => {
            "Ce code a plus de 15 minutes. Demandez-en un autre au responsable."
        }
        Code::EnrolmentCodeOfAnother => {
            "Ce code est celui d’un autre poste. Vérifiez le rôle et le nom choisis, ou demandez un code pour ce poste."
        }
        Code::NotSignedIn => "Personne n’est connecté. Choisissez votre nom et tapez votre PIN.",
        Code::NotAllowed => "Votre profil ne le permet pas. Appelez un responsable.",
        Code::WrongPin { tries_left } => return wrong_pin(*tries_left),
        Code::SignInLocked { seconds } => return locked(*seconds),
        Code::NoMenu => {
            "La carte n’est pas encore arrivée. Vérifiez que le centre, ou un autre poste, est joignable."
        }
        Code::EmptyBasket => "La commande est vide. Ajoutez d’abord un article.",
        Code::NoSuchLine => {
            "Cette ligne n’est plus dans la commande. Regardez la commande avant de continuer."
        }
        Code::Quantity => "La quantité va de 1 à 99. Au-delà, ajoutez une seconde ligne.",
        Code::TooManyLines => {
            "Une commande a 500 lignes au plus. Encaissez celle-ci, puis ouvrez-en une autre."
        }
        Code::Configuration(refused) => return configuration_refused(refused, menu),
        Code::Typed { problems } => return typed(problems),
        Code::NotPaid { due } => return not_paid(*due),
        Code::Promise => "Cette heure est passée ou ne se lit pas. Tapez-la ainsi : 19h30.",
        Code::DeliveryNeedsCustomer => {
            "Une livraison demande un nom, un téléphone et une adresse. Complétez le client (F7)."
        }
        Code::NoSuchOrder => {
            "Cette commande n’existe pas dans ce magasin. Revenez au tableau des commandes."
        }
        Code::OrderClosed => {
            "Cette commande est déjà payée, annulée ou remise : elle ne change plus. Ouvrez une autre commande."
        }
        Code::NotEnough { due, given } => return not_enough(*due, *given),
        Code::CashOverCeiling { ceiling } => return over_ceiling(*ceiling),
        Code::OrderFromNewerVersion => {
            "Cette commande vient d’un poste plus récent : encaissez-la sur ce poste-là."
        }
        Code::KitchenStep => {
            "Cette étape ne suit pas : quelqu’un l’a déjà faite. Regardez la fiche."
        }
        Code::NothingToUndo => "Il n’y a rien à annuler sur cet écran.",
        Code::NoSuchTicket => {
            "Ce ticket n’est pas sur ce poste. Réimprimez-le au poste qui l’a encaissé."
        }
        Code::NoPrinter => {
            "Aucune imprimante n’est réglée. Donnez son adresse dans les réglages (F5)."
        }
        Code::Printers => {
            "Ces imprimantes ne vont pas ensemble : un nom de 1 à 24 caractères pour chacune, chaque papier et le tiroir sur une seule."
        }
        Code::Address => {
            "Cette adresse ne se lit pas. Écrivez-la ainsi : 192.168.1.50 ou 192.168.1.50:9100."
        }
        Code::NoSuchJob => "Cette impression est déjà terminée.",
        Code::NeedsManager => {
            "Un responsable doit l’autoriser : il choisit son nom et tape son PIN."
        }
        Code::VoucherNotEligible { eligible } => return voucher_not_eligible(*eligible),
        Code::VoucherOverCap { cap, used } => return voucher_over_cap(*cap, *used),
        Code::VoucherDay => {
            "Les titres-restaurant ne sont pas acceptés le dimanche et les jours fériés. Demandez un autre moyen de paiement."
        }
        Code::VoucherPaperEnded => {
            "Les titres-restaurant papier ne sont plus acceptés. Demandez la carte titre-restaurant ou un autre moyen."
        }
        Code::NoChange { due } => return no_change(*due),
        Code::NoCheques => {
            "Ce magasin n’accepte pas les chèques. Demandez un autre moyen de paiement."
        }
        Code::Reference => {
            "La référence a 32 caractères au plus, et n’est jamais un numéro de carte. Notez celle du terminal."
        }
        Code::DiscountAmount => "La remise va de 0 au prix de la ligne. Corrigez le montant.",
        Code::CreditAmount => {
            "On ne reprend pas plus que ce qui a été vendu et n’est pas déjà repris. Choisissez au moins une ligne, dans la limite affichée."
        }
        Code::NotOwnTicket => {
            "Ce ticket se corrige sur le poste qui l’a encaissé, et seul un ticket de vente se corrige."
        }
        Code::NotThatPayment => {
            "Ce paiement ne se corrige pas ainsi : il l’est déjà, ou le total n’est pas le même. Rouvrez le ticket."
        }
        Code::DayState => {
            "La journée est déjà ouverte, ou ne l’est pas encore. Regardez l’écran Jour."
        }
        Code::WhichDay { clock } => return which_day(clock),
        Code::DrawerShort { theoretical } => return drawer_short(*theoretical),
        Code::NothingThere => "Il n’y a rien sur cette période. Choisissez d’autres dates.",
        Code::Period => {
            "Ces dates ne se lisent pas, ou la fin précède le début. Écrivez-les ainsi : 2026-11-21."
        }
        Code::Folder => {
            "Ce dossier ne peut pas être écrit. Vérifiez que la clé est branchée et qu’il y reste de la place."
        }
        Code::Buyer => {
            "Donnez le nom et l’adresse du client ; le SIREN a 9 chiffres et doit être juste, ou rester vide."
        }
        Code::NoLegalIdentity => {
            "Il manque l’identité légale du magasin (société, SIREN, SIRET). Faites-la compléter au centre."
        }
        Code::TrainingState => "La formation est déjà commencée, ou déjà finie.",
        Code::InTraining => "Pas en formation : terminez-la d’abord.",
        Code::NoCentre => {
            "Ce poste n’a pas de centre où montrer le ticket. Imprimez-le si le client le demande."
        }
        Code::NoSuchClosing => "Cette clôture n’est pas sur ce poste.",
        Code::NoSuchAlarm => "Cette alerte a déjà été prise en compte.",
        Code::PaymentAsked => {
            "Commande prise sur un autre poste : l’encaissement est demandé, un instant."
        }
        Code::PaymentElsewhere { label } => {
            return format!("Cette commande est en cours d’encaissement sur {label}.");
        }
        Code::NoSuchWorkstation => "Ce poste n’existe pas, ou il est déjà déclaré hors service.",
        Code::WorkstationAlive => "Ce poste répond : il n’est pas en panne.",
        Code::Ended => {
            "Ce poste a été déclaré hors service : ses ventes sont transmises aux autres, il n’encaisse plus."
        }
        Code::LabelTaken => {
            "Un poste de ce nom est encore en service. Déclarez-le d’abord hors service."
        }
        Code::NoSuchJoiner => "Ce poste ne demande plus à entrer.",
        Code::DrillState => "Un exercice est déjà en cours, ou aucun ne l’est.",
        Code::DrillMinutes => "Un exercice dure de 1 à 60 minutes.",
        Code::Damaged => {
            "Le fichier de ce poste est abîmé : il est mis de côté et récupéré des autres postes."
        }
        Code::KeyStore => {
            "La clé de signature de ce poste ne s’ouvre pas : il n’encaisse rien, et rien n’est perdu. Vendez sur un autre poste ; vérifiez que sa carte ou sa clé de sécurité est branchée, puis fermez le programme et relancez-le."
        }
        Code::DiskFull => {
            "Le disque est plein : rien n’a été enregistré. Appelez le responsable, puis recommencez."
        }
        Code::NewerDatabase => {
            "Les données viennent d’une version plus récente du programme. Installez la dernière version."
        }
        Code::Storage => {
            "Le disque ne répond plus normalement : rien n’a été enregistré. Passez sur un autre poste et appelez le responsable."
        }
        Code::Unexpected => {
            "Le programme s’est trompé : rien n’a été changé. Recommencez ; si cela se répète, lisez la référence au téléphone."
        }
    };
    said.to_owned()
}

/// Wrong PIN, and how many tries are left.
fn wrong_pin(tries_left: u32) -> String {
    let left = count(u64::from(tries_left), "essai", "essais");
    format!("Ce n’est pas le bon PIN. Encore {left} avant une pause.")
}

/// How long the sign-in is closed.
pub(crate) fn locked(seconds: u32) -> String {
    format!("Trop d’essais. Réessayez dans {}, ou appelez un responsable.", duration(seconds))
}

fn not_enough(due: Money, given: Money) -> String {
    format!("Il manque {} : {} donnés pour {} dus.", money(due - given), money(given), money(due))
}

fn over_ceiling(ceiling: Money) -> String {
    format!(
        "La loi limite les espèces à {} par vente. Demandez un autre moyen de paiement.",
        money(ceiling)
    )
}

fn voucher_not_eligible(eligible: Money) -> String {
    format!(
        "Les titres-restaurant paient ici {} au plus : ni alcool, ni frais de livraison, ni objets. Complétez avec un autre moyen.",
        money(eligible)
    )
}

fn voucher_over_cap(cap: Money, used: Money) -> String {
    let left = money(cap - used);
    format!(
        "La loi limite les titres-restaurant à {} par jour et par client : il reste {left}. Complétez avec un autre moyen.",
        money(cap)
    )
}

fn no_change(due: Money) -> String {
    format!("On ne rend pas la monnaie sur ce moyen : au plus {}. Corrigez le montant.", money(due))
}

fn which_day(clock: &str) -> String {
    format!(
        "L’horloge dit {clock}, ce qui ne suit pas la dernière journée. Vérifiez la date du PC, puis confirmez le jour dans Jour (F4)."
    )
}

fn drawer_short(theoretical: Money) -> String {
    format!(
        "Le tiroir ne devrait contenir que {} : comptez-le, ou enregistrez d’abord ce qui y est entré.",
        money(theoretical)
    )
}

fn not_paid(due: Money) -> String {
    format!("Il reste {} à encaisser avant de remettre la commande.", money(due))
}

fn typed(problems: &[Problem]) -> String {
    match problems.first() {
        Some(it) => format!("{} Rien n’a été ajouté.", problem(it.kind, "")),
        None => "La ligne ne se comprend pas. Rien n’a été ajouté.".to_owned(),
    }
}
