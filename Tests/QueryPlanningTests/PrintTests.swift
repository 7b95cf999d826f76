import Testing
import QueryPlanning

@Test func `prints`() throws {
  let queries = [
    "SELECT 1", "SELECT 1+2*3, 'a', NULL, now(), current_date, pi()",
    "SELECT model, count(*), sum(ms) FROM events WHERE ts >= '2024-01-01' AND ts < now()::timestamp GROUP BY model ORDER BY 2 DESC LIMIT 5",
    "SELECT * FROM orgs", "SELECT o.*, u.country FROM users u JOIN orgs o ON o.id = u.org_id WHERE u.country = 'de' AND o.seats > 2.5",
    "SELECT u.country, count(DISTINCT e.user_id) FROM events e, users u, orgs o WHERE o.id = u.org_id AND e.user_id = u.user_id GROUP BY 1 HAVING count(*) > 10 ORDER BY count(*)",
    "SELECT DISTINCT model FROM events ORDER BY model LIMIT 3 OFFSET 2",
    "SELECT date_trunc('day', ts) AS d, approx_quantile(ms, ARRAY[0.5, 0.95]) FROM events GROUP BY d",
    "SELECT date_trunc('day', at) FROM events",
    "WITH a AS (SELECT user_id, sum(ms) AS total FROM events GROUP BY user_id), b(x) AS (SELECT total FROM a WHERE user_id IN ('x', 'y')) SELECT avg(x) FROM b",
    "SELECT country FROM users u LEFT JOIN orgs o ON u.org_id = o.id AND o.seats > 3 AND u.country = 'x' WHERE u.signed_up > '2024-01-01'",
    "SELECT country FROM users u LEFT JOIN orgs o ON u.org_id = o.id WHERE o.seats > 3",
    "SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY ms DESC), mode() WITHIN GROUP (ORDER BY model), string_agg(model, ',' ORDER BY ts) FILTER (WHERE ok) FROM events",
    "SELECT ts - interval '1 day', day + 1, day - day, ts - day, interval '1 day' * 3, at - '2024-01-01', '1 day' + ts FROM events",
    "SELECT model LIKE 'abc', model LIKE 'a%', model NOT ILIKE 'x', ms IN (1), ms IN (1,2,NULL), ms = 1 OR ms = 2 OR ms = 3, 5 < ms, NOT (ms > 1 AND ok), ms BETWEEN 1 AND 2 FROM events",
    "SELECT extract(epoch FROM ts), ts AT TIME ZONE 'europe/berlin', timestamptz '2024-01-01 00:00' AT TIME ZONE 'Europe/Berlin' FROM events",
    "SELECT CASE WHEN ms > 1 THEN 1 ELSE 2.5 END, coalesce(ms, 0.5), nullif(ms, 0), greatest(ms, 1, 2.0), case model when 'a' then 'x' end FROM events",
    "SELECT -9223372036854775808, 99999999999999999999.0, cost > 99999999999999999999 FROM events",
    "SELECT ms FROM events WHERE ts > now() - interval '7 days' AND at > now() - interval '7 days' ORDER BY cost DESC",
    "SELECT 1 FROM events WHERE false", "SELECT count(*) FROM events WHERE 1 = 2",
    "VALUES (1, 'a'), (2.5, NULL) ORDER BY 1 LIMIT 1",
    "SELECT x FROM (VALUES (1), (2)) AS t(x) WHERE x > 1",
    "SELECT * FROM users JOIN events USING (user_id) WHERE ms > 3",
    "SELECT hll_cardinality(hll_merge(visitors)), tdigest_quantile(tdigest_merge(latency), 0.5) FROM states",
    "SELECT count(*) FILTER (WHERE ok)::float / count(*) FROM events",
    "SELECT model || ms, lower(model), substring(model from 2 for 3), concat(ms, model, ts), length(model) FROM events",
    "SELECT d, n FROM (SELECT day AS d, count(*) AS n FROM events GROUP BY day) t WHERE d >= '2024-01-01' AND n > 5",
  ]
  for sql in queries {
    print("-- \(sql)")
    do { print(try explained(sql)) } catch { print("ERROR \(error)") }
  }
  let bad = [
    "SELECT contry FROM users", "SELECT u.contry FROM users u", "SELECT x.country FROM users u", "SELECT * FROM usrs",
    "SELECT lenght(country) FROM users", "SELECT substring(country) FROM users", "SELECT model = 1 FROM events",
    "SELECT user_id FROM users, events", "SELECT model, ms FROM events GROUP BY model", "SELECT sum(count(*)) FROM events",
    "SELECT 1 FROM events WHERE count(*) > 1", "SELECT date_trunc('dya', ts) FROM events", "SELECT ts AT TIME ZONE 'Europe/Berln' FROM events",
    "SELECT ts > 'yesterdayish' FROM events", "SELECT approx_quantile(ms, 95) FROM events", "SELECT DISTINCT model FROM events ORDER BY ts",
    "SELECT 1 ORDER BY 2", "SELECT ms FROM events LIMIT -1", "SELECT 1::intger", "SELECT 99999999999999999999", "SELECT ms > 'abc' FROM events",
    "SELECT row_number() OVER () FROM events", "SELECT 1 UNION SELECT 2", "SELECT (SELECT 1)", "SELECT 1 WHERE EXISTS (SELECT 1)", "SELECT ms FROM events WHERE user_id IN (SELECT user_id FROM users)",
    "SELECT 1 FROM users RIGHT JOIN orgs ON true", "SELECT $1", "SHOW timezon", "SET threads = 0", "SET timezone = 'Mars'", "SELECT count(*) FROM events e JOIN users e ON true",
    "INSERT INTO orgs VALUES (1)", "INSERT INTO orgs (id, nam) VALUES (1, 'x')", "INSERT INTO orgs VALUES ('x', 'y', 3)", "CREATE TABLE t (a txt)", "CREATE TABLE orgs (a int)", "DROP TABLE orgz",
    "SELECT CASE WHEN true THEN 1 ELSE model END FROM events", "SELECT WHERE 1", "SELECT model + 1 FROM events", "SELECT doc = doc FROM events", "SELECT 1/0", "SELECT abs(model) FROM events", "SELECT '5' + '6'", "SELECT -'a'", "SELECT ms FROM events GROUP BY ms HAVING cost > 1", "SELECT model FROM events GROUP BY ms ORDER BY cost",
    "DESCRIBE event", "SELECT * FROM orgs GROUP BY id",
  ]
  for sql in bad { print("-- \(sql)"); print("   ", failure(sql)) }
}
