-- import_places -> import_place_type
SELECT * FROM imports WHERE tenant_id = :tenant_id AND source = :source ORDER BY table_name;

-- import_place_begin
INSERT INTO imports (tenant_id, source, table_name, state, before_rows, before_sum, handled, handled_sum, copied, copied_sum, kept,
                     present, different, refused, updated_at)
VALUES (:tenant_id, :source, :table_name, :state, :before_rows, :before_sum, :handled, :handled_sum, :copied, :copied_sum, :kept,
        :present, :different, :refused, db_now());

-- import_place_move
-- Changes nothing when somebody else has moved it.
UPDATE imports
SET handled = :handled, handled_sum = :handled_sum, copied = :copied, copied_sum = :copied_sum, kept = :kept, present = :present,
    different = :different, refused = :refused, updated_at = db_now()
WHERE tenant_id = :tenant_id AND source = :source AND table_name = :table_name AND handled = :handled_before
      AND copied = :copied_before AND refused = :refused_before;

-- imports_forget
DELETE FROM imports WHERE tenant_id = :tenant_id AND source = :source;
