/** A change of a small declared schema, and the answers it needs. */
export interface SchemaChange {
  what: string;
  from: string;
  to: string;
  answers?: Record<string, string>;
  /** Beside the sources: what a reader of the migrations must see. */
  says?: RegExp;
}

const PEOPLE = `CREATE TABLE people (id integer CONSTRAINT pk_people PRIMARY KEY, name varchar(20) NOT NULL, age integer);`;
const WITH_ROWS = PEOPLE;
const people = (columns: string): string =>
  PEOPLE.replace(', name varchar(20) NOT NULL, age integer', columns === '' ? '' : `, ${columns}`);

/** What harms nothing, so that nothing is asked. */
export const SAFE_CHANGES: SchemaChange[] = [
  { what: 'a table comes', from: '', to: `${PEOPLE} CREATE INDEX ix_people_name ON people (lower(name));` },
  {
    what: 'tables that refer to each other come',
    from: '',
    to: `CREATE TABLE a (id uuid CONSTRAINT pk_a PRIMARY KEY, b uuid); CREATE TABLE b (id uuid CONSTRAINT pk_b PRIMARY KEY, a uuid CONSTRAINT fk_b_a REFERENCES a);
      ALTER TABLE a ADD CONSTRAINT fk_a_b FOREIGN KEY (b) REFERENCES b ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;`,
  },
  {
    what: 'a table comes with everything a column may be',
    from: '',
    to: `CREATE TYPE mood AS ENUM ('good', 'it''s bad');
      CREATE UNLOGGED TABLE things (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_things PRIMARY KEY,
        number serial, name varchar(40) COLLATE "C" NOT NULL DEFAULT 'it''s', mood mood NOT NULL DEFAULT 'good', moods mood[],
        size numeric(12,4) DEFAULT 0.17, data jsonb NOT NULL DEFAULT '{}', at timestamptz NOT NULL DEFAULT now(),
        doubled numeric GENERATED ALWAYS AS (size * 2) STORED, period tstzrange,
        kind varchar(8) CONSTRAINT ck_things_kind CHECK (kind IN ('a', 'b\\c', '$\{x}\`')), code char(3),
        CONSTRAINT ck_things_name CHECK (name ~ '^[a-z]+$' AND lower(name) <> 'x'),
        CONSTRAINT uq_things UNIQUE NULLS NOT DISTINCT (code, kind),
        CONSTRAINT ex_things EXCLUDE USING gist (period WITH &&)
      ) WITH (fillfactor = 70);
      CREATE INDEX ix_things_kind ON things (kind DESC NULLS LAST) INCLUDE (size) WHERE kind IN ('a', 'b');
      COMMENT ON TABLE things IS 'It''s
two lines'; COMMENT ON COLUMN things.code IS 'three'; COMMENT ON CONSTRAINT uq_things ON things IS 'once';
      COMMENT ON INDEX ix_things_kind IS 'fast'; COMMENT ON TYPE mood IS 'how';`,
  },
  {
    what: 'a column comes',
    from: PEOPLE,
    to: people('name varchar(20) NOT NULL, age integer, note text, n int NOT NULL DEFAULT 3'),
  },
  { what: 'columns are in another order', from: PEOPLE, to: people('age integer, name varchar(20) NOT NULL') },
  {
    what: 'a column gets longer',
    from: PEOPLE,
    to: people('name varchar(40) NOT NULL, age integer'),
    says: /expand-ok/,
  },
  { what: 'a column gets wider', from: PEOPLE, to: people('name text NOT NULL, age bigint'), says: /contract/ },
  { what: 'NOT NULL goes', from: PEOPLE, to: people('name varchar(20), age integer') },
  { what: 'a default comes', from: PEOPLE, to: people("name varchar(20) NOT NULL DEFAULT 'x', age integer") },
  {
    what: 'an index comes',
    from: PEOPLE,
    to: `${PEOPLE} CREATE INDEX ix_people_age ON people (age);`,
    says: /CONCURRENTLY/,
  },
  {
    what: 'an index goes',
    from: `${PEOPLE} CREATE INDEX ix_people_age ON people (age);`,
    to: PEOPLE,
    says: /CONCURRENTLY/,
  },
  {
    what: 'an index changes',
    from: `${PEOPLE} CREATE INDEX ix_people_age ON people (age);`,
    to: `${PEOPLE} CREATE INDEX ix_people_age ON people (age DESC) WHERE age > 1;`,
  },
  {
    what: 'a function and a trigger come',
    from: PEOPLE,
    to: `${PEOPLE}
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
          IF NEW.name = 'a\\b' THEN RETURN NULL; END IF;

          RETURN NEW;
        END $$;
      CREATE TRIGGER tr_people BEFORE INSERT ON people FOR EACH ROW WHEN (NEW.age > 1) EXECUTE FUNCTION keep();
      COMMENT ON FUNCTION keep() IS 'keeps'; COMMENT ON TRIGGER tr_people ON people IS 'keeps';`,
  },
  {
    what: 'a function in SQL comes with the table it reads',
    from: '',
    to: `${PEOPLE} CREATE FUNCTION oldest() RETURNS integer LANGUAGE sql STABLE AS 'SELECT max(age) FROM people';`,
  },
  {
    what: 'a function changes',
    from: "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    to: "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2';",
  },
  {
    what: 'a function answers something else',
    from: "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';",
    to: "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''2''';",
  },
  { what: 'a sequence comes', from: '', to: 'CREATE SEQUENCE numbers START 100 INCREMENT 5 CACHE 10;' },
  {
    what: 'a sequence changes',
    from: 'CREATE SEQUENCE numbers START 100 INCREMENT 5 CYCLE; CREATE TABLE t (id serial);',
    to: 'CREATE SEQUENCE numbers AS integer MAXVALUE 700 CACHE 10; CREATE TABLE t (id serial); ALTER SEQUENCE t_id_seq CACHE 3;',
  },
  {
    what: 'a list of texts is checked, in a CHECK and in an index',
    from: 'CREATE TABLE t (a text, n integer);',
    to: `CREATE TABLE t (a text, n integer); CREATE INDEX ix_t ON t (n) WHERE a IN ('x', 'y') AND n::text NOT IN ('1', '2');
      CREATE TABLE u (a text CHECK (a IN ('x', 'y')), n integer CHECK (n IN (1, 2)), c char(1) CHECK (c IN ('a', 'b')));`,
  },
  {
    what: 'values of a type come',
    from: "CREATE TYPE mood AS ENUM ('b', 'd'); CREATE TABLE t (m mood DEFAULT 'b', ms mood[]);",
    to: "CREATE TYPE mood AS ENUM ('a', 'b', 'c', 'd', 'e'); CREATE TABLE t (m mood DEFAULT 'b', ms mood[]);",
    says: /readonly transaction = false/,
  },
  {
    what: 'storage changes',
    from: PEOPLE,
    to: PEOPLE.replace(';', ' WITH (fillfactor = 50, autovacuum_enabled = false);'),
  },
  { what: 'a table becomes unlogged', from: PEOPLE, to: PEOPLE.replace('TABLE', 'UNLOGGED TABLE') },
  { what: 'a comment comes', from: PEOPLE, to: `${PEOPLE} COMMENT ON COLUMN people.age IS 'in years';` },
  { what: 'a comment goes', from: `${PEOPLE} COMMENT ON COLUMN people.age IS 'in years';`, to: PEOPLE },
];

/** What a person must decide. */
export const ASKED_CHANGES: SchemaChange[] = [
  {
    what: 'a NOT NULL column comes',
    from: PEOPLE,
    to: people('name varchar(20) NOT NULL, age integer, phone text NOT NULL'),
    answers: { 'not-null people.phone': "default: 'none'" },
    says: /compat = 'contract'/,
  },
  {
    what: 'a column becomes NOT NULL, filled',
    from: WITH_ROWS,
    to: people('name varchar(20) NOT NULL, age integer NOT NULL'),
    answers: { 'not-null people.age': 'fill: 0' },
    says: /VALIDATE CONSTRAINT/,
  },
  {
    what: 'a column becomes NOT NULL, checked',
    from: PEOPLE,
    to: people('name varchar(20) NOT NULL, age integer NOT NULL'),
    answers: { 'not-null people.age': 'check' },
  },
  {
    what: 'a column gets shorter',
    from: people("name varchar(20) NOT NULL DEFAULT 'x', age integer"),
    to: people("name varchar(5) NOT NULL DEFAULT 'y', age integer"),
    answers: { 'type people.name': 'using: left(name, 5)' },
    says: /ALTER COLUMN name TYPE character varying\(5\) USING left\(name, 5\)/,
  },
  {
    what: 'a column gets another type',
    from: PEOPLE,
    to: people('name varchar(20) NOT NULL, age text'),
    answers: { 'type people.age': 'cast' },
  },
  {
    what: 'a column gets another name',
    from: `${PEOPLE} CREATE INDEX ix_people_age ON people (age) WHERE age > 1; ALTER TABLE people ADD CONSTRAINT ck_people_age CHECK (age > 0);`,
    to: `${people('name varchar(20) NOT NULL, years integer')} CREATE INDEX ix_people_age ON people (years) WHERE years > 1; ALTER TABLE people ADD CONSTRAINT ck_people_age CHECK (years > 0);`,
    answers: { 'rename people.years': 'renamed: age' },
    says: /^(?![\s\S]*(DROP|INDEX))[\s\S]*RENAME COLUMN age TO years/,
  },
  {
    what: 'a column goes and another one of its type comes',
    from: PEOPLE,
    to: people('name varchar(20) NOT NULL, shoes integer'),
    answers: { 'rename people.shoes': 'new', 'drop people.age': 'drop' },
    says: /DROP COLUMN age/,
  },
  {
    what: 'a table gets another name',
    from: `${PEOPLE} CREATE TABLE pets (owner integer CONSTRAINT fk_pets REFERENCES people); CREATE INDEX ix_name ON people (name);`,
    to: `${PEOPLE.replace('TABLE people', 'TABLE persons')} CREATE TABLE pets (owner integer CONSTRAINT fk_pets REFERENCES persons); CREATE INDEX ix_name ON persons (name);`,
    answers: { 'rename persons': 'renamed: people' },
    says: /^(?![\s\S]*(DROP|INDEX))[\s\S]*ALTER TABLE people RENAME TO persons/,
  },
  {
    what: 'a table goes, with what belongs to it',
    from: `${PEOPLE} CREATE TABLE pets (id serial, owner integer CONSTRAINT fk_pets REFERENCES people); CREATE INDEX ix_pets ON pets (owner); COMMENT ON TABLE pets IS 'animals';`,
    to: PEOPLE,
    answers: { 'drop pets': 'drop', 'drop pets_id_seq': 'drop' },
    says: /compat = 'breaking'/,
  },
  {
    what: 'a column goes with its index',
    from: `${PEOPLE} CREATE INDEX ix_people_age ON people (age);`,
    to: people('name varchar(20) NOT NULL'),
    answers: { 'drop people.age': 'drop' },
    says: /compat = 'breaking'/,
  },
  {
    what: 'a NOT NULL column goes',
    from: PEOPLE,
    to: people('age integer'),
    answers: { 'drop people.name': 'drop' },
  },
  {
    what: 'a CHECK comes',
    from: PEOPLE,
    to: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT ck_people_age CHECK (age BETWEEN 0 AND 200);`,
    answers: { 'constraint ck_people_age': 'not-valid' },
    says: /NOT VALID[\s\S]*VALIDATE/,
  },
  {
    what: 'a CHECK allows more',
    from: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT ck_people_name CHECK (name IN ('a', 'b'));`,
    to: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT ck_people_name CHECK (name IN ('a', 'b', 'c'));`,
    answers: { 'constraint ck_people_name': 'looser' },
    says: /expand-ok[\s\S]*CHECK \(name IN \('a', 'b', 'c'\)\)/,
  },
  {
    what: 'a CHECK allows less',
    from: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT ck_people_name CHECK (name IN ('a', 'b', 'c'));`,
    to: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT ck_people_name CHECK (name IN ('a', 'b'));`,
    answers: { 'constraint ck_people_name': 'tighter' },
    says: /compat = 'contract'/,
  },
  {
    what: 'a foreign key comes',
    from: `${PEOPLE} CREATE TABLE pets (owner integer);`,
    to: `${PEOPLE} CREATE TABLE pets (owner integer CONSTRAINT fk_pets REFERENCES people ON DELETE CASCADE);`,
    answers: { 'constraint fk_pets': 'not-valid' },
  },
  {
    what: 'a UNIQUE comes',
    from: PEOPLE,
    to: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT uq_people UNIQUE NULLS NOT DISTINCT (name, age);`,
    answers: { 'constraint uq_people': 'concurrently' },
    says: /CREATE UNIQUE INDEX CONCURRENTLY[\s\S]*USING INDEX uq_people/,
  },
  {
    what: 'a UNIQUE comes at once, and another one goes',
    from: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT uq_people_age UNIQUE (age);`,
    to: `${PEOPLE} ALTER TABLE people ADD CONSTRAINT uq_people UNIQUE (name);`,
    answers: { 'constraint uq_people': 'at-once', 'drop uq_people_age': 'drop' },
  },
  {
    what: 'a unique index comes',
    from: PEOPLE,
    to: `${PEOPLE} CREATE UNIQUE INDEX uq_people ON people (lower(name));`,
    answers: { 'unique-index uq_people': 'concurrently' },
  },
  {
    what: 'a unique index goes',
    from: `${PEOPLE} CREATE UNIQUE INDEX uq_people ON people (lower(name));`,
    to: PEOPLE,
    answers: { 'drop uq_people': 'drop' },
  },
  {
    what: 'values of a type go',
    from: "CREATE TYPE mood AS ENUM ('a', 'b', 'c'); CREATE TABLE t (m mood DEFAULT 'b', ms mood[]);",
    to: "CREATE TYPE mood AS ENUM ('b', 'c'); CREATE TABLE t (m mood DEFAULT 'b', ms mood[]);",
    answers: { 'enum mood': 'rebuild' },
  },
  {
    what: 'a computed column is computed otherwise',
    from: people('age integer, twice integer GENERATED ALWAYS AS (age * 2) STORED'),
    to: people('age integer, twice integer GENERATED ALWAYS AS (age + age) STORED'),
    answers: { 'drop people.twice': 'drop' },
  },
  { what: 'a sequence goes', from: 'CREATE SEQUENCE numbers;', to: '', answers: { 'drop numbers': 'drop' } },
];
