-- Rules of a copy are off, and nothing that waited in the original goes out of the copy.
UPDATE crm_relationship_rule
   SET active = false, is_held = false, held_count = 0;
DELETE FROM crm_relationship_rule_run
 WHERE state = 'todo';
