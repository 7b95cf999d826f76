import QueryLanguage
import Testing

/// What PostgreSQL's grammar reads and Daybook does not have: each is named, pointed at, and comes
/// with what to use instead.
@Suite struct UnsupportedHintTests {
  /// Statement, the token pointed at, the name, and a part of the hint.
  @Test(arguments: [
    ("CREATE UNIQUE INDEX i ON t (a)", "CREATE", "CREATE INDEX", "no index is needed"),
    (
      "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", "CREATE", "CREATE TRIGGER",
      "by itself"
    ),
    (
      "CREATE EVENT TRIGGER g ON ddl_command_end EXECUTE FUNCTION f()", "CREATE", "CREATE TRIGGER",
      "by itself"
    ),
    ("CREATE RULE r AS ON INSERT TO t DO NOTHING", "CREATE", "CREATE RULE", "by itself"),
    (
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE", "CREATE FUNCTION",
      "CREATE VIEW"
    ),
    ("CREATE OR REPLACE FUNCTION f() RETURNS int RETURN 1", "CREATE", "CREATE FUNCTION", "PREPARE"),
    ("CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", "CREATE", "CREATE PROCEDURE", "PREPARE"),
    ("ALTER FUNCTION f() STABLE", "ALTER", "ALTER FUNCTION", "CREATE VIEW"),
    ("CREATE AGGREGATE a (int) (sfunc = f, stype = int)", "CREATE", "CREATE AGGREGATE", "built in"),
    ("CREATE OPERATOR + (function = f)", "CREATE", "CREATE OPERATOR", "built in"),
    ("CREATE COLLATION c (locale = 'de')", "CREATE", "CREATE COLLATION", "built in"),
    ("CREATE SEQUENCE s", "CREATE", "CREATE SEQUENCE", "row_number()"),
    ("ALTER SEQUENCE s RESTART", "ALTER", "ALTER SEQUENCE", "row_number()"),
    ("CREATE SCHEMA s", "CREATE", "CREATE SCHEMA", "the table's name"),
    ("CREATE DATABASE d", "CREATE", "CREATE DATABASE", "--data FOLDER"),
    ("DROP DATABASE d", "DROP", "DROP DATABASE", "--data FOLDER"),
    ("CREATE EXTENSION postgis", "CREATE", "CREATE EXTENSION", "built in"),
    ("CREATE TYPE p AS (a int, b int)", "CREATE", "CREATE TYPE", "use text"),
    ("CREATE TYPE e AS ENUM ('a', 'b')", "CREATE", "CREATE TYPE", "dictionary"),
    ("ALTER TYPE e ADD VALUE 'c'", "ALTER", "ALTER TYPE", "use text"),
    ("ALTER DOMAIN d SET NOT NULL", "ALTER", "ALTER DOMAIN", "dictionary"),
    ("CREATE ROLE r", "CREATE", "CREATE ROLE", "data folder"),
    ("CREATE USER u PASSWORD 'x'", "CREATE", "CREATE USER", "data folder"),
    ("ALTER ROLE r SUPERUSER", "ALTER", "ALTER ROLE", "data folder"),
    ("DROP ROLE r", "DROP", "DROP ROLE", "data folder"),
    ("CREATE POLICY p ON t USING (true)", "CREATE", "CREATE POLICY", "CREATE VIEW"),
    ("GRANT SELECT ON t TO u", "GRANT", "GRANT", "data folder"),
    ("GRANT a TO b", "GRANT", "GRANT", "data folder"),
    ("REVOKE ALL ON t FROM u", "REVOKE", "REVOKE", "data folder"),
    ("REFRESH MATERIALIZED VIEW v", "REFRESH", "REFRESH MATERIALIZED VIEW", "always fresh"),
    ("CREATE TABLESPACE s LOCATION '/x'", "CREATE", "CREATE TABLESPACE", "data folder"),
    ("CREATE FOREIGN TABLE f (a int) SERVER s", "CREATE", "CREATE FOREIGN", "COPY ... FROM"),
    ("CREATE SERVER s FOREIGN DATA WRAPPER w", "CREATE", "CREATE SERVER", "COPY ... FROM"),
    ("CREATE PUBLICATION p", "CREATE", "CREATE PUBLICATION", "daybook load"),
    ("CREATE STATISTICS s ON a, b FROM t", "CREATE", "CREATE STATISTICS", "none are needed"),
    ("COMMENT ON TABLE t IS 'x'", "COMMENT", "COMMENT ON", "beside the SQL"),
    ("DROP INDEX i", "DROP", "DROP INDEX", "no indexes"),
    ("DROP SCHEMA s CASCADE", "DROP", "DROP SCHEMA", "one by one"),
    ("DROP FUNCTION f", "DROP", "DROP FUNCTION", "DROP VIEW"),
    ("DROP SEQUENCE s", "DROP", "DROP SEQUENCE", "DROP TABLE"),
    ("ALTER VIEW v RENAME TO w", "ALTER", "ALTER VIEW", "CREATE OR REPLACE VIEW"),
    ("ALTER INDEX i RENAME TO j", "ALTER", "ALTER INDEX", "tables and their columns"),
    ("ALTER TABLE t SET SCHEMA s", "ALTER", "ALTER TABLE ... SET SCHEMA", "no schemas"),
    ("ALTER TABLE t RENAME CONSTRAINT a TO b", "ALTER", "RENAME CONSTRAINT", "no names"),
    ("BEGIN", "BEGIN", "BEGIN", "no transactions"),
    ("COMMIT", "COMMIT", "COMMIT", "no transactions"),
    ("ROLLBACK", "ROLLBACK", "ROLLBACK", "no transactions"),
    ("SAVEPOINT s", "SAVEPOINT", "SAVEPOINT", "no transactions"),
    ("START TRANSACTION", "START", "START", "no transactions"),
    ("VACUUM FULL t", "VACUUM", "VACUUM", "clean up"),
    ("ANALYZE t", "ANALYZE", "ANALYZE", "to count"),
    ("REINDEX TABLE t", "REINDEX", "REINDEX", "no indexes"),
    ("CLUSTER t", "CLUSTER", "CLUSTER", "PARTITION BY DAY"),
    ("LISTEN c", "LISTEN", "LISTEN", "ask again"),
    ("NOTIFY c, 'x'", "NOTIFY", "NOTIFY", "ask again"),
    ("UNLISTEN *", "UNLISTEN", "UNLISTEN", "ask again"),
    ("DO 'BEGIN END'", "DO", "DO", "one by one"), ("CALL p()", "CALL", "CALL", "one by one"),
    ("DECLARE c CURSOR FOR SELECT 1", "DECLARE", "DECLARE", "no cursors"),
    ("FETCH NEXT FROM c", "FETCH", "FETCH", "LIMIT"), ("MOVE c", "MOVE", "MOVE", "no cursors"),
    ("CLOSE c", "CLOSE", "CLOSE", "no cursors"), ("LOCK TABLE t", "LOCK", "LOCK", "never wait"),
    ("DISCARD ALL", "DISCARD", "DISCARD", "DEALLOCATE ALL"),
    ("LOAD 'x'", "LOAD", "LOAD", "COPY ... FROM"),
    ("SET CONSTRAINTS ALL DEFERRED", "SET", "SET CONSTRAINTS", "each statement"),
    ("ALTER SYSTEM SET a = 1", "ALTER", "ALTER SYSTEM", "use SET"),
    ("COPY t FROM PROGRAM 'x'", "COPY", "COPY of a program", "daybook load -"),
    ("COPY t FROM STDIN", "STDIN", "COPY ... FROM STDIN", "daybook load -"),
    ("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "MERGE", "MERGE", "ON CONFLICT"),
    ("EXPLAIN (FORMAT json) SELECT 1", "FORMAT", "this option of EXPLAIN", "EXPLAIN ANALYZE"),
  ])
  func `statements`(text: String, place: String, construct: String, hint: String) {
    check(text, place, construct, hint)
  }

  @Test(arguments: [
    ("ALTER TABLE t ALTER a TYPE text", "ALTER", "ALTER COLUMN ... TYPE", "UPDATE"),
    ("ALTER TABLE t ALTER a SET DEFAULT 1", "ALTER", "ALTER COLUMN ... DEFAULT", "coalesce"),
    ("ALTER TABLE t ALTER a SET NOT NULL", "ALTER", "ALTER COLUMN ... NOT NULL", "INSERT INTO"),
    ("ALTER TABLE t ADD PRIMARY KEY (a)", "ADD", "a constraint in ALTER TABLE", "PRIMARY KEY"),
    ("ALTER TABLE t DROP CONSTRAINT c", "DROP", "a constraint in ALTER TABLE", "PRIMARY KEY"),
    ("ALTER TABLE t ADD a int, OWNER TO u", "OWNER", "OWNER TO", "data folder"),
    ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", "ENABLE", "ROW LEVEL SECURITY", "CREATE VIEW"),
    ("ALTER TABLE t INHERIT p", "INHERIT", "INHERIT", "UNION ALL"),
    ("ALTER TABLE t SET TABLESPACE s", "SET", "TABLESPACE", "data folder"),
    ("ALTER TABLE t SET LOGGED", "SET", "this form of ALTER TABLE", "ADD COLUMN"),
    ("ALTER TABLE t DROP COLUMN a CASCADE", "CASCADE", "DROP COLUMN ... CASCADE", "drop the views"),
    ("ALTER TABLE t ADD COLUMN a int DEFAULT 1", "DEFAULT", "DEFAULT", "coalesce"),
    ("CREATE TEMP TABLE t (a int)", "t", "a temporary or unlogged table", "WITH"),
    ("CREATE TABLE t (a int DEFAULT 1)", "DEFAULT", "DEFAULT", "is null"),
    ("CREATE TABLE t (a int CHECK (a > 1))", "CHECK", "CHECK", "WHERE"),
    ("CREATE TABLE t (a int UNIQUE)", "UNIQUE", "UNIQUE", "PRIMARY KEY"),
    ("CREATE TABLE t (a int REFERENCES b)", "REFERENCES", "a foreign key", "joins need none"),
    ("CREATE TABLE t (a int, EXCLUDE (a WITH =))", "EXCLUDE", "EXCLUDE", "PRIMARY KEY"),
    (
      "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)", "GENERATED", "GENERATED AS IDENTITY",
      "row_number()"
    ),
    (
      "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) STORED)", "GENERATED",
      "a generated column", "in a view"
    ),
    ("CREATE TABLE t (a int) INHERITS (b)", "INHERITS", "INHERITS", "UNION ALL"),
    ("CREATE TABLE t OF p", "t", "CREATE TABLE ... OF a type", "name the columns"),
    ("CREATE TABLE s.t (a int)", "s", "a table name with a schema", "no schemas"),
    ("CREATE TABLE t (a int[][])", "int", "an array type of several dimensions", "int4[]"),
    ("INSERT INTO t DEFAULT VALUES", "DEFAULT", "INSERT ... DEFAULT VALUES", "VALUES (NULL"),
    ("INSERT INTO t AS x VALUES (1)", "x", "an alias of the table of INSERT", "excluded"),
    ("INSERT INTO t (a[1]) VALUES (1)", "a", "INSERT into a part of a column", "whole column"),
    (
      "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING", "ON",
      "ON CONFLICT ON CONSTRAINT", "ON CONFLICT (...)"
    ),
    ("UPDATE t SET a[1] = 2", "a", "SET of a part of a column", "whole column"),
    ("DELETE FROM t WHERE CURRENT OF c", "WHERE", "WHERE CURRENT OF", "key = ..."),
    ("SET LOCAL a = 1", "SET", "SET LOCAL", "use SET"),
    ("RESET ALL", "RESET", "RESET ALL", "one by one"),
  ])
  func `definitions and changes`(text: String, place: String, construct: String, hint: String) {
    check(text, place, construct, hint)
  }

  @Test(arguments: [
    ("SELECT 1 FOR UPDATE", "FOR", "FOR UPDATE or FOR SHARE", "never wait"),
    ("SELECT 1 FROM t TABLESAMPLE bernoulli (5)", "TABLESAMPLE", "TABLESAMPLE", "a hash"),
    ("SELECT 1 FROM ROWS FROM (f(1), g(2))", "ROWS", "ROWS FROM", "WITH ORDINALITY"),
    ("SELECT 1 FROM f(1) AS (a int)", "f", "a column definition list in FROM", "cast"),
    ("SELECT a INTO b FROM t", "b", "SELECT INTO", "CREATE TABLE ... AS"),
    ("SELECT xmlelement(name a)", "xmlelement", "XML", "JSON"),
    ("SELECT xmlparse(content 'a')", "xmlparse", "XML", "JSON"),
    ("SELECT xmlserialize(content a AS text)", "xmlserialize", "XML", "JSON"),
    ("SELECT grouping(a) FROM t", "grouping", "GROUPING()", "IS NULL"),
    ("SELECT a @@ b", "@@", "the operator @@", "LIKE"),
    ("SELECT a <-> b", "<->", "the operator <->", "distance"),
    ("SELECT a ~>=~ b", "~>=~", "the operator ~>=~", "write >="),
    ("SELECT a ^@ b", "^@", "the operator ^@", "starts_with"),
    ("SELECT |/ a", "|/", "the operator |/", "sqrt"),
    ("SELECT @ a", "@", "the operator @", "abs"),
    ("SELECT a ?| b", "?|", "the operator ?|", "IS NOT NULL"),
    ("SELECT a @? b", "@?", "the operator @?", "->>"),
    ("SELECT a -|- b", "-|-", "the operator -|-", "sql.md"),
    ("SELECT (1, 2)", "(", "a row value such as (a, b)", "one by one"),
    ("SELECT a COLLATE \"de\"", "COLLATE", "COLLATE", "byte by byte"),
    ("SELECT f(a => 1)", "a", "an argument with a name", "in order"),
    ("SELECT f(VARIADIC a)", "a", "VARIADIC", "one by one"),
    ("SELECT B'10'", "B'10'", "a bit string", "a number"),
    ("SELECT (a).b", "a", "a field of a row value", "table.column"),
    ("SELECT s.f(1)", "s", "a function name with a schema", "no schemas"),
    ("SELECT a::s.t", "s", "a type name with a schema", "no schemas"),
    ("SELECT normalize(a, NFC)", "normalize", "Unicode normalization", "before it is loaded"),
    ("SELECT COLLATION FOR (a)", "COLLATION", "COLLATION FOR", "byte by byte"),
    ("SELECT a LIKE ANY (b)", "LIKE", "ANY or ALL with this operator", "compare with"),
    ("SELECT 1 GROUP BY DISTINCT a", "GROUP", "GROUP BY DISTINCT", "once"),
    (
      "WITH q AS (DELETE FROM t RETURNING *) SELECT * FROM q", "q",
      "a statement other than SELECT in WITH", "by itself"
    ),
    (
      "SELECT sum(a) OVER (ROWS 1 PRECEDING EXCLUDE TIES)", "EXCLUDE", "EXCLUDE in a window frame",
      "subtract"
    ),
  ])
  func `parts of queries`(text: String, place: String, construct: String, hint: String) {
    check(text, place, construct, hint)
  }

  private func check(_ text: String, _ place: String, _ construct: String, _ hint: String) {
    #expect(failedToken(text) == place, "\(text)")
    do throws(QueryError) {
      Issue.record("accepted: \(try SQLParser.parse(text))")
    } catch {
      #expect(error.code == .featureNotSupported)
      #expect(error.message.hasPrefix("\(construct) "), "\(error.message)")
      #expect(error.message.hasSuffix(" not supported"))
      #expect(error.hint?.contains(hint) == true, "\(text): \(error.hint ?? "no hint")")
    }
  }
}
