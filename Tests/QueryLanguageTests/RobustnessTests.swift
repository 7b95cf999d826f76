import QueryLanguage
import Testing

/// SplitMix64: the same texts on every machine.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

private let queries = [
  """
  WITH daily AS (SELECT date_trunc('day', ts) AS d, user_id FROM events WHERE ts >= now() - interval '30 days')
  SELECT d, count(DISTINCT user_id) FILTER (WHERE user_id IS NOT NULL) dau FROM daily GROUP BY 1 ORDER BY 1 DESC LIMIT 7
  """,
  "SELECT a.x::numeric(10, 2), CASE WHEN b > -5 THEN 'ä' ELSE $1 END FROM a LEFT JOIN (SELECT 1) b USING (x, y)",
  "SELECT sum(x) OVER (PARTITION BY y ORDER BY z ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM t WINDOW w AS ()",
  "CREATE TABLE t (ts timestamp NOT NULL, \"Naïve\" text[], PRIMARY KEY (ts)) PARTITION BY DAY (ts) WITH (ttl = 7)",
  "INSERT INTO t (a, b) VALUES (1, 'x''y'), (-2, E'\\n'); DESCRIBE t; EXPLAIN ANALYZE SELECT * FROM t",
  "SELECT x LIKE 'a%' ESCAPE '!', y BETWEEN SYMMETRIC 1 AND 2, z = ANY (ARRAY[1, 2]) AND NOT q OR r IN (SELECT 1) UNION ALL VALUES (1)",
  "SELECT extract(day FROM ts AT TIME ZONE 'UTC'), trim(both 'x' from y), percentile_cont(0.5) WITHIN GROUP (ORDER BY z), $$a$$",
]

@Suite struct RobustnessTests {
  @Test(arguments: UInt64(0)..<8)
  func `damaged queries give an error or a tree and never crash`(seed: UInt64) {
    var random = Seeded(state: seed)
    let splices = [
      "(", ")", "'", "\"", ",", ";", "`", "$", "/*", "--", "SELECT", "FROM", "NOT ", "CASE", "END",
      " JOIN x", "::", "[", "]", "\u{0}", "\u{1F600}", "é", "\\", "1e", ".", "DESC ",
      " GROUP BY ALL",
    ]
    for round in 0..<400 {
      var bytes = Array(queries[round % queries.count].utf8)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let other = Int.random(in: place...min(place + 12, bytes.count), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.removeSubrange(place..<other)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2:
          bytes.insert(
            contentsOf: splices.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
        case 3: bytes.insert(contentsOf: bytes[place..<other], at: other)
        default: bytes.swapAt(place, min(place + 1, bytes.count - 1))
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      do throws(QueryError) {
        for statement in try SQLParser.parse(text) {
          #expect(statement.range.upperBound <= text.utf8.count)
        }
      } catch {
        #expect(error.code != .internalError, "\(error) for \(text)")
        #expect(!error.rendered(in: text).isEmpty)
        if let location = error.location {
          #expect(location.lowerBound >= 0 && location.upperBound <= text.utf8.count)
        }
      }
    }
  }

  /// What is written out is read back as the same tree.
  @Test(arguments: queries)
  func `the description of a statement reads as the same statement`(text: String) throws {
    for statement in try SQLParser.parse(text) {
      let written = statement.description
      #expect(try SQLParser.parseOne(written).description == written)
    }
  }

  @Test func `eight threads parse at once`() async {
    let expected = queries.map(outcome)
    let broken = "SELECT a FORM t"
    let error = outcome(broken)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<20).allSatisfy { _ in
            queries.map(outcome) == expected && outcome(broken) == error
          }
        }
      }
      for await isSame in group { #expect(isSame) }
    }
  }
}

private func outcome(_ text: String) -> String {
  do throws(QueryError) {
    return "\(try SQLParser.parse(text))"
  } catch {
    return error.rendered(in: text)
  }
}
