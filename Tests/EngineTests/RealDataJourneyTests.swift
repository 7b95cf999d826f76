import Testing

/// What the descriptions of the data sets state of cohorts, funnels and sessions, asked twice: as
/// standard SQL, with joins and windows, and with the functions made for it.
@Suite(.enabled(if: RealData.isPresent, RealData.absence))
struct `Journeys in real data` {
  @Test func `the monthly cohort of interactions`() throws {
    let data = RealData.interactions
    try expect(
      """
      WITH
        firsts AS (SELECT src, date_trunc('month', min(ts)) AS cohort FROM interactions GROUP BY src),
        months AS (SELECT DISTINCT src, date_trunc('month', ts) AS month FROM interactions)
      SELECT count(DISTINCT f.src), count(CASE WHEN m.month = '2012-02-01' THEN 1 END),
        count(CASE WHEN m.month = '2012-03-01' THEN 1 END),
        count(CASE WHEN m.month = '2012-07-01' THEN 1 END)
      FROM firsts AS f JOIN months AS m ON m.src = f.src WHERE f.cohort = '2012-01-01'
      """, in: data, "217 | 35 | 32 | 16")
    try expect(
      """
      SELECT sum(r[1]), sum(r[2]), sum(r[3]), sum(r[4]) FROM (
        SELECT retention(true, date_trunc('month', ts) = '2012-02-01',
          date_trunc('month', ts) = '2012-03-01', date_trunc('month', ts) = '2012-07-01') AS r
        FROM interactions GROUP BY src
        HAVING date_trunc('month', min(ts)) = '2012-01-01') AS users
      """, in: data, "217 | 35 | 32 | 16")
  }

  @Test func `the daily cohort of interactions`() throws {
    let data = RealData.interactions
    try expect(
      """
      WITH
        days AS (SELECT DISTINCT src, ts::date AS day FROM interactions),
        ages AS (
          SELECT src, day, min(day) OVER (PARTITION BY src) AS first,
            day - min(day) OVER (PARTITION BY src) AS age
          FROM days)
      SELECT count(*) FILTER (WHERE age = 0), count(*) FILTER (WHERE age = 1),
        count(*) FILTER (WHERE age = 7), count(*) FILTER (WHERE age = 30)
      FROM ages WHERE first BETWEEN '2012-01-01' AND '2012-01-31'
      """, in: data, "217 | 36 | 10 | 3")
    try expect(
      """
      WITH firsts AS (SELECT src, min(ts::date) AS first FROM interactions GROUP BY src)
      SELECT sum(r[1]), sum(r[2]), sum(r[3]), sum(r[4]) FROM (
        SELECT retention(i.ts::date = first, i.ts::date = first + 1, i.ts::date = first + 7,
          i.ts::date = first + 30) AS r
        FROM interactions AS i JOIN firsts AS f ON f.src = i.src
        WHERE first BETWEEN '2012-01-01' AND '2012-01-31' GROUP BY i.src) AS users
      """, in: data, "217 | 36 | 10 | 3")
  }

  @Test func `the monthly cohort of customers`() throws {
    let data = RealData.retail
    try expect(
      """
      WITH firsts AS (SELECT customer, min(ts) AS first FROM lines WHERE customer <> '' GROUP BY 1)
      SELECT count(DISTINCT l.customer),
        count(DISTINCT CASE WHEN date_trunc('month', l.ts) = '2011-01-01' THEN l.customer END),
        count(DISTINCT CASE WHEN date_trunc('month', l.ts) = '2011-06-01' THEN l.customer END),
        count(DISTINCT CASE WHEN date_trunc('month', l.ts) = '2011-11-01' THEN l.customer END)
      FROM lines AS l JOIN firsts AS f ON f.customer = l.customer
      WHERE f.first >= '2010-12-01' AND f.first < '2011-01-01'
      """, in: data, "948 | 362 | 360 | 474")
    try expect(
      """
      SELECT sum(r[1]), sum(r[2]), sum(r[3]), sum(r[4]) FROM (
        SELECT retention(date_trunc('month', ts) = '2010-12-01',
          date_trunc('month', ts) = '2011-01-01', date_trunc('month', ts) = '2011-06-01',
          date_trunc('month', ts) = '2011-11-01') AS r
        FROM lines WHERE customer <> '' GROUP BY customer) AS customers
      """, in: data, "948 | 362 | 360 | 474")
  }

  /// The stated funnel begins with a user's first answer: any other is no first step.
  @Test func `the funnel in 7 days`() throws {
    let data = RealData.interactions
    try expect(
      """
      WITH
        one AS (SELECT src, min(ts) AS t1 FROM interactions WHERE event = 'a2q' GROUP BY src),
        two AS (
          SELECT one.src, t1, min(i.ts) AS t2
          FROM one JOIN interactions AS i ON i.src = one.src
          WHERE i.event = 'c2a' AND i.ts > t1 AND i.ts <= t1 + INTERVAL '7 days' GROUP BY one.src, t1),
        three AS (
          SELECT two.src FROM two JOIN interactions AS i ON i.src = two.src
          WHERE i.event = 'c2q' AND i.ts > t2 AND i.ts <= t1 + INTERVAL '7 days' GROUP BY two.src)
      SELECT (SELECT count(*) FROM one), (SELECT count(*) FROM two), (SELECT count(*) FROM three)
      """, in: data, "10379 | 2775 | 686")
    try expect(
      """
      WITH
        firsts AS (SELECT src, min(ts) AS t1 FROM interactions WHERE event = 'a2q' GROUP BY src),
        levels AS (
          SELECT window_funnel(INTERVAL '7 days', 'strict_increase', ts,
            event = 'a2q' AND ts = t1, event = 'c2a', event = 'c2q') AS level
          FROM interactions AS i JOIN firsts AS f ON f.src = i.src GROUP BY i.src)
      SELECT count(*) FILTER (WHERE level >= 1), count(*) FILTER (WHERE level >= 2),
        count(*) FILTER (WHERE level >= 3)
      FROM levels
      """, in: data, "10379 | 2775 | 686")
  }

  /// A funnel that may begin with any answer: of each step, the latest begin that reaches it.
  @Test func `the funnel from any answer`() throws {
    let data = RealData.interactions
    try expect(
      """
      WITH
        begun AS (
          SELECT src, ts, event,
            max(CASE WHEN event = 'a2q' THEN ts END) OVER (PARTITION BY src ORDER BY ts) AS t1
          FROM interactions),
        second AS (
          SELECT src, ts, event, t1,
            max(CASE WHEN event = 'c2a' AND ts <= t1 + INTERVAL '7 days' THEN t1 END)
              OVER (PARTITION BY src ORDER BY ts) AS t2
          FROM begun)
      SELECT count(DISTINCT CASE WHEN t1 IS NOT NULL THEN src END),
        count(DISTINCT CASE WHEN t2 IS NOT NULL THEN src END),
        count(DISTINCT CASE WHEN event = 'c2q' AND ts <= t2 + INTERVAL '7 days' THEN src END)
      FROM second
      """, in: data, "10379 | 4287 | 1908")
    try expect(
      """
      SELECT count(*) FILTER (WHERE level >= 1), count(*) FILTER (WHERE level >= 2),
        count(*) FILTER (WHERE level >= 3)
      FROM (
        SELECT window_funnel('7 days', ts, event = 'a2q', event = 'c2a', event = 'c2q') AS level
        FROM interactions GROUP BY src) AS levels
      """, in: data, "10379 | 4287 | 1908")
  }

  @Test func `the sessions of 30 minutes`() throws {
    let data = RealData.interactions
    try expect(
      """
      SELECT count(*) FROM (
        SELECT ts, lag(ts) OVER (PARTITION BY src ORDER BY ts) AS before FROM interactions) AS rows
      WHERE before IS NULL OR ts - before > INTERVAL '1800 seconds'
      """, in: data, "400019")
    try expect(
      """
      SELECT sum(sessions), count(*) FROM (
        SELECT session_count(ts, INTERVAL '30 minutes') AS sessions
        FROM interactions GROUP BY src) AS users
      """, in: data, "400019 | 19774")
    try expect(
      """
      SELECT count(*) FROM (
        SELECT DISTINCT src, sessionize(ts, '30 minutes') OVER (PARTITION BY src ORDER BY ts) AS session
        FROM interactions) AS sessions
      """, in: data, "400019")
  }
}
