#pragma once

/// Text of the catalogue queries. `$1` is an oid array unless said otherwise.
namespace syncline::connectors::postgres::catalogue_sql {

// $1 schemas, $2 tables
inline constexpr const char* kTables = R"(
WITH RECURSIVE wanted AS (
  SELECT c.oid, n.nspname, c.relname, c.relkind, w.place
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(container, tbl, place)
  JOIN pg_namespace n ON n.nspname = coalesce(nullif(w.container, ''), 'public')
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.tbl
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
), tree AS (
  SELECT oid AS root, oid FROM wanted
  UNION
  SELECT tree.root, i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
), sizes AS (
  SELECT tree.root, sum(CASE WHEN m.relkind = 'p' THEN 0 ELSE m.reltuples END)::bigint AS rows,
         bool_or(m.relkind <> 'p' AND m.reltuples < 0) AS unknown, sum(pg_relation_size(m.oid))::bigint AS bytes
  FROM tree JOIN pg_class m ON m.oid = tree.oid GROUP BY tree.root
)
SELECT w.oid, w.nspname, w.relname, w.relkind, CASE WHEN s.unknown THEN -1 ELSE s.rows END, s.bytes,
       coalesce(obj_description(w.oid, 'pg_class'), '')
FROM wanted w JOIN sizes s ON s.root = w.oid ORDER BY w.place)";

inline constexpr const char* kColumns = R"(
SELECT a.attrelid, a.attname, format_type(bt.oid, CASE WHEN t.typtype = 'd' THEN coalesce(nullif(t.typtypmod, -1), d1.typtypmod, -1)
                                                       ELSE a.atttypmod END),
       bt.typtype, NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)), coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
       a.attidentity, a.attgenerated,
       CASE WHEN a.attcollation = 0 OR a.attcollation = t.typcollation THEN ''
            WHEN cn.nspname = 'pg_catalog' THEN co.collname::text
            ELSE '"' || replace(cn.nspname, '"', '""') || '"."' || replace(co.collname, '"', '""') || '"' END,
       coalesce(col_description(a.attrelid, a.attnum), ''),
       coalesce((SELECT string_agg('''' || replace(e.enumlabel, '''', '''''') || '''', ',' ORDER BY e.enumsortorder)
                 FROM pg_enum e WHERE e.enumtypid = bt.oid), '')
FROM pg_attribute a
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type d1 ON t.typtype = 'd' AND d1.oid = t.typbasetype
LEFT JOIN pg_type d2 ON d1.typtype = 'd' AND d2.oid = d1.typbasetype
JOIN pg_type bt ON bt.oid = coalesce(d2.oid, d1.oid, t.oid)
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum)";

// %s: the NULLS NOT DISTINCT flag, which older servers lack.
inline constexpr const char* kIndexes = R"(
SELECT i.indrelid, c.relname, coalesce(a.attname, ''), (i.indoption[k.place - 1] & 1) = 1, i.indisunique, i.indisprimary,
       coalesce(con.contype::text, ''), am.amname,
       CASE WHEN con.contype = 'x' THEN 'exclusion' WHEN i.indpred IS NOT NULL THEN 'partial'
            WHEN i.indexprs IS NOT NULL THEN 'expression' WHEN i.indnatts > i.indnkeyatts THEN 'include'
            WHEN con.condeferrable THEN 'deferrable'
            WHEN EXISTS (SELECT 1 FROM unnest(i.indclass) oc(id) JOIN pg_opclass p ON p.oid = oc.id WHERE NOT p.opcdefault)
              THEN 'operator class'
            ELSE '' END,
       pg_get_indexdef(i.indexrelid), %s, coalesce(obj_description(i.indexrelid, 'pg_class'), ''), i.indexrelid
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am am ON am.oid = c.relam
CROSS JOIN LATERAL generate_series(1, i.indnkeyatts::int) AS k(place)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place - 1] AND a.attnum > 0
LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x') AND con.conrelid = i.indrelid
WHERE i.indrelid = ANY($1::oid[]) AND i.indisvalid
ORDER BY i.indrelid, i.indisprimary DESC, c.relname, k.place)";

inline constexpr const char* kForeignKeys = R"(
SELECT c.conrelid, c.conname, a.attname, rn.nspname, rc.relname, ra.attname, c.confdeltype, c.confupdtype, c.condeferrable, c.condeferred,
       c.oid
FROM pg_constraint c
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(own, other, place)
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
JOIN pg_attribute ra ON ra.attrelid = c.confrelid AND ra.attnum = k.other
JOIN pg_class rc ON rc.oid = c.confrelid
JOIN pg_namespace rn ON rn.oid = rc.relnamespace
WHERE c.contype = 'f' AND c.conrelid = ANY($1::oid[]) AND c.conparentid = 0
ORDER BY c.conrelid, c.conname, c.oid, k.place)";

// %s: which keys of other tables are ours
inline constexpr const char* kTouchingKeys = R"(
SELECT c.conrelid, c.conname, a.attname, rn.nspname, rc.relname, ra.attname, c.confdeltype, c.confupdtype, c.condeferrable, c.condeferred,
       c.oid, cn.nspname, cc.relname
FROM pg_constraint c
CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(own, other, place)
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
JOIN pg_attribute ra ON ra.attrelid = c.confrelid AND ra.attnum = k.other
JOIN pg_class rc ON rc.oid = c.confrelid
JOIN pg_namespace rn ON rn.oid = rc.relnamespace
JOIN pg_class cc ON cc.oid = c.conrelid
JOIN pg_namespace cn ON cn.oid = cc.relnamespace
WHERE c.contype = 'f' AND c.conparentid = 0 AND (c.conrelid = ANY($1::oid[]) OR (c.confrelid = ANY($1::oid[]) AND %s))
ORDER BY c.conrelid, c.oid, k.place)";

inline constexpr const char* kKeptRights = R"(
SELECT format('GRANT %s ON TABLE %s TO %s%s', x.privilege_type, w.replacement,
              CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
              CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM unnest($1::oid[], $2::text[]) AS w(old, replacement) JOIN pg_class c ON c.oid = w.old
CROSS JOIN LATERAL aclexplode(c.relacl) AS x WHERE x.grantee <> c.relowner
UNION ALL
SELECT format('GRANT %s (%I) ON TABLE %s TO %s%s', x.privilege_type, a.attname, w.replacement,
              CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
              CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
FROM unnest($1::oid[], $2::text[]) AS w(old, replacement)
JOIN pg_attribute a ON a.attrelid = w.old AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_class r ON r.oid = to_regclass(w.replacement)
JOIN pg_attribute still ON still.attrelid = r.oid AND still.attname = a.attname
CROSS JOIN LATERAL aclexplode(a.attacl) AS x
UNION ALL
SELECT format('ALTER TABLE %s OWNER TO %I', w.replacement, pg_get_userbyid(c.relowner))
FROM unnest($1::oid[], $2::text[]) AS w(old, replacement) JOIN pg_class c ON c.oid = w.old
WHERE pg_get_userbyid(c.relowner) <> current_user AND pg_has_role(current_user, c.relowner, 'MEMBER'))";

inline constexpr const char* kActiveReferences = R"(
SELECT n.nspname || '.' || t.relname || '.' || c.conname
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND c.confrelid = $1::oid AND c.conrelid <> c.confrelid AND c.confdeltype <> 'a' LIMIT 1)";

inline constexpr const char* kChecks = R"(
SELECT conrelid, conname FROM pg_constraint WHERE contype = 'c' AND conrelid = ANY($1::oid[]) ORDER BY conrelid, conname)";

inline constexpr const char* kSequences = R"(
SELECT d.refobjid, CASE WHEN NOT has_sequence_privilege(s.seqrelid, 'SELECT, USAGE') THEN NULL
                        ELSE coalesce(pg_sequence_last_value(s.seqrelid) + s.seqincrement, s.seqstart) END
FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
  AND d.refobjid = ANY($1::oid[])
ORDER BY d.refobjid, d.refobjsubid DESC)";

inline constexpr const char* kDependents = R"(
SELECT DISTINCT d.refobjid, 'view', n.nspname || '.' || v.relname
FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace n ON n.oid = v.relnamespace
WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY($1::oid[]) AND v.oid <> d.refobjid
UNION ALL
SELECT r.ev_class, 'rule', r.rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE r.ev_class = ANY($1::oid[]) AND c.relkind IN ('r', 'p')
UNION ALL
SELECT t.tgrelid, 'trigger', t.tgname FROM pg_trigger t WHERE t.tgrelid = ANY($1::oid[]) AND NOT t.tgisinternal
UNION ALL
SELECT pr.prrelid, 'publication', p.pubname FROM pg_publication_rel pr JOIN pg_publication p ON p.oid = pr.prpubid
WHERE pr.prrelid = ANY($1::oid[])
UNION ALL
SELECT p.polrelid, 'policy', p.polname FROM pg_policy p WHERE p.polrelid = ANY($1::oid[])
UNION ALL
SELECT i.inhrelid, 'parent', c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent WHERE i.inhrelid = ANY($1::oid[])
UNION ALL
SELECT i.inhparent, 'partition', c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = ANY($1::oid[])
ORDER BY 1, 2, 3)";

// %s: names of the tables recorded as ours (a condition on c.conrelid).
inline constexpr const char* kReferencing = R"(
SELECT c.confrelid, n.nspname || '.' || t.relname || '.' || c.conname
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE c.contype = 'f' AND c.confrelid = ANY($1::oid[]) AND c.conrelid <> c.confrelid AND c.conparentid = 0 %s
ORDER BY 1, 2)";

// Columns of partition keys in order; an empty name stands for an expression.
inline constexpr const char* kPartitionKeys = R"(
SELECT p.partrelid, p.partstrat, coalesce(a.attname, '')
FROM pg_partitioned_table p
CROSS JOIN LATERAL unnest(p.partattrs::int2[]) WITH ORDINALITY AS k(number, place)
LEFT JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.number AND a.attnum > 0
WHERE p.partrelid = ANY($1::oid[]) ORDER BY p.partrelid, k.place)";

// $1 schemas (empty array: all)
inline constexpr const char* kList = R"(
SELECT n.nspname, c.relname, c.relkind, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND c.relname NOT LIKE 'syncline\_%'
  AND (cardinality($1::text[]) = 0 OR n.nspname = ANY($1::text[]))
  AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.oid)
  AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY n.nspname, c.relname)";

// $1 state schema
inline constexpr const char* kContainers = R"(
SELECT nspname FROM pg_namespace
WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
  AND (nspname <> $1 OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = pg_namespace.oid AND c.relkind IN ('r', 'p', 'v')
                                AND c.relname NOT LIKE 'syncline\_%'))
ORDER BY nspname)";

// $1 schemas
inline constexpr const char* kWriteRights = R"(
SELECT w.name, n.oid IS NOT NULL, n.oid IS NOT NULL AND has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, 'USAGE'),
       has_database_privilege(current_database(), 'CREATE'), quote_ident(current_user), quote_ident(current_database()), quote_ident(w.name)
FROM unnest($1::text[]) AS w(name) LEFT JOIN pg_namespace n ON n.nspname = w.name)";

// $1 high half, $2 low half of the mark
inline constexpr const char* kSeesMark = R"(
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND classid::bigint = $1::bigint AND objid::bigint = $2::bigint AND objsubid = 1 AND granted)";

}  // namespace syncline::connectors::postgres::catalogue_sql
