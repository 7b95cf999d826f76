import Engine
import EngineTesting
import Foundation
import QueryExecution
import QueryLanguage
import Testing

/// Golden queries with tokens swapped, left out, doubled or replaced: mostly nonsense, now and then
/// something that nobody thought of. None may crash the process or show a defect of the engine.
@Suite struct MutatedQueryTests {
  private static let replacements = [
    "9223372036854775807", "-9223372036854775808", "0", "-1", "1e308", "NULL", "''", "'NaN'", "*",
    "interval '178956970 years'", "date '5874897-12-31'", "generate_series(1, 1000)", "(SELECT 1)",
    "count(*)", "ARRAY[1, NULL]", "'inf'::double precision", "repeat('x', 1000000)", "OVER ()",
  ]

  /// The statements of a golden file that make tables, and all that it asks or says.
  private struct Script {
    var setUp: [String] = []
    var queries: [String] = []

    init(_ text: String) {
      for record in text.components(separatedBy: "\n\n") {
        let lines = record.components(separatedBy: "\n").drop { $0.hasPrefix("#") || $0.isEmpty }
        guard let kind = lines.first else { continue }
        let sql = lines.dropFirst().prefix { $0 != "----" }.joined(separator: "\n")
        if kind == "statement ok" { setUp.append(sql) }
        if ["statement ok", "query", "error"].contains(kind) { queries.append(sql) }
        if kind == "plan" { queries.append("EXPLAIN " + sql) }
      }
    }
  }

  private static let scripts: [Script] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Golden")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".slt") }.sorted().compactMap {
      (try? String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)).map(Script.init)
    }
  }()

  private static func tokens(_ sql: String) -> [String] {
    var tokens: [String] = []
    var word = ""
    for character in sql {
      if character.isLetter || character.isNumber || "_.".contains(character) {
        word.append(character)
        continue
      }
      if !word.isEmpty { tokens.append(word) }
      word = ""
      tokens.append(String(character))
    }
    return word.isEmpty ? tokens : tokens + [word]
  }

  private static func mutated(
    _ sql: String, other: String, _ random: inout SplitMix64
  ) -> String {
    var tokens = tokens(sql)
    let others = Self.tokens(other)
    for _ in 0...random.below(3) where !tokens.isEmpty {
      let place = random.below(tokens.count)
      switch random.below(6) {
      case 0: tokens.remove(at: place)
      case 1: tokens.swapAt(place, random.below(tokens.count))
      case 2: tokens.insert(tokens[place], at: random.below(tokens.count))
      case 3: tokens[place] = random.pick(replacements)
      case 4 where !others.isEmpty: tokens[place] = random.pick(others)
      default:
        let numbers = tokens.indices.filter { tokens[$0].first?.isNumber ?? false }
        if !numbers.isEmpty { tokens[random.pick(numbers)] = random.pick(replacements) }
      }
    }
    return tokens.joined()
  }

  /// `DAYBOOK_SEEDS` is how many seeds are tried, from `DAYBOOK_FIRST_SEED` on.
  private static let seeds: Range<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    let first = UInt64(environment["DAYBOOK_FIRST_SEED"] ?? "") ?? 0
    return first..<first + (UInt64(environment["DAYBOOK_SEEDS"] ?? "") ?? 8)
  }()

  @Test(arguments: seeds)
  func `mutated queries are answered or refused`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for script in Self.scripts where !script.queries.isEmpty {
      let engine = Engine(threads: 1, memoryLimit: 64 << 20)
      var session = Session()
      session.fixedNow = 1_717_156_800_000
      session.allowsFileAccess = false
      for statement in script.setUp { _ = try? engine.execute(statement, in: &session) }
      session.statementTimeout = .milliseconds(100)
      for _ in 0..<40 {
        let sql = Self.mutated(
          random.pick(script.queries), other: random.pick(script.queries), &random)
        if getenv("DAYBOOK_TRACE") != nil {
          FileHandle.standardError.write(Data("\(sql)\n;;\n".utf8))
        }
        let start = ThreadTime.now
        do throws(QueryError) {
          _ = try engine.execute(sql, in: &session)
        } catch {
          #expect(error.code != .internalError, "\(error.message): \(sql)")
        }
        #expect(ThreadTime.now - start < .seconds(1), "\(sql)")
        #expect(engine.memory.byteCount == 0, "\(sql)")
      }
    }
  }
}
