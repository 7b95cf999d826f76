-- The suite. A line "-- name: what it asks" begins a query, which ends with a semicolon. Each is
-- understood by Daybook and by DuckDB, so that both can be asked the same.

-- events-per-day: how much happens
SELECT date_trunc('day', ts) AS day, count(*) AS events
FROM events
GROUP BY day
ORDER BY day;

-- dau-exact: active users per day, counted exactly
SELECT date_trunc('day', ts) AS day, count(DISTINCT user_id) AS users
FROM events
GROUP BY day
ORDER BY day;

-- dau-hll: active users per day, by HyperLogLog
SELECT date_trunc('day', ts) AS day, approx_count_distinct(user_id) AS users
FROM events
GROUP BY day
ORDER BY day;

-- p95-by-day-model: the slow tail of each model, per day, by t-digest
SELECT date_trunc('day', ts) AS day, model, approx_quantile(duration_ms, 0.95) AS p95
FROM events
WHERE model IS NOT NULL
GROUP BY day, model
ORDER BY day, model;

-- top-models: what is used most
SELECT model, count(*) AS requests, count(DISTINCT user_id) AS users
FROM events
WHERE model IS NOT NULL
GROUP BY model
ORDER BY requests DESC;

-- cost-by-model: a scan of two numeric columns
SELECT model, sum(cost_usd) AS cost, sum(total_tokens) AS tokens
FROM events
GROUP BY model
ORDER BY model;

-- totals: aggregates without groups, bound by the scan
SELECT count(*) AS events, sum(total_tokens) AS tokens, sum(cost_usd) AS cost,
  max(duration_ms) AS slowest
FROM events;

-- errors-per-hour: share of failures, with FILTER
SELECT date_trunc('hour', ts) AS hour, count(*) FILTER (WHERE status = 'failed') AS failed,
  count(*) FILTER (WHERE status IS NOT NULL) AS finished
FROM events
GROUP BY hour
ORDER BY hour;

-- segment-filter: why one organisation's images failed in two weeks
SELECT error_code, count(*) AS failures, count(DISTINCT user_id) AS users
FROM events
WHERE ts >= TIMESTAMP '2026-02-23 00:00:00' AND ts < TIMESTAMP '2026-03-09 00:00:00'
  AND organization_id = 'org-0001' AND event_type = 'image_generate_failed'
  AND model = 'iris-image'
GROUP BY error_code
ORDER BY failures DESC, error_code;

-- slow-requests: a range of numbers that passes a few percent of the rows
SELECT model, count(*) AS requests, avg(cost_usd) AS cost
FROM events
WHERE duration_ms BETWEEN 20000 AND 40000
GROUP BY model
ORDER BY model;

-- like-endpoint: a pattern on text
SELECT endpoint, count(*) AS calls
FROM events
WHERE endpoint LIKE '/v1/%'
GROUP BY endpoint
ORDER BY calls DESC;

-- top-users: a group for each of the users
SELECT user_id, count(*) AS events
FROM events
GROUP BY user_id
ORDER BY events DESC, user_id
LIMIT 10;

-- longest-sessions: a group for each of the sessions, of which there are many
SELECT session_id, count(*) AS events
FROM events
GROUP BY session_id
ORDER BY events DESC, session_id
LIMIT 10;

-- needle-user: all that one user did
SELECT ts, event_type, model, status, duration_ms, cost_usd
FROM events
WHERE user_id = 'u-004242'
ORDER BY ts, event_type;

-- needle-session: all that happened in one session
SELECT ts, event_type, model, status, duration_ms, cost_usd
FROM events
WHERE session_id = 's-31dz5nvq'
ORDER BY ts, event_type;
