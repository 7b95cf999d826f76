import QueryLanguage
import Testing

@Suite struct UnsupportedConstructTests {
  /// Query, the token pointed at, and the message without `is not supported`.
  @Test(arguments: [
    ("UPDATE t SET (a, b) = (1, 2)", "a", "SET of several columns at once"),
    ("UPDATE ONLY t SET a = 1", "t", "UPDATE ONLY"), ("DELETE FROM ONLY t", "t", "DELETE ONLY"),
    ("MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "MERGE", "MERGE"),
    ("TRUNCATE t CASCADE", "CASCADE", "TRUNCATE ... CASCADE"),
    ("COPY t FROM PROGRAM 'x'", "COPY", "COPY of a program"),
    ("COPY t FROM STDIN", "STDIN", "COPY ... FROM STDIN"),
    ("CREATE TEMP VIEW v AS SELECT 1", "v", "a temporary view"),
    ("CREATE RECURSIVE VIEW v (a) AS SELECT 1", "CREATE", "a recursive view"),
    ("CREATE TEMP TABLE t AS SELECT 1", "t", "a temporary or unlogged table"),
    ("CREATE INDEX i ON t (a)", "CREATE", "CREATE INDEX"),
    ("CREATE SCHEMA s", "CREATE", "CREATE SCHEMA"),
    ("GRANT SELECT ON t TO u", "GRANT", "GRANT"), ("BEGIN", "BEGIN", "BEGIN"),
    ("select 1; vacuum", "vacuum", "VACUUM"),
    ("COMMENT ON TABLE t IS 'x'", "COMMENT", "COMMENT ON"),
    ("DROP INDEX v", "DROP", "DROP INDEX"), ("DROP TABLE s.t", "s", "a table name with a schema"),
    ("DROP DOMAIN d", "DROP", "DROP DOMAIN"), ("SET LOCAL a = 1", "SET", "SET LOCAL"),
    ("SET TRANSACTION READ ONLY", "SET", "SET TRANSACTION"), ("RESET ALL", "RESET", "RESET ALL"),
    ("EXPLAIN (FORMAT json) SELECT 1", "FORMAT", "this option of EXPLAIN"),
    ("EXPLAIN ANALYZE VERBOSE SELECT 1", "VERBOSE", "this option of EXPLAIN"),
  ])
  func `statements are refused by name`(text: String, place: String, construct: String) {
    check(text, place, construct)
  }

  @Test(arguments: [
    ("SELECT a SIMILAR TO b", "SIMILAR", "SIMILAR TO"),
    ("SELECT 1 FOR UPDATE", "FOR", "FOR UPDATE or FOR SHARE"),
    ("SELECT a INTO b FROM t", "b", "SELECT INTO"),
    ("SELECT 1 FROM t TABLESAMPLE bernoulli (5)", "TABLESAMPLE", "TABLESAMPLE"),
    ("SELECT 1 FROM ROWS FROM (f(1), g(2))", "ROWS", "ROWS FROM"),
    ("SELECT 1 FROM f(1) AS (a int)", "f", "a column definition list in FROM"),
    ("SELECT 1 FROM ONLY t", "t", "FROM ONLY"),
    ("SELECT 1 FROM c.s.t", "c", "a database in front of a table name"),
    ("SELECT 1 FROM (a JOIN b ON true) j", "j", "an alias for a join"),
    ("SELECT 1 FROM a JOIN b USING (x) AS j", "j", "an alias for a join"),
    ("SELECT a FROM t ORDER BY a USING <", "USING", "ORDER BY ... USING"),
    ("SELECT a FROM t ORDER BY a FETCH FIRST 2 ROWS WITH TIES", "TIES", "FETCH ... WITH TIES"),
    ("SELECT 1 GROUP BY DISTINCT a", "GROUP", "GROUP BY DISTINCT"),
    ("SELECT 1 FROM a ANTI JOIN b USING (x)", "ANTI", "ANTI JOIN"),
    ("SELECT 1 FROM a ASOF JOIN b ON a.x <= b.x", "ASOF", "ASOF JOIN"),
    ("SELECT a.b.c.d", "a", "a database in front of a column name"),
    ("SELECT s.t.* FROM s.t", "s", "a schema in front of .*"),
    ("SELECT (1, 2)", "(", "a row value such as (a, b)"),
    ("SELECT grouping(a) FROM t", "grouping", "GROUPING()"),
    ("SELECT a COLLATE \"C\"", "COLLATE", "COLLATE"),
    ("SELECT f(a => 1)", "a", "an argument with a name"),
    ("SELECT f(VARIADIC a)", "a", "VARIADIC"), ("SELECT (a).b", "a", "a field of a row value"),
    ("SELECT B'10'", "B'10'", "a bit string"),
    ("SELECT a @@ b", "@@", "the operator @@"),
    ("SELECT a OPERATOR(pg_catalog.+) b", "OPERATOR", "OPERATOR()"),
    ("SELECT a LIKE ANY (b)", "LIKE", "ANY or ALL with this operator"),
    ("SELECT user FROM t", "user", "USER"), ("SELECT current_time", "current_time", "CURRENT_TIME"),
    ("SELECT current_timestamp(3)", "current_timestamp", "a precision of CURRENT_TIMESTAMP"),
    ("SELECT s.f(1)", "s", "a function name with a schema"),
    ("SELECT a::s.t", "s", "a type name with a schema"),
    (
      "SELECT INTERVAL '1' DAY TO HOUR", "INTERVAL",
      "an interval with a range of fields or a precision"
    ),
    ("SELECT INTERVAL '1 day 5 hours' DAY", "INTERVAL", "a field behind this text"),
    ("SELECT INTERVAL '1.5' DAY", "INTERVAL", "a field behind this text"),
    ("SELECT a::interval day", "interval", "an interval type with fields"),
    ("SELECT (a, b) OVERLAPS (c, d)", "OVERLAPS", "OVERLAPS"),
    ("SELECT xmlelement(name a)", "xmlelement", "XML"),
    ("SELECT sum(a) OVER (ROWS 1 PRECEDING EXCLUDE TIES)", "EXCLUDE", "EXCLUDE in a window frame"),
    (
      "WITH q AS (DELETE FROM t RETURNING *) SELECT * FROM q", "q",
      "a statement other than SELECT in WITH"
    ),
  ])
  func `parts of queries are refused by name`(text: String, place: String, construct: String) {
    check(text, place, construct)
  }

  @Test(arguments: [
    ("CREATE TEMP TABLE t (a int)", "t", "a temporary or unlogged table"),
    ("CREATE TABLE t (a int DEFAULT 1)", "DEFAULT", "DEFAULT"),
    ("CREATE TABLE t (a int CHECK (a > 1))", "CHECK", "CHECK"),
    ("CREATE TABLE t (a int UNIQUE)", "UNIQUE", "UNIQUE"),
    ("CREATE TABLE t (a int REFERENCES b)", "REFERENCES", "a foreign key"),
    ("CREATE TABLE t (a int, CHECK (a > 1))", "CHECK", "CHECK"),
    ("CREATE TABLE t (a int CONSTRAINT c NOT NULL)", "CONSTRAINT", "a name for a constraint"),
    ("CREATE TABLE t (a text COLLATE \"C\")", "COLLATE", "COLLATE"),
    ("CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)", "GENERATED", "GENERATED AS IDENTITY"),
    ("CREATE TABLE t (a int) INHERITS (b)", "INHERITS", "INHERITS"),
    ("CREATE TABLE t (LIKE b)", "LIKE", "CREATE TABLE (LIKE ...)"),
    ("CREATE TABLE t PARTITION OF b DEFAULT", "t", "CREATE TABLE ... PARTITION OF"),
    ("CREATE TABLE t (a int) PARTITION BY RANGE (f(a))", "f", "an expression in PARTITION BY"),
    ("CREATE TABLE t (a int) TABLESPACE s", "TABLESPACE", "TABLESPACE"),
    ("CREATE TABLE t (a int[][])", "int", "an array type of several dimensions"),
    ("CREATE TABLE t (a interval hour)", "interval", "an interval type with fields or a precision"),
    ("CREATE TABLE s.t (a int)", "s", "a table name with a schema"),
    ("CREATE DOMAIN d AS text NOT NULL", "NOT", "a constraint of a domain"),
    ("INSERT INTO t DEFAULT VALUES", "DEFAULT", "INSERT ... DEFAULT VALUES"),
    ("INSERT INTO t VALUES (DEFAULT)", "DEFAULT", "DEFAULT as a value"),
    (
      "INSERT INTO t VALUES (1) ON CONFLICT ON CONSTRAINT k DO NOTHING", "ON",
      "ON CONFLICT ON CONSTRAINT"
    ),
    (
      "INSERT INTO t VALUES (1) ON CONFLICT (lower(a)) DO NOTHING", "ON",
      "ON CONFLICT of anything but columns"
    ),
    ("INSERT INTO t (a[1]) VALUES (1)", "a", "INSERT into a part of a column"),
    ("INSERT INTO t AS x VALUES (1)", "x", "an alias of the table of INSERT"),
  ])
  func `definitions are refused by name`(text: String, place: String, construct: String) {
    check(text, place, construct)
  }

  @Test(arguments: [
    ("SELECT FROM t", "SELECT", "SELECT names nothing"),
    ("SELECT count(t.*) FROM t", "t", "* is only allowed as an item of SELECT"),
    ("VALUES (1, 2), (3)", "3", "VALUES lists must all be the same length"),
    ("CREATE TABLE t (a int NULL NOT NULL)", "NOT", "conflicting NULL/NOT NULL for column \"a\""),
    (
      "CREATE TABLE t (a int PRIMARY KEY, PRIMARY KEY (a))", "PRIMARY",
      "multiple primary keys for table \"t\""
    ),
    ("DESCRIBE", "", "syntax error at end of input"),
    ("DESC a b", "b", "syntax error at or near \"b\""),
    ("DESCRIBE 'a'", "'a'", "syntax error at or near \"'a'\""),
  ])
  func `what the grammar lets through is checked`(text: String, place: String, message: String) {
    #expect(failedToken(text) == place)
    #expect(failure(text).hasPrefix("error: \(message)"))
  }

  private func check(_ text: String, _ place: String, _ construct: String) {
    #expect(failedToken(text) == place)
    #expect(failure(text).hasPrefix("error: \(construct) is not supported"), "\(failure(text))")
    #expect(throws: QueryError.self) { try SQLParser.parse(text) }
  }
}
