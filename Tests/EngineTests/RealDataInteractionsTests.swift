import Testing

private let data = RealData.interactions

@Suite(.enabled(if: RealData.isPresent, RealData.absence))
struct `Math Overflow interactions` {
  @Test func `have the stated rows, users and span`() throws {
    try expect(
      """
      SELECT event, count(*), count(DISTINCT src), count(DISTINCT dst),
        extract(epoch FROM min(ts))::bigint, extract(epoch FROM max(ts))::bigint
      FROM interactions GROUP BY event ORDER BY 2 DESC
      """, in: data,
      "c2q | 203639 | 11653 | 15660 | 1254271421 | 1457262355",
      "c2a | 195330 | 11670 | 6891 | 1254206196 | 1457261724",
      "a2q | 107581 | 10379 | 16005 | 1254192988 | 1457261621")
    try expect(
      """
      SELECT count(*), count(DISTINCT src), count(DISTINCT dst), min(ts), max(ts),
        count(DISTINCT ts::date), count(*) FILTER (WHERE src = dst)
      FROM interactions
      """, in: data,
      "506550 | 19774 | 21980 | 2009-09-29 02:56:28+00 | 2016-03-06 11:05:55+00 | 2350 | 116109")
    try expect(
      """
      SELECT count(DISTINCT CASE v.side WHEN 1 THEN i.src ELSE i.dst END)
      FROM interactions AS i CROSS JOIN (VALUES (1), (2)) AS v(side)
      """, in: data, "24818")
    try expect(
      """
      SELECT sum(n - 1)
      FROM (SELECT count(*) AS n FROM interactions GROUP BY event, src, dst, ts) AS q
      """, in: data, "27")
  }

  @Test func `have the stated active users per day, week and month`() throws {
    try expect(
      """
      SELECT ts::date AS day, count(*), count(DISTINCT src) FROM interactions
      WHERE ts::date IN ('2010-03-15', '2012-06-01', '2015-11-10') GROUP BY day ORDER BY day
      """, in: data, "2010-03-15 | 288 | 124", "2012-06-01 | 200 | 115", "2015-11-10 | 247 | 130")
    try expect(
      """
      SELECT date_trunc('week', ts)::date AS week, count(*), count(DISTINCT src) FROM interactions
      GROUP BY week HAVING date_trunc('week', ts)::date IN ('2012-01-02', '2014-09-01') ORDER BY week
      """, in: data, "2012-01-02 | 1177 | 365", "2014-09-01 | 1129 | 406")
    try expect(
      """
      SELECT date_trunc('month', ts)::date AS month, count(*), count(DISTINCT src)
      FROM interactions WHERE date_trunc('month', ts) IN ('2010-01-01', '2013-05-01', '2016-02-01')
      GROUP BY month ORDER BY month
      """, in: data, "2010-01-01 | 8103 | 627", "2013-05-01 | 7162 | 1267",
      "2016-02-01 | 5783 | 1167")
    try expect(
      """
      SELECT ts::date AS day, count(*) AS n, count(DISTINCT src) FROM interactions
      GROUP BY day ORDER BY n DESC LIMIT 3
      """, in: data, "2010-10-29 | 517 | 186", "2010-12-10 | 475 | 187", "2010-07-22 | 467 | 168")
  }

  @Test func `have the stated tops`() throws {
    try expect(
      "SELECT src, count(*) FROM interactions GROUP BY src ORDER BY count(*) DESC LIMIT 5",
      in: data, "1946 | 5931", "290 | 5075", "763 | 4663", "11142 | 4204", "1409 | 3585")
    try expect(
      """
      SELECT extract(hour FROM ts) AS hour, count(*) FROM interactions
      GROUP BY hour ORDER BY 2 DESC LIMIT 3
      """, in: data, "0 | 28688", "1 | 28460", "23 | 28434")
  }

  @Test func `have the stated cohorts`() throws {
    try expect(
      """
      WITH firsts AS (SELECT src, min(ts) AS first FROM interactions GROUP BY src)
      SELECT date_trunc('month', i.ts)::date AS month, count(DISTINCT i.src)
      FROM interactions AS i JOIN firsts AS f ON f.src = i.src
      WHERE date_trunc('month', f.first) = '2012-01-01'
        AND date_trunc('month', i.ts) IN ('2012-01-01', '2012-02-01', '2012-03-01', '2012-07-01')
      GROUP BY month ORDER BY month
      """, in: data, "2012-01-01 | 217", "2012-02-01 | 35", "2012-03-01 | 32", "2012-07-01 | 16")
    try expect(
      """
      WITH firsts AS (SELECT src, min(ts::date) AS day FROM interactions GROUP BY src)
      SELECT i.ts::date - f.day AS later, count(DISTINCT i.src)
      FROM interactions AS i JOIN firsts AS f ON f.src = i.src
      WHERE f.day BETWEEN '2012-01-01' AND '2012-01-31' AND i.ts::date - f.day IN (0, 1, 7, 30)
      GROUP BY later ORDER BY later
      """, in: data, "0 | 217", "1 | 36", "7 | 10", "30 | 3")
  }

  @Test func `have the stated funnel`() throws {
    try expect(
      """
      WITH
        one AS (SELECT src, min(ts) AS t1 FROM interactions WHERE event = 'a2q' GROUP BY src),
        two AS (
          SELECT one.src, one.t1, min(i.ts) AS t2
          FROM one JOIN interactions AS i ON i.src = one.src AND i.event = 'c2a'
          WHERE i.ts > one.t1 AND i.ts <= one.t1 + INTERVAL '7 days'
          GROUP BY one.src, one.t1),
        three AS (
          SELECT DISTINCT two.src
          FROM two JOIN interactions AS i ON i.src = two.src AND i.event = 'c2q'
          WHERE i.ts > two.t2 AND i.ts <= two.t1 + INTERVAL '7 days')
      SELECT count(*), count(two.src), count(three.src)
      FROM one LEFT JOIN two ON two.src = one.src LEFT JOIN three ON three.src = one.src
      """, in: data, "10379 | 2775 | 686")
  }

  /// HyperLogLog of precision 14: standard error 0.81 %.
  @Test func `are estimated within the stated error`() throws {
    let share = 3 * 0.0081
    try expect(
      "SELECT approx_count_distinct(src) FROM interactions", in: data, near: 19_774, within: share)
    try expect(
      "SELECT approx_count_distinct(dst) FROM interactions", in: data, near: 21_980, within: share)
    try expect(
      """
      SELECT hll_cardinality(hll_merge(h)) FROM (
        SELECT ts::date AS day, hll(src) AS h FROM interactions GROUP BY day) AS daily
      """, in: data, near: 19_774, within: share)
  }
}
