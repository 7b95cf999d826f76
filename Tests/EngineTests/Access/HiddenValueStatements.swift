import ColumnStore
import QueryPlanning

/// Statements that try to get hidden values out.
enum HiddenValueStatements {
  /// By hand, for each hidden column `$c` with a guess `$g` that is right in one world.
  private static let templates: [String] = [
    "SELECT $c FROM users", "SELECT * FROM users ORDER BY id", "TABLE users",
    "SELECT u.* FROM users u",
    "SELECT id, $c FROM users ORDER BY id", "SELECT $c AS x FROM users ORDER BY id DESC LIMIT 3",
    "SELECT \"$c\" FROM public.users", "SELECT id FROM users WHERE $c = $g",
    "SELECT id FROM users WHERE $c <> $g",
    "SELECT id FROM users WHERE $c > $g", "SELECT id FROM users WHERE $c IN ($g)",
    "SELECT id FROM users WHERE $c IS NOT DISTINCT FROM $g",
    "SELECT id FROM users WHERE NOT ($c = $g) OR n > 2",
    "SELECT id FROM users WHERE $c BETWEEN $g AND $g",
    "SELECT id FROM users WHERE CAST($c AS text) LIKE 'a%'",
    "SELECT id FROM users WHERE $c::text ~ '^[a-m]'",
    "SELECT id FROM users WHERE length($c::text) > 12",
    "SELECT id FROM users WHERE n > 0 AND ($c::text = $g::text OR n > 100)",
    "SELECT id FROM users WHERE ($c = $g) IS TRUE",
    "SELECT id FROM users WHERE coalesce($c::text, 'x') = 'x'",
    "SELECT id FROM users WHERE $c IS NULL ORDER BY id",
    "SELECT id, $c IS NOT NULL FROM users ORDER BY id",
    "SELECT count(*) FROM users WHERE $c IS NOT NULL",
    "SELECT id, $c = $g FROM users ORDER BY id",
    "SELECT id, $c::text || 'x' FROM users ORDER BY id",
    "SELECT id, length($c::text) FROM users ORDER BY id",
    "SELECT id, CAST($c AS text) FROM users ORDER BY id",
    "SELECT id, CAST($c::text AS bigint) FROM users ORDER BY id",
    "SELECT id, ($c::text)::date FROM users ORDER BY id",
    "SELECT id, CASE WHEN $c = $g THEN 1 ELSE 0 END FROM users",
    "SELECT count(CASE WHEN $c = $g THEN 1 END) FROM users",
    "SELECT sum(CASE $c WHEN $g THEN 1 ELSE 0 END) FROM users",
    "SELECT CASE WHEN $c IS NULL THEN 'none' ELSE 'some' END, id FROM users ORDER BY id",
    "SELECT CASE WHEN n > 2 THEN $c END FROM users ORDER BY id",
    "SELECT 1 / (CASE WHEN $c = $g THEN 0 ELSE 1 END) FROM users",
    "SELECT 1 / (length($c::text) - 15) FROM users",
    "SELECT id FROM users WHERE 1 / (length($c::text) - 15) > 0",
    "SELECT NULLIF($c, $g) FROM users",
    "SELECT coalesce($c, $g) FROM users ORDER BY id",
    "SELECT greatest($c::text, 'm') FROM users ORDER BY id",
    "SELECT least($c::text, 'm'), id FROM users ORDER BY id",
    "SELECT ARRAY[$c::text] FROM users ORDER BY id",
    "SELECT ARRAY[$c::text, 'x'] @> ARRAY['ann1@alpha.test'] FROM users",
    "SELECT $c::text = ANY (ARRAY[$g::text]) FROM users ORDER BY id",
    "SELECT id FROM users WHERE $c::text = ANY (ARRAY[$g::text])",
    "SELECT $c FROM users ORDER BY $c", "SELECT id FROM users ORDER BY $c DESC LIMIT 1",
    "SELECT id FROM users ORDER BY length($c::text), id",
    "SELECT id, $c FROM users ORDER BY 2", "SELECT id AS $c FROM users ORDER BY $c",
    "SELECT DISTINCT $c FROM users", "SELECT DISTINCT id, $c FROM users",
    "SELECT DISTINCT ON ($c) id FROM users",
    "SELECT DISTINCT ON (country) country, $c FROM users ORDER BY country, id",
    "SELECT DISTINCT ON (country) id FROM users ORDER BY country, $c",
    "SELECT $c, count(*) FROM users GROUP BY $c", "SELECT $c, count(*) FROM users GROUP BY 1",
    "SELECT count(*) FROM users GROUP BY $c::text",
    "SELECT country, $c FROM users GROUP BY country, $c",
    "SELECT country FROM users GROUP BY country HAVING min($c::text) < 'm'",
    "SELECT country FROM users GROUP BY country HAVING count($c) > 1 ORDER BY 1",
    "SELECT country, count(*) FROM users GROUP BY ROLLUP (country, $c)",
    "SELECT count(*) FROM users GROUP BY GROUPING SETS (($c), ())", "SELECT count($c) FROM users",
    "SELECT count(DISTINCT $c) FROM users",
    "SELECT country, count($c), count(DISTINCT $c) FROM users GROUP BY country ORDER BY country",
    "SELECT approx_count_distinct($c::text) FROM users",
    "SELECT approx_count_distinct(id) FROM users WHERE $c IS NULL",
    "SELECT count(DISTINCT $c::text) FROM users",
    "SELECT count(DISTINCT coalesce($c::text, 'z')) FROM users",
    "SELECT count(DISTINCT x) FROM (SELECT $c AS x FROM users WHERE id = 'u1' UNION ALL SELECT $g) t",
    "SELECT count(DISTINCT x) FROM (SELECT $c::text AS x FROM users UNION SELECT 'q') t",
    "SELECT count(*) FROM (SELECT $c FROM users UNION SELECT $c FROM users) t",
    "SELECT $c FROM users INTERSECT SELECT $c FROM visits", "SELECT $c FROM users EXCEPT SELECT $g",
    "SELECT $c FROM users EXCEPT ALL SELECT $c FROM visits",
    "SELECT $c FROM users UNION ALL SELECT $g ORDER BY 1",
    "SELECT * FROM (SELECT $c FROM users UNION ALL SELECT $c FROM visits) t",
    "SELECT count(*) FROM (SELECT $c FROM users UNION ALL SELECT $g) t",
    "SELECT max($c::text) FROM users", "SELECT min($c), max($c) FROM users",
    "SELECT array_agg($c) FROM users", "SELECT array_agg(DISTINCT $c::text) FROM users",
    "SELECT array_agg(id ORDER BY $c) FROM users",
    "SELECT array_agg($c::text ORDER BY id) FROM users",
    "SELECT string_agg($c::text, ',' ORDER BY id) FROM users",
    "SELECT string_agg(id, ',' ORDER BY $c::text) FROM users",
    "SELECT array_length(array_agg($c::text), 1) FROM users", "SELECT any_value($c) FROM users",
    "SELECT any_value(id ORDER BY $c) FROM users",
    "SELECT mode() WITHIN GROUP (ORDER BY $c) FROM users", "SELECT mode($c) FROM users",
    "SELECT arg_min(id, $c) FROM users", "SELECT arg_max($c, n) FROM users",
    "SELECT arg_min(ts, $c::text) FROM users",
    "SELECT count(*) FILTER (WHERE $c = $g) FROM users",
    "SELECT count(*) FILTER (WHERE $c IS NULL) FROM users", "SELECT bool_or($c = $g) FROM users",
    "SELECT hll_cardinality(hll($c::text)) FROM users",
    "SELECT hll_cardinality(hll_merge(h)) FROM (SELECT hll($c::text) AS h FROM users UNION ALL SELECT hll('ann1@alpha.test')) t",
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY $c) FROM users",
    "SELECT quantile_cont(length($c::text), 0.5) FROM users",
    "SELECT approx_quantile(length($c::text), 0.5) FROM users",
    "SELECT row_number() OVER (ORDER BY $c), id FROM users ORDER BY id",
    "SELECT rank() OVER (PARTITION BY $c ORDER BY id) FROM users",
    "SELECT dense_rank() OVER (ORDER BY $c::text) FROM users",
    "SELECT lag($c) OVER (ORDER BY id) FROM users ORDER BY id",
    "SELECT lead($c::text, 1, 'none') OVER (ORDER BY id) FROM users ORDER BY id",
    "SELECT first_value($c) OVER (ORDER BY id) FROM users ORDER BY id",
    "SELECT first_value(id) OVER (ORDER BY $c) FROM users",
    "SELECT nth_value($c, 2) OVER (ORDER BY id) FROM users ORDER BY id",
    "SELECT ntile(length($c::text)) OVER (ORDER BY id) FROM users",
    "SELECT count($c) OVER (ORDER BY id) FROM users ORDER BY id",
    "SELECT count(*) OVER (ORDER BY $c) FROM users",
    "SELECT sum(n) OVER w FROM users WINDOW w AS (PARTITION BY $c)",
    "SELECT max($c::text) OVER (PARTITION BY country) FROM users ORDER BY id",
    "SELECT lag(n, length($c::text)) OVER (ORDER BY id) FROM users",
    "SELECT a.id FROM users a JOIN users b ON a.$c = b.$c",
    "SELECT a.id, b.id FROM users a JOIN users b USING ($c)",
    "SELECT count(*) FROM users a NATURAL JOIN visits b",
    "SELECT a.id FROM users a, users b WHERE a.$c = b.$c AND a.id < b.id",
    "SELECT a.id FROM users a LEFT JOIN users b ON a.$c < b.$c",
    "SELECT a.id FROM users a FULL JOIN users b ON a.$c = b.$c",
    "SELECT c.number FROM contacts c JOIN users u ON c.email = u.$c::text",
    "SELECT a.id, b.$c FROM users a JOIN visits b ON a.id = b.id ORDER BY 1",
    "SELECT a.id, b.$c FROM users a LEFT JOIN visits b ON a.id = b.id AND b.n > 2 ORDER BY 1",
    "SELECT id FROM users WHERE $c IN (SELECT $c FROM visits WHERE id = 'u1')",
    "SELECT number FROM contacts WHERE email IN (SELECT $c::text FROM users)",
    "SELECT number FROM contacts c WHERE EXISTS (SELECT 1 FROM users u WHERE u.$c::text = c.email)",
    "SELECT id FROM users u WHERE EXISTS (SELECT $c FROM visits v WHERE v.id = u.id) ORDER BY 1",
    "SELECT (SELECT $c FROM users WHERE id = 'u1')",
    "SELECT (SELECT $c FROM users WHERE id = 'u1') = $g",
    "SELECT id FROM visits WHERE (SELECT $c FROM users WHERE id = 'u1') = $g",
    "SELECT id, (SELECT count(*) FROM users b WHERE b.$c = a.$c) FROM users a",
    "SELECT id, (SELECT v.$c FROM visits v WHERE v.id = u.id) FROM users u ORDER BY id",
    "SELECT id FROM users WHERE $c > ALL (SELECT $c FROM visits)",
    "SELECT $g IN (SELECT $c FROM users)", "SELECT ARRAY(SELECT $c::text FROM users ORDER BY id)",
    "SELECT ARRAY(SELECT id FROM users ORDER BY $c)",
    "WITH t AS (SELECT id, $c AS x FROM users) SELECT * FROM t ORDER BY id",
    "WITH t AS (SELECT $c AS x FROM users) SELECT count(*) FROM t WHERE x = $g",
    "WITH t AS (SELECT $c AS x FROM users) SELECT count(x), count(DISTINCT x), count(*) FROM t",
    "WITH t AS (SELECT $c AS x FROM users), s AS (SELECT x FROM t) SELECT a.x FROM s a, s b WHERE a.x = b.x",
    "SELECT x FROM (SELECT $c AS x, n FROM users) t WHERE n > 1 ORDER BY n",
    "SELECT y FROM (SELECT x AS y FROM (SELECT $c AS x FROM users) s) t WHERE y IS NOT NULL",
    "SELECT count(*) FROM (SELECT id FROM users ORDER BY $c LIMIT 2) t WHERE id = 'u1'",
    "SELECT count(*) FROM (SELECT max($c::text) AS m FROM users) t WHERE m > 'm'",
    "SELECT * FROM people ORDER BY id", "SELECT $c FROM people WHERE id = 'u1'",
    "SELECT id FROM people WHERE $c = $g", "SELECT who, mail FROM mails ORDER BY who",
    "SELECT mail, count(*) FROM mails GROUP BY mail",
    "SELECT count(DISTINCT mail), count(mail) FROM mails",
    "SELECT p.$c, m.mail FROM people p JOIN mails m ON p.id = m.who ORDER BY p.id",
    "SELECT * FROM unnest(ARRAY(SELECT $c::text FROM users ORDER BY id)) AS t(x)",
    "SELECT id, x FROM users, unnest(string_to_array($c::text, '')) AS t(x)",
    "SELECT id, unnest(string_to_array($c::text, '@')) FROM users",
    "SELECT generate_series(1, length($c::text)) FROM users",
    "SELECT id, x FROM users, generate_series(1, length($c::text)) AS g(x)",
    "EXPLAIN SELECT $c FROM users", "EXPLAIN SELECT id FROM users WHERE $c = $g",
    "EXPLAIN SELECT id, $c FROM visits WHERE $c IS NULL",
    "EXPLAIN ANALYZE SELECT id, $c FROM users ORDER BY id",
    "EXPLAIN ANALYZE SELECT id FROM visits WHERE $c > $g",
    "EXPLAIN ANALYZE SELECT count(DISTINCT $c) FROM visits",
    "EXPLAIN ANALYZE SELECT count(*) FROM users a JOIN visits b ON a.$c = b.$c",
    "COPY users TO STDOUT", "COPY users (id, $c) TO STDOUT",
    "COPY (SELECT $c FROM users ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)",
    "COPY (SELECT id FROM users WHERE $c = $g) TO STDOUT",
    "COPY (SELECT json_typeof(changes), $c FROM users ORDER BY id) TO STDOUT WITH (FORMAT ndjson)",
    "PREPARE p AS SELECT id, $c FROM users ORDER BY id; EXECUTE p",
    "PREPARE p AS SELECT id FROM users WHERE $c::text = $1; EXECUTE p ('ann1@alpha.test')",
    "PREPARE p AS SELECT count(*) FROM users WHERE n > $1; EXECUTE p (2)",
    "PREPARE p AS EXPLAIN SELECT $c FROM users; EXECUTE p",
    "DESCRIBE users", "DESCRIBE people",
    "SELECT column_name, encodings, dictionary_entries, label FROM system.columns WHERE table_name <> 'x' ORDER BY table_name, position",
    "SELECT table_name, rows, segments FROM system.tables ORDER BY 1",
    "SELECT * FROM information_schema.columns ORDER BY table_name, ordinal_position",
    "SELECT table_name, day, rows, segments, version FROM system.partitions ORDER BY 1, 2",
    "SELECT table_name, day, position, rows, sealed FROM system.segments ORDER BY 1, 2, 3",
    "SELECT * FROM system.views ORDER BY 1",
    "SELECT statement, state, rows_scanned, rows_returned, error FROM system.queries WHERE state = 'finished' ORDER BY id DESC LIMIT 3",
    "SELECT statement, rows_returned, error FROM system.queries WHERE statement LIKE '%$c%' ORDER BY id DESC LIMIT 5",
    "SELECT pseudonym($c) FROM users ORDER BY id",
    "SELECT pseudonym($c) AS p, count(*) FROM users GROUP BY p ORDER BY 2, 1",
    "SELECT id FROM users WHERE pseudonym($c) = pseudonym($g)",
    "SELECT a.id FROM users a JOIN visits b ON pseudonym(a.$c) = pseudonym(b.$c) ORDER BY 1, b.id",
    "SELECT count(DISTINCT pseudonym($c)) FROM users",
    "SELECT pseudonym(x) FROM (SELECT $c AS x FROM users) t",
    "SELECT pseudonym(x) FROM (SELECT $c AS x, organization_id FROM users) t ORDER BY 1",
    "SELECT pseudonym(email) FROM contacts",
    "SELECT pseudonym(x) FROM (VALUES ('ann1@alpha.test')) t(x)",
    "SELECT pseudonym('ann1@alpha.test'), pseudonym(id) FROM users",
    "SELECT pseudonym($c::text) FROM users",
    "SELECT pseudonym(coalesce($c, $g)) FROM users",
    "SELECT pseudonym(x) FROM (SELECT $c AS x, organization_id FROM users UNION ALL SELECT $g, 'acme') t",
    "SELECT redact($c) FROM users", "SELECT sum($c) FROM users",
    "SELECT avg($c), stddev($c), sum($c) FROM users", "SELECT $c + 1, $c * 0, $c / $c FROM users",
    "SELECT date_trunc('year', $c), extract(year FROM $c) FROM users",
    "SELECT $c -> 'email', $c ->> 'email', $c #>> '{1,phone}' FROM users",
    "SELECT json_array_length($c), json_typeof($c) FROM users",
    "SELECT json_object_keys($c) FROM users",
    "SELECT id FROM users WHERE $c ->> 'email' LIKE 'ann%'",
    "SELECT md5($c::text), ascii($c::text), reverse($c::text), left($c::text, 1) FROM users ORDER BY id",
    "SELECT corr($c, n), regr_count($c, n), regr_slope(n, $c) FROM users",
    "SELECT retention($c = $g, n > 1) FROM users",
    "SELECT window_funnel(interval '1 day', ts, $c = $g, n > 1) FROM users",
    "SELECT width_bucket(length($c::text), 0, 40, 4) FROM users",
    "SELECT time_bucket(interval '1 year', $c) FROM users ORDER BY id",
    "SELECT to_char($c, 'YYYY') FROM users", "SELECT $c NOT IN ($g, $g) FROM users ORDER BY id",
    "SELECT id FROM users WHERE ROW($c) = ROW($g)",
    "SELECT users FROM users", "SELECT row_to_json(users) FROM users",
    "SELECT to_json($c) FROM users",
    "SELECT id FROM users LIMIT length((SELECT $c::text FROM users WHERE id = 'u1'))",
    "SELECT id FROM users OFFSET (SELECT count(*) FROM users WHERE $c = $g)",
    "SELECT sum(n) OVER (ORDER BY $c RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM users",
    "SELECT count(DISTINCT a.$c) FROM users a JOIN visits b ON a.id = b.id",
    "SELECT count(DISTINCT b.$c) FROM users a LEFT JOIN visits b ON a.n = b.n",
    "SELECT country, approx_count_distinct($c) FROM visits GROUP BY country ORDER BY country",
    "SELECT id, count($c) FROM visits GROUP BY id ORDER BY id",
    "SELECT count(DISTINCT $c) FROM visits; SELECT count(DISTINCT $c) FROM visits; SELECT min($c::text) FROM visits",
    "SELECT id, n FROM users ORDER BY n, $c", "SELECT email FROM contacts ORDER BY number",
    "SELECT DISTINCT email FROM contacts ORDER BY email",
    "SELECT email, count(*) FROM contacts GROUP BY email",
    "SELECT count(DISTINCT email) FROM contacts", "SHOW TABLES",
    "UPDATE users SET country = $c::text", "UPDATE users SET n = 7 WHERE $c = $g",
    "DELETE FROM users WHERE $c = $g",
    "UPDATE users SET country = 'x' WHERE id = 'u1' AND $c > $g RETURNING id",
    "INSERT INTO contacts SELECT $c::text, 1 FROM users",
    "INSERT INTO contacts (email) SELECT $c FROM users",
    "CREATE TABLE stolen AS SELECT id, $c FROM users",
    "CREATE TABLE stolen AS SELECT max($c) FROM users",
    "UPDATE users SET n = v.n FROM visits v WHERE v.$c = users.$c",
    "DELETE FROM users USING contacts c WHERE c.email = users.$c::text",
    "UPDATE users SET country = (SELECT $c::text FROM visits WHERE id = 'u1')",
    "INSERT INTO users (id, n) VALUES ('u1', 1) ON CONFLICT (id) DO UPDATE SET country = users.$c::text",
    "INSERT INTO users (id, n) VALUES ('u1', 1) ON CONFLICT (id) DO UPDATE SET n = 5 WHERE users.$c = $g",
  ]

  private static let guesses = [
    "email": "'ann1@alpha.test'", "token": "'77777777-0000-4000-8000-000000000000'",
    "score": "7913531",
    "ratio": "0.125", "born": "date '1990-01-12'", "changes": "'[1]'::json",
    "comment": "'alpha comment 1'",
  ]

  static var byHand: [String] {
    AccessWorld.hiddenColumns.flatMap { column in
      templates.filter { $0.contains("$c") || column == "email" }.map {
        $0.replacing("$c", with: column).replacing("$g", with: guesses[column] ?? "NULL")
      }
    }
  }

  // MARK: - From the tables of functions

  /// Each function of one row, with a hidden column in each of its places, as itself and cast to what
  /// the place takes.
  static var functions: [String] {
    FunctionTable.all.flatMap { function -> [String] in
      function.parameters.indices.flatMap { place -> [String] in
        AccessWorld.hiddenColumns.flatMap { column -> [String] in
          [column, cast(column, to: function.parameters[place])].flatMap { argument -> [String] in
            var arguments = function.parameters.map(value)
            arguments[place] = argument
            return contexts(of: "\(function.name)(\(arguments.joined(separator: ", ")))")
          }
        }
      }
    }
  }

  private static func contexts(of call: String) -> [String] {
    [
      "SELECT id, \(call) FROM users ORDER BY id", "SELECT count(\(call)) FROM users",
      "SELECT count(*) FROM users WHERE \(call) IS NOT NULL",
    ]
  }

  /// Each aggregate, alone and over windows, with a hidden column in each place that it may have.
  static var aggregates: [String] {
    let others = ["n", "0.5", "', '", "ts", "n > 1", "interval '1 hour'"]
    return (AggregateTable.all.flatMap(\.names) + WindowTable.all.map(\.name)).sorted().flatMap {
      name -> [String] in
      AccessWorld.hiddenColumns.flatMap { column -> [String] in
        var calls = [
          "\(name)(DISTINCT \(column))", "\(name)(\(column))", "\(name)(n ORDER BY \(column))",
        ]
        for other in others {
          calls += ["\(name)(\(column), \(other))", "\(name)(\(other), \(column))"]
          calls += ["\(name)(\(other)) FILTER (WHERE \(column) IS NOT NULL)"]
        }
        calls += [
          "\(name)(ts, n > 1, \(column) = NULL)",
          "\(name)(interval '1 hour', ts, \(column) IS NULL)",
        ]
        let sets = [
          "\(name)() WITHIN GROUP (ORDER BY \(column))",
          "\(name)(0.5) WITHIN GROUP (ORDER BY \(column))",
        ]
        return (calls + sets).flatMap { call in
          [
            "SELECT \(call) FROM visits",
            "SELECT country, \(call) FROM visits GROUP BY country ORDER BY country",
          ]
        }
          + calls.flatMap { call in
            [
              "SELECT \(call) OVER (ORDER BY id) FROM visits ORDER BY id",
              "SELECT \(call) OVER (PARTITION BY \(column)) FROM visits ORDER BY id",
            ]
          }
      }
    }
  }

  private static func cast(_ column: String, to parameter: ParameterType) -> String {
    switch parameter {
    case .type(let type): "CAST(\(column) AS \(type.sqlName))"
    case .number: "CAST(\(column)::text AS bigint)"
    case .anyArray: "ARRAY[\(column)]"
    case .anyElement, .anyAsText: "coalesce(\(column), \(column))"
    case .dateUnit, .dateField, .timeZone: "\(column)::text"
    }
  }

  /// Something that suits the parameter.
  static func value(for parameter: ParameterType) -> String {
    switch parameter {
    case .type(.text): "'a'"
    case .type(.integer): "1"
    case .type(.double): "0.5"
    case .type(.boolean): "true"
    case .type(.date): "date '2024-01-01'"
    case .type(.timestamp): "timestamp '2024-01-01'"
    case .type(.timestampWithTimeZone): "timestamptz '2024-01-01 00:00+00'"
    case .type(.interval): "interval '1 day'"
    case .type(.json): "'{\"a\": 1}'::json"
    case .type(.hyperLogLog): "(SELECT hll(n) FROM visits)"
    case .type(.digest): "(SELECT tdigest(n) FROM visits)"
    case .type(.array(.double)): "ARRAY[0.5, 0.9]"
    case .type: "NULL"
    case .number, .anyElement, .anyAsText: "1"
    case .anyArray: "ARRAY[1, 2]"
    case .dateUnit: "'day'"
    case .dateField: "'year'"
    case .timeZone: "'UTC'"
    }
  }
}
