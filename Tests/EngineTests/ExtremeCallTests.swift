import ColumnStore
import Engine
import EngineTesting
import Foundation
import QueryExecution
import QueryLanguage
import QueryPlanning
import Testing

/// Every function of the tables over values at the edges of their types: each call answers or says in
/// a typed error why not. `DAYBOOK_SEEDS` is how many seeds are tried.
@Suite struct ExtremeCallTests {
  private static let seeds = 0..<(Int(getenvText("DAYBOOK_SEEDS") ?? "") ?? 1)

  private static func getenvText(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }

  private struct Harness {
    let engine = Engine(threads: 1, memoryLimit: 64 << 20)
    var session = Session()

    init() throws {
      session.fixedNow = 1_717_156_800_000
      for statement in ExtremeValues.setUp { _ = try engine.execute(statement, in: &session) }
      session.statementTimeout = .milliseconds(500)
    }

    /// Whether the query was answered.
    mutating func isAnswered(_ sql: String) -> Bool {
      if ProcessInfo.processInfo.environment["DAYBOOK_TRACE"] != nil {
        FileHandle.standardError.write(Data("\(sql)\n;;\n".utf8))
      }
      defer { #expect(engine.memory.byteCount == 0, "\(sql)") }
      do throws(QueryError) {
        let result = try engine.execute(sql, in: &session)
        // What the answer holds is read, as whoever asks would.
        _ = result.rows.map { $0.map { $0.formatted() } }
        return true
      } catch {
        #expect(error.code != .internalError, "\(error.message): \(sql)")
        #expect(error.code != .statementTimeout, "\(sql)")
        return false
      }
    }
  }

  private static func filter(_ random: inout SplitMix64) -> String {
    random.chance(0.6) ? " WHERE id = \(1 + random.below(7))" : ""
  }

  @Test(arguments: seeds)
  func `functions of one row`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var harness = try Harness()
    // Pseudonyms are of labelled columns only.
    for function in FunctionTable.all where function.function != .pseudonym {
      var answered = 0
      var tried = 0
      while tried < 8 || (answered == 0 && tried < 200) {
        tried += 1
        var arguments = function.parameters.map { ExtremeValues.value(for: $0, &random) }
        if function.isVariadic, let last = function.parameters.last {
          for _ in 0..<random.below(3) {
            arguments.append(ExtremeValues.value(for: last, &random))
          }
        }
        let call = "\(function.name)(\(arguments.joined(separator: ", ")))"
        if harness.isAnswered("SELECT \(call) FROM edges\(Self.filter(&random))") { answered += 1 }
      }
      #expect(answered > 0, "\(function.signature)")
    }
  }

  private static let frames = [
    "", " ORDER BY id", " ORDER BY i", " ORDER BY x DESC NULLS LAST", " PARTITION BY b ORDER BY id",
    " ORDER BY id ROWS BETWEEN 9223372036854775807 PRECEDING AND 9223372036854775807 FOLLOWING",
    " ORDER BY id ROWS BETWEEN 2 FOLLOWING AND 1 FOLLOWING",
    " ORDER BY i RANGE BETWEEN 9223372036854775807 PRECEDING AND 1 FOLLOWING",
    " ORDER BY x RANGE BETWEEN 1e308 PRECEDING AND 1e308 FOLLOWING",
    " ORDER BY ts RANGE BETWEEN interval '178956970 years' PRECEDING AND CURRENT ROW",
    " ORDER BY d DESC RANGE BETWEEN CURRENT ROW AND interval '2147483647 days' FOLLOWING",
    " ORDER BY id GROUPS BETWEEN 1 PRECEDING AND 9223372036854775807 FOLLOWING",
  ]

  /// Arguments at random: how many and which types fit is the planner's to say.
  private static func arguments(_ random: inout SplitMix64) -> [String] {
    (0..<random.below(4)).map { _ in
      random.chance(0.2) ? "x > 0" : ExtremeValues.any(&random)
    }
  }

  /// Calls that have a form of their own, so that some of each are sure to be answered.
  private static func shaped(_ name: String, _ random: inout SplitMix64) -> String {
    let value = ExtremeValues.any(&random)
    switch name {
    case "string_agg": return "string_agg(s, ', ' ORDER BY \(value))"
    case "percentile_cont", "percentile_disc":
      let share = random.pick(["0", "1", "0.5", "2", "-1", "'NaN'::double precision", "NULL"])
      return "\(name)(\(share)) WITHIN GROUP (ORDER BY \(random.pick(["i", "x", "ts", "s", "v"])))"
    case "mode": return "mode() WITHIN GROUP (ORDER BY \(value))"
    case "hll_merge": return "hll_merge((SELECT h FROM sketches))"
    case "tdigest_merge": return "tdigest_merge((SELECT q FROM sketches))"
    case "retention": return "retention(b, \(random.pick(["i > 0", "x > 0", "NULL"])))"
    case "window_funnel", "funnel_times":
      let window = random.pick([
        "interval '1 day'", "interval '178956970 years'", "interval '-1 s'",
      ])
      return "\(name)(\(window), \(random.pick(["ts", "tz", "d"])), b, x > 0)"
    case "session_count":
      return "session_count(ts, \(random.pick(["interval '0'", "interval '178956970 years'"])))"
    case "sessionize":
      return "sessionize(ts, \(random.pick(["interval '1 s'", "interval '178956970 years'"])))"
    default: return "\(name)(\(arguments(&random).joined(separator: ", ")))"
    }
  }

  @Test(arguments: seeds)
  func `aggregates, alone and over windows`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(1_000 + seed))
    var harness = try Harness()
    for aggregate in AggregateTable.all {
      for name in aggregate.names.prefix(1) {
        var answered = 0
        var tried = 0
        while tried < 24 || (answered == 0 && tried < 1_000) {
          tried += 1
          var call = Self.shaped(name, &random)
          if random.chance(0.1) {
            call = call.replacing("(", with: "(DISTINCT ", maxReplacements: 1)
          }
          if random.chance(0.1) { call += " FILTER (WHERE x > 0)" }
          let over = random.chance(0.4) ? " OVER (\(random.pick(Self.frames)))" : ""
          let grouping = over.isEmpty ? random.pick(["", "", " GROUP BY b", " GROUP BY id"]) : ""
          let sql = "SELECT \(call)\(over) FROM edges\(Self.filter(&random))\(grouping)"
          if harness.isAnswered(sql) { answered += 1 }
        }
        #expect(answered > 0, "\(name)")
      }
    }
  }

  @Test(arguments: seeds)
  func `window functions`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(2_000 + seed))
    var harness = try Harness()
    for function in WindowTable.all {
      var answered = 0
      var tried = 0
      while tried < 40 || (answered == 0 && tried < 1_000) {
        tried += 1
        let call = Self.shaped(function.name, &random)
        let frame = random.pick(Self.frames)
        if harness.isAnswered("SELECT \(call) OVER (\(frame)) FROM edges\(Self.filter(&random))") {
          answered += 1
        }
      }
      #expect(answered > 0, "\(function.name)")
    }
  }

  private static let operators = [
    "+", "-", "*", "/", "%", "^", "||", "=", "<>", "<", ">=", "&", "|", "#", "<<", ">>", "~", "!~*",
    "LIKE", "NOT ILIKE", "->", "->>", "@>", "&&", "IS DISTINCT FROM", "AT TIME ZONE", "<-", "//",
  ]

  private static let types = [
    "bigint", "double precision", "text", "boolean", "date", "timestamp", "timestamptz", "interval",
    "json", "bigint[]", "text[]",
  ]

  @Test(arguments: seeds)
  func `operators and casts`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(3_000 + seed))
    var harness = try Harness()
    for _ in 0..<1_500 {
      let (a, b) = (ExtremeValues.any(&random), ExtremeValues.any(&random))
      let expression =
        switch random.below(5) {
        case 0: "(\(a))::\(random.pick(Self.types))"
        case 1: "CASE WHEN \(a) = \(b) THEN \(a) ELSE \(b) END"
        case 2: "extract(\(random.pick(["epoch", "year", "julian", "week"])) FROM \(a))"
        default: "\(a) \(random.pick(Self.operators)) \(b)"
        }
      _ = harness.isAnswered("SELECT \(expression) FROM edges\(Self.filter(&random))")
    }
  }
}
