/** Tables of the migration runner: they say what was done, and are no part of what there is. */
const BOOKKEEPING = "('schema_migrations', 'migration_audit')";

/** Objects that belong to an extension come and go with it. */
const notOfExtension = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/*
 * One query for each kind of object of the schema $1. The schema must come first on the search path, so that names of
 * its own are written without it.
 */

export const ENUMS = `
  SELECT quote_ident(t.typname) AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
  WHERE t.typnamespace = $1::regnamespace AND ${notOfExtension('pg_type', 't.oid')}
  GROUP BY t.typname ORDER BY t.typname`;

export const SEQUENCES = `
  SELECT quote_ident(c.relname) AS name, format_type(s.seqtypid, NULL) AS type, concat_ws(' ',
      'INCREMENT ' || NULLIF(s.seqincrement, 1), 'START ' || NULLIF(s.seqstart, 1), 'CACHE ' || NULLIF(s.seqcache, 1),
      'MINVALUE ' || NULLIF(s.seqmin, 1),
      'MAXVALUE ' || NULLIF(s.seqmax, CASE s.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
        ELSE 9223372036854775807 END),
      CASE WHEN s.seqcycle THEN 'CYCLE' END) AS options,
    CASE WHEN d.refobjid IS NOT NULL THEN json_build_object('table', d.refobjid::regclass::text, 'column', quote_ident(a.attname)) END AS owner
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
      AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    LEFT JOIN pg_class o ON o.oid = d.refobjid
  WHERE c.relnamespace = $1::regnamespace AND d.deptype IS DISTINCT FROM 'i'
    AND COALESCE(o.relname NOT IN ${BOOKKEEPING}, true) AND ${notOfExtension('pg_class', 'c.oid')}
  ORDER BY c.relname`;

export const ROUTINES = `
  SELECT p.oid::regprocedure::text AS signature, CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind,
    l.lanname AS language, COALESCE(pg_get_function_result(p.oid), '') AS result,
    replace(pg_get_functiondef(p.oid), quote_ident(n.nspname) || '.', '') AS definition
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.oid = $1::regnamespace AND p.prokind IN ('f', 'p') AND ${notOfExtension('pg_proc', 'p.oid')}
  ORDER BY 1`;

export const TABLES = `
  SELECT quote_ident(c.relname) AS name, c.relpersistence = 'u' AS "isUnlogged",
    COALESCE((SELECT array_agg(o ORDER BY o) FROM unnest(c.reloptions) o), '{}') AS storage
  FROM pg_class c
  WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND NOT c.relispartition AND c.relname NOT IN ${BOOKKEEPING}
    AND ${notOfExtension('pg_class', 'c.oid')}
  ORDER BY c.relname`;

export const COLUMNS = `
  SELECT quote_ident(c.relname) AS "table", quote_ident(a.attname) AS name, format_type(a.atttypid, a.atttypmod) AS type,
    NOT a.attnotnull AS "isNullable",
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid, true) END AS "default",
    CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid, true) END AS generated,
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collation
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ${BOOKKEEPING}
    AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY c.relname, a.attnum`;

/** A NOT NULL is part of its column. A constraint that a partition or a child inherits is part of its parent. */
export const CONSTRAINTS = `
  SELECT k.conrelid::regclass::text AS "table", quote_ident(k.conname) AS name,
    CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check' WHEN 'f' THEN 'foreign key'
      WHEN 'x' THEN 'exclusion' END AS kind,
    regexp_replace(pg_get_constraintdef(k.oid, true), ' NOT VALID$', '') AS definition, k.convalidated AS "isValidated"
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
  WHERE c.relnamespace = $1::regnamespace AND k.contype IN ('p', 'u', 'c', 'f', 'x') AND k.conparentid = 0
    AND c.relname NOT IN ${BOOKKEEPING}
  ORDER BY k.conrelid::regclass::text, k.conname`;

export const INDEXES = `
  SELECT i.indrelid::regclass::text AS "table", quote_ident(c.relname) AS name, i.indisunique AS "isUnique",
    pg_get_indexdef(i.indexrelid, 0, true) AS definition
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
  WHERE c.relnamespace = $1::regnamespace AND t.relkind = 'r' AND t.relname NOT IN ${BOOKKEEPING}
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  ORDER BY c.relname`;

export const TRIGGERS = `
  SELECT t.tgrelid::regclass::text AS "table", quote_ident(t.tgname) AS name, pg_get_triggerdef(t.oid, true) AS definition
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal AND c.relname NOT IN ${BOOKKEEPING}
  ORDER BY 1, 2`;

export const COMMENTS = `
  SELECT * FROM (
    SELECT CASE c.relkind WHEN 'r' THEN 'TABLE ' WHEN 'i' THEN 'INDEX ' ELSE 'SEQUENCE ' END || c.oid::regclass AS target, d.description AS text
      FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
      WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'i', 'S') AND c.relname NOT IN ${BOOKKEEPING}
    UNION ALL
    SELECT 'COLUMN ' || a.attrelid::regclass || '.' || quote_ident(a.attname), d.description
      FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid AND d.objsubid > 0
      WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ${BOOKKEEPING}
    UNION ALL
    SELECT 'CONSTRAINT ' || quote_ident(k.conname) || ' ON ' || k.conrelid::regclass, d.description
      FROM pg_description d JOIN pg_constraint k ON k.oid = d.objoid AND d.classoid = 'pg_constraint'::regclass
      WHERE k.connamespace = $1::regnamespace AND k.conrelid <> 0
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || p.oid::regprocedure, d.description
      FROM pg_description d JOIN pg_proc p ON p.oid = d.objoid AND d.classoid = 'pg_proc'::regclass
      WHERE p.pronamespace = $1::regnamespace AND ${notOfExtension('pg_proc', 'p.oid')}
    UNION ALL
    SELECT 'TRIGGER ' || quote_ident(t.tgname) || ' ON ' || t.tgrelid::regclass, d.description
      FROM pg_description d JOIN pg_trigger t ON t.oid = d.objoid AND d.classoid = 'pg_trigger'::regclass
        JOIN pg_class c ON c.oid = t.tgrelid
      WHERE c.relnamespace = $1::regnamespace
    UNION ALL
    SELECT 'TYPE ' || t.oid::regtype, d.description
      FROM pg_description d JOIN pg_type t ON t.oid = d.objoid AND d.classoid = 'pg_type'::regclass
      WHERE t.typnamespace = $1::regnamespace AND t.typtype = 'e' AND ${notOfExtension('pg_type', 't.oid')}
  ) found ORDER BY target`;

/** Everything there is no query for above. */
export const OTHERS = `
  SELECT * FROM (
    SELECT CASE WHEN c.relispartition THEN 'partition' WHEN c.relkind = 'v' THEN 'view' WHEN c.relkind = 'm' THEN 'materialized view'
        WHEN c.relkind = 'p' THEN 'partitioned table' WHEN c.relkind = 'f' THEN 'foreign table' ELSE 'composite type' END AS kind,
      quote_ident(c.relname) AS name
      FROM pg_class c WHERE c.relnamespace = $1::regnamespace AND (c.relkind IN ('v', 'm', 'p', 'f', 'c') OR c.relispartition)
        AND ${notOfExtension('pg_class', 'c.oid')}
    UNION ALL
    SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'range type' END, quote_ident(t.typname)
      FROM pg_type t WHERE t.typnamespace = $1::regnamespace AND t.typtype IN ('d', 'r') AND ${notOfExtension('pg_type', 't.oid')}
    UNION ALL
    SELECT CASE p.prokind WHEN 'a' THEN 'aggregate' ELSE 'window function' END, p.oid::regprocedure::text
      FROM pg_proc p WHERE p.pronamespace = $1::regnamespace AND p.prokind IN ('a', 'w') AND ${notOfExtension('pg_proc', 'p.oid')}
    UNION ALL
    SELECT 'row policy', quote_ident(p.polname) || ' on ' || p.polrelid::regclass
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = $1::regnamespace
    UNION ALL
    SELECT 'inheritance', i.inhrelid::regclass || ' from ' || i.inhparent::regclass
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
    UNION ALL
    SELECT 'reference to another schema', quote_ident(k.conname) || ' on ' || k.conrelid::regclass
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
      WHERE c.relnamespace = $1::regnamespace AND r.relnamespace <> c.relnamespace
  ) found ORDER BY kind, name`;

export const EXTENSIONS = `SELECT quote_ident(extname) AS name FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname`;

/** Schemas that hold types and functions of extensions, first the one they are usually in. */
export const EXTENSION_SCHEMAS = `
  SELECT DISTINCT quote_ident(n.nspname) AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
  WHERE n.nspname <> 'pg_catalog' ORDER BY 1`;
