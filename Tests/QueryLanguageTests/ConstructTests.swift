import QueryLanguage
import Testing

/// What the parser makes of one construct, written as SQL again.
private func normal(_ text: String) throws -> String {
  try SQLParser.parseOne(text).description
}

@Suite struct ConstructTests {
  @Test(arguments: [
    ("select 1", "SELECT 1"),
    ("SELECT -5, - 7, -2.5, +3", "SELECT -5, -7, -2.5, (+ 3)"),
    ("select -0, 0, -2147483648", "SELECT 0, 0, -2147483648"),
    ("select 2147483648, -2147483649", "SELECT 2147483648, -2147483649"),
    ("select -9223372036854775808", "SELECT -9223372036854775808"),
    ("select 9223372036854775808, 1e5, .5", "SELECT 9223372036854775808, 1e5, .5"),
    ("select null, true, false", "SELECT NULL, TRUE, FALSE"),
    ("select 'it''s', E'a\\tb', $$x'y$$", "SELECT 'it''s', 'a\tb', 'x''y'"),
    ("select $1, $12", "SELECT $1, $12"),
    ("select a, t.a, s.t.a, \"A b\"", "SELECT a, t.a, s.t.a, \"A b\""),
    ("select *, t.*, count(*) from t", "SELECT *, t.*, count(*) FROM t"),
    ("select a as b, c d, e \"F\"", "SELECT a AS b, c AS d, e AS \"F\""),
    ("select ALL a from t", "SELECT a FROM t"),
    ("table t", "SELECT * FROM t"),
  ])
  func `literals, columns and stars are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    ("select a + b * -c", "SELECT (a + (b * (- c)))"),
    (
      "select a || b, a % 2, a ^ 2, ~a, a & b | c",
      "SELECT (a || b), (a % 2), (a ^ 2), (~ a), ((a & b) | c)"
    ),
    ("select a != b, a <> b, a >= b", "SELECT (a <> b), (a <> b), (a >= b)"),
    ("select a ~ 'x', a !~* 'x'", "SELECT (a ~ 'x'), (a !~* 'x')"),
    ("select a -> 'b' ->> 'c'", "SELECT ((a -> 'b') ->> 'c')"),
    ("select a and b and c and d", "SELECT (a AND b AND c AND d)"),
    ("select a and (b and (c and d))", "SELECT (a AND b AND c AND d)"),
    ("select a or b or (c and d)", "SELECT (a OR b OR (c AND d))"),
    ("select not a and not (b or c)", "SELECT ((NOT a) AND (NOT (b OR c)))"),
    (
      "select a is null, a isnull, a is not null",
      "SELECT (a IS NULL), (a IS NULL), (a IS NOT NULL)"
    ),
    (
      "select a is true, a is not false, a is unknown",
      "SELECT (a IS TRUE), (a IS NOT FALSE), (a IS UNKNOWN)"
    ),
    ("select a is not unknown", "SELECT (a IS NOT UNKNOWN)"),
    (
      "select a is distinct from b, a is not distinct from b",
      "SELECT (a IS DISTINCT FROM b), (a IS NOT DISTINCT FROM b)"
    ),
    (
      "select a between 1 and 2, a not between 1 and 2",
      "SELECT (a BETWEEN 1 AND 2), (a NOT BETWEEN 1 AND 2)"
    ),
    ("select a between symmetric 2 and 1", "SELECT (a BETWEEN SYMMETRIC 2 AND 1)"),
    ("select a in (1, -2), a not in ('x')", "SELECT (a IN (1, -2)), (a NOT IN ('x'))"),
    ("select a like 'x%', a not ilike b", "SELECT (a LIKE 'x%'), (a NOT ILIKE b)"),
    ("select a like 'x!%' escape '!'", "SELECT (a LIKE 'x!%' ESCAPE '!')"),
    ("select a = any(array[1,2]), a <> all(b)", "SELECT (a = ANY (ARRAY[1, 2])), (a <> ALL (b))"),
    ("select case when a then 1 when b then 2 end", "SELECT CASE WHEN a THEN 1 WHEN b THEN 2 END"),
    ("select case a when 1 then 'x' else 'y' end", "SELECT CASE a WHEN 1 THEN 'x' ELSE 'y' END"),
    ("select coalesce(a, 0), nullif(a, b)", "SELECT COALESCE(a, 0), NULLIF(a, b)"),
    ("select greatest(a, b), least(a, 1)", "SELECT GREATEST(a, b), LEAST(a, 1)"),
    ("select array[1, 2], (array[1, 2])[1], a[2]", "SELECT ARRAY[1, 2], (ARRAY[1, 2])[1], (a)[2]"),
  ])
  func `operators and conditions are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    (
      "update t as u set a = 1, b = u.b + 1 from v where u.a = v.a returning u.*, a as x",
      "UPDATE t AS u SET a = 1, b = (u.b + 1) FROM v WHERE (u.a = v.a) RETURNING u.*, a AS x"
    ),
    (
      "with q as (select 1) delete from t using q where a > 1 returning *",
      "WITH q AS (SELECT 1) DELETE FROM t USING q WHERE (a > 1) RETURNING *"
    ),
    ("truncate t, u", "TRUNCATE TABLE t, u"),
    (
      "insert into t values (1) on conflict do nothing",
      "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING"
    ),
    (
      "insert into t (a, b) values (1, 2) on conflict (a, b) do update set b = excluded.b where t.b < 3 returning a",
      "INSERT INTO t (a, b) VALUES (1, 2) ON CONFLICT (a, b) DO UPDATE SET b = excluded.b WHERE (t.b < 3) RETURNING a"
    ),
  ])
  func `changes of rows are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    ("select a::int, cast(a as bigint)", "SELECT CAST(a AS int4), CAST(a AS int8)"),
    ("select a::double precision, a::text[]", "SELECT CAST(a AS float8), CAST(a AS text[])"),
    (
      "select a::numeric(12, 2), a::varchar(20)",
      "SELECT CAST(a AS numeric(12, 2)), CAST(a AS varchar(20))"
    ),
    ("select date '2024-01-01'", "SELECT CAST('2024-01-01' AS date)"),
    ("select timestamp '2024-01-01 00:00'", "SELECT CAST('2024-01-01 00:00' AS timestamp)"),
    ("select timestamptz '2024-01-01Z'", "SELECT CAST('2024-01-01Z' AS timestamptz)"),
    ("select a::timestamp with time zone", "SELECT CAST(a AS timestamptz)"),
    ("select interval '5 minutes'", "SELECT CAST('5 minutes' AS interval)"),
    ("select interval '5' day", "SELECT CAST('5 day' AS interval)"),
    (
      "select interval '-1' month, interval '2' year",
      "SELECT CAST('-1 month' AS interval), CAST('2 year' AS interval)"
    ),
    ("select interval '1.5' second", "SELECT CAST('1.5 second' AS interval)"),
    ("select '3'::interval hour", "SELECT CAST('3 hour' AS interval)"),
    ("select a at time zone 'UTC'", "SELECT (a AT TIME ZONE 'UTC')"),
    ("select timezone('UTC', a)", "SELECT (a AT TIME ZONE 'UTC')"),
    (
      "select extract(day from a), extract('isodow' from a)",
      "SELECT EXTRACT(day FROM a), EXTRACT(isodow FROM a)"
    ),
    ("select now(), pg_catalog.now(), current_timestamp", "SELECT now(), now(), now()"),
    ("select current_date", "SELECT \"current_date\"()"),
    ("select position('a' in b)", "SELECT strpos(b, 'a')"),
    (
      "select substring(a from 1 for 2), substring(a for 2)",
      "SELECT substring(a, 1, 2), substring(a, 1, CAST(2 AS int4))"
    ),
    ("select trim(a), trim(leading 'x' from a)", "SELECT btrim(a), ltrim(a, 'x')"),
    ("select trim(both 'x' from a), trim(trailing from a)", "SELECT btrim(a, 'x'), rtrim(a)"),
    ("select overlay(a placing 'b' from 2 for 1)", "SELECT overlay(a, 'b', 2, 1)"),
    ("select count(), left(a, 2)", "SELECT count(), left(a, 2)"),
    ("select count(distinct a)", "SELECT count(DISTINCT a)"),
    ("select string_agg(a, ',' order by b desc)", "SELECT string_agg(a, ',' ORDER BY b DESC)"),
    ("select sum(a) filter (where b > 1)", "SELECT sum(a) FILTER (WHERE (b > 1))"),
    (
      "select percentile_cont(0.5) within group (order by a)",
      "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a)"
    ),
    ("select mode() within group (order by a)", "SELECT mode() WITHIN GROUP (ORDER BY a)"),
  ])
  func `casts and calls are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    ("select rank() over ()", "SELECT rank() OVER ()"),
    (
      "select sum(a) over (partition by b order by c desc nulls last)",
      "SELECT sum(a) OVER (PARTITION BY b ORDER BY c DESC NULLS LAST)"
    ),
    (
      "select sum(a) over (order by b rows 6 preceding)",
      "SELECT sum(a) OVER (ORDER BY b ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)"
    ),
    (
      "select sum(a) over (rows between 1 preceding and 2 following)",
      "SELECT sum(a) OVER (ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING)"
    ),
    (
      "select sum(a) over (order by b range between interval '7 days' preceding and current row)",
      "SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN CAST('7 days' AS interval) PRECEDING AND CURRENT ROW)"
    ),
    (
      "select sum(a) over (groups between unbounded preceding and unbounded following)",
      "SELECT sum(a) OVER (GROUPS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
    ),
    (
      "select sum(a) over w, sum(a) over (w order by b) from t window w as (partition by c), v as (w rows unbounded preceding)",
      "SELECT sum(a) OVER (w), sum(a) OVER (w ORDER BY b) FROM t WINDOW w AS (PARTITION BY c), v AS (w ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    ),
  ])
  func `windows are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    (
      "select a from t where b group by a, 2 having count(*) > 1 order by 1 desc, a nulls first limit 5 offset 2",
      "SELECT a FROM t WHERE b GROUP BY a, 2 HAVING (count(*) > 1) ORDER BY 1 DESC, a NULLS FIRST LIMIT 5 OFFSET 2"
    ),
    ("select distinct a from t", "SELECT DISTINCT a FROM t"),
    ("select distinct on (a, b) c from t", "SELECT DISTINCT ON (a, b) c FROM t"),
    ("select 1 limit all", "SELECT 1"),
    ("select 1 fetch first 3 rows only", "SELECT 1 LIMIT 3"),
    ("select 1 fetch first row only", "SELECT 1 LIMIT 1"),
    ("values (1, 'a'), (2, 'b') order by 1", "VALUES (1, 'a'), (2, 'b') ORDER BY 1"),
    (
      "select 1 union select 2 union all select 3",
      "((SELECT 1) UNION (SELECT 2)) UNION ALL (SELECT 3)"
    ),
    (
      "select 1 intersect select 2 except all select 3",
      "((SELECT 1) INTERSECT (SELECT 2)) EXCEPT ALL (SELECT 3)"
    ),
    (
      "(select 1 order by 1 limit 1) union all select 2 limit 4",
      "(SELECT 1 ORDER BY 1 LIMIT 1) UNION ALL (SELECT 2) LIMIT 4"
    ),
    (
      "with a as (select 1), b (x) as materialized (select 2) select * from a, b",
      "WITH a AS (SELECT 1), b (x) AS (SELECT 2) SELECT * FROM a, b"
    ),
    (
      "with recursive n as (select 1 union all select x + 1 from n) select * from n",
      "WITH RECURSIVE n AS ((SELECT 1) UNION ALL (SELECT (x + 1) FROM n)) SELECT * FROM n"
    ),
    (
      "select (select 1), exists (select 2), array(select 3)",
      "SELECT (SELECT 1), EXISTS (SELECT 2), ARRAY(SELECT 3)"
    ),
    (
      "select a in (select b from t), a not in (select 1)",
      "SELECT (a IN (SELECT b FROM t)), (a NOT IN (SELECT 1))"
    ),
    (
      "select a = any (select 1), a < all (select 2)",
      "SELECT (a = ANY (SELECT 1)), (a < ALL (SELECT 2))"
    ),
  ])
  func `queries are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    ("select 1 from t, system.tables as x (a, b)", "SELECT 1 FROM t, system.tables AS x (a, b)"),
    ("select 1 from (select 2) q (a)", "SELECT 1 FROM (SELECT 2) AS q (a)"),
    ("select 1 from t, lateral (select t.a) q", "SELECT 1 FROM t, LATERAL (SELECT t.a) AS q"),
    ("select 1 from generate_series(1, 3) g (n)", "SELECT 1 FROM generate_series(1, 3) AS g (n)"),
    ("select 1 from (values (1), (2)) v (n)", "SELECT 1 FROM (VALUES (1), (2)) AS v (n)"),
    (
      "select 1 from a join b on a.x = b.x left join c using (x, y)",
      "SELECT 1 FROM ((a INNER JOIN b ON (a.x = b.x)) LEFT JOIN c USING (x, y))"
    ),
    (
      "select 1 from a right join b on true full outer join c on false",
      "SELECT 1 FROM ((a RIGHT JOIN b ON TRUE) FULL JOIN c ON FALSE)"
    ),
    (
      "select 1 from a cross join b natural join c",
      "SELECT 1 FROM ((a CROSS JOIN b) NATURAL INNER JOIN c)"
    ),
    (
      "select 1 from a join (b join c on b.x = c.x) on a.x = b.x",
      "SELECT 1 FROM (a INNER JOIN (b INNER JOIN c ON (b.x = c.x)) ON (a.x = b.x))"
    ),
  ])
  func `tables and joins are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test(arguments: [
    ("explain select 1", "EXPLAIN SELECT 1"),
    ("explain analyze select 1", "EXPLAIN ANALYZE SELECT 1"),
    ("explain (analyze off) select 1", "EXPLAIN SELECT 1"),
    ("explain (analyze true) (select 1)", "EXPLAIN ANALYZE SELECT 1"),
    (
      "create table visits (ts timestamp not null, ms bigint, tags text[]) partition by day (ts)",
      "CREATE TABLE visits (ts timestamp NOT NULL, ms int8, tags text[]) PARTITION BY DAY (ts)"
    ),
    (
      "create table if not exists t (a int primary key, b text null)",
      "CREATE TABLE IF NOT EXISTS t (a int4 NOT NULL, b text, PRIMARY KEY (a))"
    ),
    (
      "create table t (a int, b text, primary key (a, b)) partition by range (a) with (ttl_days = 7, x = 'y', z = fast, on_, n = -1.5)",
      "CREATE TABLE t (a int4 NOT NULL, b text NOT NULL, PRIMARY KEY (a, b)) PARTITION BY RANGE (a) WITH (ttl_days = 7, x = 'y', z = 'fast', on_, n = -1.5)"
    ),
    ("create domain user_id as text", "CREATE DOMAIN user_id AS text"),
    ("drop table a, \"B\"", "DROP TABLE a, \"B\""),
    ("alter table t rename to \"T\"", "ALTER TABLE t RENAME TO \"T\""),
    ("alter table if exists t rename a to b", "ALTER TABLE IF EXISTS t RENAME COLUMN a TO b"),
    (
      "alter table t add a int, add column if not exists b text not null, drop c, drop if exists d",
      "ALTER TABLE t ADD COLUMN a int4, ADD COLUMN IF NOT EXISTS b text NOT NULL, DROP COLUMN c, DROP COLUMN IF EXISTS d"
    ),
    (
      "security label on column t.c is 'free text'",
      "SECURITY LABEL ON COLUMN t.c IS 'free text'"
    ),
    (
      "security label on column public.t.\"C\" is null",
      "SECURITY LABEL ON COLUMN t.\"C\" IS NULL"
    ),
    ("drop table if exists a", "DROP TABLE IF EXISTS a"),
    ("insert into t values (1, -2), (null, 'x')", "INSERT INTO t VALUES (1, -2), (NULL, 'x')"),
    ("insert into t (a, b) select 1, 2", "INSERT INTO t (a, b) SELECT 1, 2"),
    (
      "with q as (select 1) insert into t select * from q",
      "INSERT INTO t WITH q AS (SELECT 1) SELECT * FROM q"
    ),
    ("show tables", "SHOW tables"),
    ("show time zone", "SHOW timezone"),
    ("set timezone = 'Europe/Berlin'", "SET timezone = 'Europe/Berlin'"),
    ("set time zone 'UTC'", "SET timezone = 'UTC'"),
    ("set x to 1, two, -3", "SET x = 1, 'two', -3"),
    ("set x to default", "SET x = DEFAULT"),
    ("reset x", "SET x = DEFAULT"),
    ("describe events", "DESCRIBE events"),
    (" -- hello\n DESC /* x */ \"My Table\" ; ", "DESCRIBE \"My Table\""),
    ("describe table system.tables", "DESCRIBE \"system.tables\""),
  ])
  func `other statements are read`(text: String, expected: String) throws {
    #expect(try normal(text) == expected)
  }

  @Test func `several statements keep their ranges`() throws {
    let text = "select 'ä';; describe t ;  -- end\nselect 2 + 3 ; /* x */"
    let statements = try SQLParser.parse(text)
    let written = statements.map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
    #expect(written == ["select 'ä'", "describe t", "select 2 + 3"])
    #expect(throws: QueryError.self) { try SQLParser.parseOne(text) }
  }

  @Test func `a text without statements is empty`() throws {
    for text in ["", " ; ; ", "-- nothing", "/* nothing */"] {
      #expect(try SQLParser.parse(text).isEmpty)
      #expect(throws: QueryError(.syntaxError, "query is empty", at: 0..<0)) {
        try SQLParser.parseOne(text)
      }
    }
  }
}
