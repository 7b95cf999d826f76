import Testing

private let data = RealData.retail

@Suite(.enabled(if: RealData.isPresent, RealData.absence))
struct `Online Retail` {
  @Test func `has the stated rows, customers and span`() throws {
    try expect(
      """
      SELECT count(*), count(DISTINCT nullif(customer, '')), count(DISTINCT invoice),
        count(DISTINCT item), count(DISTINCT country), min(ts), max(ts), count(DISTINCT ts::date)
      FROM lines
      """, in: data,
      "541909 | 4372 | 25900 | 4070 | 38 | 2010-12-01 08:26:00 | 2011-12-09 12:50:00 | 305")
    try expect(
      """
      SELECT count(*) FILTER (WHERE coalesce(customer, '') = ''),
        count(*) FILTER (WHERE coalesce(description, '') = ''),
        count(*) FILTER (WHERE quantity < 0), count(*) FILTER (WHERE price = 0),
        count(*) FILTER (WHERE price < 0)
      FROM lines
      """, in: data, "135080 | 1454 | 10624 | 2515 | 2")
    try expect(
      "SELECT count(*), count(DISTINCT invoice) FROM lines WHERE invoice LIKE 'C%'", in: data,
      "9288 | 3836")
  }

  @Test func `has the stated active customers per day and month`() throws {
    try expect(
      """
      SELECT ts::date AS day, count(*), count(DISTINCT customer), count(DISTINCT invoice)
      FROM lines WHERE ts::date IN ('2010-12-01', '2011-05-17', '2011-11-24')
      GROUP BY day ORDER BY day
      """, in: data, "2010-12-01 | 3108 | 98 | 143", "2011-05-17 | 1932 | 81 | 121",
      "2011-11-24 | 3766 | 104 | 146")
    try expect(
      """
      SELECT date_trunc('month', ts)::date AS month, count(*), count(DISTINCT customer)
      FROM lines WHERE date_trunc('month', ts) IN ('2010-12-01', '2011-06-01', '2011-11-01')
      GROUP BY month ORDER BY month
      """, in: data, "2010-12-01 | 42481 | 948", "2011-06-01 | 36874 | 1051",
      "2011-11-01 | 84711 | 1711")
  }

  @Test func `has the stated sums and tops`() throws {
    try expect(
      """
      SELECT country, count(*), count(DISTINCT customer), round(sum(quantity * price), 3)
      FROM lines GROUP BY country ORDER BY 2 DESC LIMIT 5
      """, in: data, "United Kingdom | 495478 | 3950 | 8187806.364",
      "Germany | 9495 | 95 | 221698.21",
      "France | 8557 | 87 | 197403.9", "EIRE | 8196 | 3 | 263276.82", "Spain | 2533 | 31 | 54774.58"
    )
    try expect(
      "SELECT sum(quantity), round(sum(quantity * price), 3) FROM lines", in: data,
      "5176450 | 9747747.934")
    try expect(
      "SELECT item, count(*) FROM lines GROUP BY item ORDER BY 2 DESC LIMIT 5", in: data,
      "85123A | 2313", "22423 | 2203", "85099B | 2159", "47566 | 1727", "20725 | 1639")
  }

  @Test func `has the stated quantiles`() throws {
    try expect(
      """
      SELECT min(price), max(price),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY price)
      FROM lines
      """, in: data, "-11062.06 | 38970 | {2.08,9.95,18}")
    try expect(
      """
      SELECT min(quantity), max(quantity),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY quantity)
      FROM lines
      """, in: data, "-80995 | 80995 | {3,29,100}")
  }

  @Test func `has the stated cohort`() throws {
    try expect(
      """
      WITH firsts AS (SELECT customer, min(ts) AS first FROM lines GROUP BY customer)
      SELECT date_trunc('month', l.ts)::date AS month, count(DISTINCT l.customer)
      FROM lines AS l JOIN firsts AS f ON f.customer = l.customer
      WHERE date_trunc('month', f.first) = '2010-12-01'
        AND date_trunc('month', l.ts) IN ('2010-12-01', '2011-01-01', '2011-06-01', '2011-11-01')
      GROUP BY month ORDER BY month
      """, in: data, "2010-12-01 | 948", "2011-01-01 | 362", "2011-06-01 | 360", "2011-11-01 | 474")
  }
}
