-- The history is not replaced either. SQLite's REPLACE deletes a row without its DELETE trigger (but on
-- connections with recursive_triggers), so what is there already is refused before it comes to that.
-- Contract: nothing is taken away. An older program may not open a file with these triggers.

-- The signed documents of a chain, by kind: what exports and checks read is the entries themselves.
CREATE INDEX entry_by_kind ON entry (journal, branch, kind, seq) WHERE kind BETWEEN 16 AND 22;

CREATE TRIGGER journal_is_never_replaced BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE journal = NEW.journal)
BEGIN SELECT RAISE(ABORT, 'a journal is never replaced'); END;
-- A workstation may take a journal for its own again (docs/SYNC.md); nothing else of it changes.
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
WHEN NEW.journal <> OLD.journal OR NEW.public_key <> OLD.public_key OR NEW.shop <> OLD.shop
  OR NEW.workstation <> OLD.workstation OR NEW.purpose <> OLD.purpose OR NEW.own < OLD.own
BEGIN SELECT RAISE(ABORT, 'a journal is never changed'); END;

CREATE TRIGGER chain_is_never_replaced BEFORE INSERT ON chain
WHEN EXISTS (SELECT 1 FROM chain WHERE journal = NEW.journal AND branch = NEW.branch)
BEGIN SELECT RAISE(ABORT, 'a chain is never replaced'); END;
CREATE TRIGGER chain_is_never_renamed BEFORE UPDATE ON chain
WHEN NEW.journal <> OLD.journal OR NEW.branch <> OLD.branch
  OR (NEW.tip_seq = OLD.tip_seq AND NEW.tip_hash <> OLD.tip_hash)
BEGIN SELECT RAISE(ABORT, 'a chain is never another'); END;

CREATE TRIGGER entry_is_never_replaced BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1
               FROM entry
              WHERE journal = NEW.journal AND branch = NEW.branch AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'an entry is never replaced'); END;

CREATE TRIGGER body_is_never_replaced BEFORE INSERT ON body
WHEN EXISTS (SELECT 1
               FROM body
              WHERE journal = NEW.journal AND branch = NEW.branch AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a body is never replaced'); END;
CREATE TRIGGER body_is_of_an_entry BEFORE INSERT ON body
WHEN NOT EXISTS (SELECT 1
                   FROM entry
                  WHERE journal = NEW.journal AND branch = NEW.branch AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a body is never without its entry'); END;
-- Whatever the column keep says: journal::Kind 16 to 22 are the signed documents.
CREATE TRIGGER body_of_a_document_is_kept BEFORE DELETE ON body
WHEN EXISTS (SELECT 1
               FROM entry
              WHERE journal = OLD.journal AND branch = OLD.branch AND seq = OLD.seq
                AND kind BETWEEN 16 AND 22)
BEGIN SELECT RAISE(ABORT, 'this body must be kept'); END;

CREATE TRIGGER seal_is_never_replaced BEFORE INSERT ON seal
WHEN EXISTS (SELECT 1
               FROM seal
              WHERE journal = NEW.journal AND branch = NEW.branch AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a seal is never replaced'); END;
