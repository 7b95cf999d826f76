import Testing

private let data = RealData.telemetry

@Suite(.enabled(if: RealData.isPresent, RealData.absence))
struct `AI coding agent telemetry` {
  @Test func `has the stated rows, sessions and span`() throws {
    try expect(
      """
      SELECT count(*), count(DISTINCT session), count(DISTINCT project),
        count(DISTINCT nullif(branch, '')), min(ts), max(ts), count(DISTINCT ts::date),
        count(*) FILTER (WHERE ts IS NULL)
      FROM events
      """, in: data,
      "181406 | 1213 | 40 | 3 | 2026-06-04 07:00:00+00 | 2026-07-25 14:00:00+00 | 26 | 27006")
    try expect(
      "SELECT count(*) FILTER (WHERE offset_seconds < 0), min(offset_seconds), max(offset_seconds) FROM events",
      in: data, "22 | -264.3 | 781211.6")
    try expect(
      "SELECT type, count(*) FROM events GROUP BY type ORDER BY 2 DESC LIMIT 6", in: data,
      "assistant | 81710", "user | 50766", "attachment | 11055", "system | 5793", "mode | 5682",
      "last-prompt | 5639")
  }

  @Test func `has the stated sums`() throws {
    try expect(
      """
      SELECT sum(input_tokens), sum(output_tokens), sum(cache_creation_tokens),
        sum(cache_read_tokens), sum(tool_calls), sum(tool_results), sum(tool_errors),
        count(*) FILTER (WHERE tool_errors > 0)
      FROM events
      """, in: data,
      "170227671 | 46618902 | 144665026 | 17479287945 | 45574 | 45577 | 1186 | 1186")
    try expect(
      "SELECT DISTINCT type FROM events WHERE tool_errors > 0", in: data, "user")
  }

  @Test func `has the stated active sessions per day`() throws {
    try expect(
      """
      SELECT ts::date AS day, count(*), count(DISTINCT session), count(DISTINCT project)
      FROM events WHERE ts::date IN ('2026-06-04', '2026-07-01', '2026-07-19')
      GROUP BY day ORDER BY day
      """, in: data, "2026-06-04 | 69318 | 939 | 2", "2026-07-01 | 11115 | 17 | 3",
      "2026-07-19 | 14146 | 42 | 10")
  }

  @Test func `has the stated quantiles, estimated ones within one per cent of rank`() throws {
    try expect(
      """
      SELECT percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY output_tokens),
        percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY output_tokens),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY cache_read_tokens)
      FROM events WHERE type = 'assistant'
      """, in: data, "{206,2307,6214} | {206,2307,6214} | {141056,643252,856306}")
    for (fraction, near) in [(0.5, 0.01), (0.95, 0.005), (0.99, 0.002)] {
      // The share of rows at most the estimate; where many are equal, the estimate's own counts.
      try expect(
        """
        SELECT count(*) FILTER (WHERE e.cache_read_tokens <= q.estimate) * 1.0 / count(*)
        FROM events AS e CROSS JOIN (
          SELECT approx_quantile(cache_read_tokens, \(fraction)) AS estimate
          FROM events WHERE type = 'assistant') AS q
        WHERE e.type = 'assistant'
        """, in: data, near: fraction, within: near)
    }
  }

  @Test func `has the stated numbers by model`() throws {
    try expect(
      """
      SELECT model, count(*), count(DISTINCT session), sum(input_tokens), sum(output_tokens),
        sum(cache_read_tokens)
      FROM events WHERE model IN ('deepseek-v4-flash', 'claude-sonnet-5', 'claude-opus-4-8',
        'deepseek-v4-pro', 'claude-fable-5')
      GROUP BY model ORDER BY 2 DESC
      """, in: data,
      "deepseek-v4-flash | 38875 | 914 | 143275911 | 12658993 | 4646348160",
      "claude-sonnet-5 | 28864 | 109 | 3136772 | 21218514 | 9466659636",
      "claude-opus-4-8 | 5066 | 32 | 254430 | 7126601 | 1565637980",
      "deepseek-v4-pro | 3311 | 38 | 15726535 | 997674 | 784626304",
      "claude-fable-5 | 2182 | 13 | 93318 | 2379074 | 412138884")
    try expect(
      """
      SELECT model, percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY output_tokens)
      FROM events WHERE model IN ('deepseek-v4-flash', 'claude-sonnet-5', 'claude-opus-4-8')
      GROUP BY model ORDER BY count(*) DESC
      """, in: data, "deepseek-v4-flash | {0,887,6742}", "claude-sonnet-5 | {362,2519,5916}",
      "claude-opus-4-8 | {890,4074,8935}")
  }

  @Test func `has the stated tools, stops and sessions`() throws {
    try expect(
      """
      SELECT tool_name, count(*) FROM events WHERE tool_name <> ''
      GROUP BY tool_name ORDER BY 2 DESC LIMIT 5
      """, in: data, "Bash | 23343", "Read | 15121", "Edit | 3007", "Write | 1178",
      "TaskUpdate | 547")
    try expect(
      """
      SELECT coalesce(nullif(stop_reason, ''), 'empty') AS reason, count(*)
      FROM events GROUP BY reason ORDER BY 2 DESC
      """, in: data, "empty | 127611", "tool_use | 49365", "end_turn | 4318",
      "stop_sequence | 108", "other | 4")
    try expect(
      """
      SELECT is_sidechain, count(*), count(DISTINCT session) FROM events
      WHERE is_sidechain IS NOT NULL GROUP BY is_sidechain ORDER BY 1
      """, in: data, "false | 114189 | 208", "true | 67217 | 1017")
    try expect(
      """
      SELECT count(DISTINCT session) FILTER (WHERE type = 'user'),
        count(DISTINCT session) FILTER (WHERE type = 'assistant'),
        count(DISTINCT session) FILTER (WHERE tool_calls > 0),
        count(DISTINCT session) FILTER (WHERE tool_errors > 0)
      FROM events
      """, in: data, "1212 | 1159 | 1117 | 364")
    try expect(
      """
      SELECT project, count(*), count(DISTINCT session) FROM events
      GROUP BY project ORDER BY 2 DESC LIMIT 3
      """, in: data, "project-2ecd9b62609a | 125548 | 1117",
      "project-0699bcd34339 | 25491 | 126", "project-fa6d2089de85 | 10566 | 6")
  }
}
