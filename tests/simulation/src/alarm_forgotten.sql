CREATE TRIGGER IF NOT EXISTS alarm_is_forgotten AFTER INSERT ON alarm
WHEN EXISTS (SELECT 1 FROM attempt a JOIN attempt later ON later.record_id = a.record_id AND later.generation > a.generation
             WHERE a.attempt_id = NEW.attempt_id)
BEGIN
    UPDATE alarm SET cleared_at = NEW.raised_at, cleared_by = 'found_well' WHERE alarm_id = NEW.alarm_id;
END;
CREATE TRIGGER IF NOT EXISTS alarm_is_overtaken AFTER INSERT ON attempt WHEN NEW.generation > 1
BEGIN
    UPDATE alarm SET cleared_at = NEW.claimed_at, cleared_by = 'found_well'
    WHERE cleared_at IS NULL AND attempt_id IN (
        SELECT attempt_id FROM attempt WHERE record_id = NEW.record_id AND generation < NEW.generation);
END;
