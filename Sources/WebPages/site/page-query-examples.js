// Statements for an empty editor: each shows something that the engine is good at, and runs on any data.

export const examples = [
  {
    title: 'Active people per day',
    sql: `SELECT date_trunc('day', ts) AS day, count(DISTINCT user_id) AS people, count(*) AS events
FROM events
WHERE ts >= now() - INTERVAL '30 days'
GROUP BY 1
ORDER BY 1`,
  },
  {
    title: 'Latency by model',
    sql: `SELECT model, count(*) AS requests,
       round(approx_quantile(duration_ms, 0.5)) AS p50_ms,
       round(approx_quantile(duration_ms, 0.95)) AS p95_ms
FROM events
WHERE model IS NOT NULL AND duration_ms IS NOT NULL
GROUP BY model
ORDER BY requests DESC`,
  },
  {
    title: 'Cost per day and model',
    sql: `SELECT date_trunc('day', ts) AS day, model, sum(cost_usd) AS cost_usd
FROM events
WHERE cost_usd > 0 AND ts >= now() - INTERVAL '30 days'
GROUP BY 1, 2
ORDER BY 1, 2`,
  },
  {
    title: 'Top errors',
    sql: `SELECT error_code, count(*) AS errors, count(DISTINCT user_id) AS people, max(ts) AS last_seen
FROM events
WHERE error_code IS NOT NULL
GROUP BY error_code
ORDER BY errors DESC
LIMIT 20`,
  },
  {
    title: 'Events of a kind, by parameter',
    sql: `SELECT ts, user_id, model, status, duration_ms
FROM events
WHERE event_type = $1
ORDER BY ts DESC
LIMIT 100`,
    parameters: [{type: 'text', text: 'chat'}],
  },
  {
    title: 'What the tables take',
    sql: `SELECT table_name, rows, bytes, partitions, segments
FROM system.tables
ORDER BY bytes DESC`,
  },
];
