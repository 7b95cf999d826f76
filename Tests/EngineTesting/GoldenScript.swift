import Engine
import Foundation
import QueryLanguage

/// A text file of statements and their answers.
///
/// Records are separated by empty lines; lines that begin with `#` between them are comments.
///
/// ```
/// statement ok
/// CREATE TABLE t (x bigint)
///
/// query
/// SELECT 1, NULL, ''
/// ----
/// 1 | NULL | (empty)
///
/// error
/// SELECT y FROM t
/// ----
/// error: unknown column 'y' in table 't'
///   SELECT y FROM t
///          ^
///
/// plan
/// SELECT x FROM t
/// ----
/// Scan t: x
/// ```
///
/// Every record runs in one session, in which it is always 2024-05-31 12:00 UTC.
public struct GoldenScript {
  /// A record whose answer is not the one in the file.
  public struct Mismatch: CustomStringConvertible {
    public var line: Int
    public var sql: String
    public var expected: String
    public var found: String

    public var description: String {
      "line \(line): \(sql)\n--- expected\n\(expected)\n--- found\n\(found)"
    }
  }

  private enum Block {
    case other(String)
    case record(kind: String, sql: String, answer: String?, line: Int)
  }

  private static let now: Int64 = 1_717_156_800_000
  private let blocks: [Block]

  public init(_ text: String) {
    var blocks: [Block] = []
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    while let first = lines.first {
      guard ["statement ok", "query", "error", "plan"].contains(first) else {
        blocks.append(.other(first))
        lines.removeFirst()
        continue
      }
      let line = lines.startIndex + 1
      let body = lines.dropFirst().prefix { !$0.isEmpty }
      lines = lines.dropFirst(body.count + 1)
      let sql = body.prefix { $0 != "----" }
      let answer = body.count > sql.count ? body.dropFirst(sql.count + 1) : nil
      blocks.append(
        .record(
          kind: first, sql: sql.joined(separator: "\n"), answer: answer?.joined(separator: "\n"),
          line: line))
    }
    self.blocks = blocks
  }

  /// Runs all records; also gives the file as it should read for these answers.
  public func run() -> (mismatches: [Mismatch], text: String) {
    let engine = Engine(threads: 2)
    var session = Session()
    session.fixedNow = Self.now
    var mismatches: [Mismatch] = []
    var lines: [String] = []
    for block in blocks {
      switch block {
      case .other(let line): lines.append(line)
      case .record(let kind, let sql, let answer, let line):
        let (foundKind, found) = Self.run(kind, sql, engine, &session)
        if foundKind != kind || (kind != "statement ok" && found != answer) {
          mismatches.append(
            Mismatch(line: line, sql: sql, expected: answer ?? kind, found: found))
        }
        lines += [foundKind, sql]
        if foundKind != "statement ok" { lines.append("----") }
        if foundKind != "statement ok", !found.isEmpty { lines.append(found) }
      }
    }
    return (mismatches, lines.joined(separator: "\n"))
  }

  private static func run(
    _ kind: String, _ sql: String, _ engine: Engine, _ session: inout Session
  ) -> (kind: String, answer: String) {
    do {
      let result = try engine.execute((kind == "plan" ? "EXPLAIN " : "") + sql, in: &session)
      if kind == "statement ok" { return (kind, "") }
      let zone = session.timeZone
      let rows = result.rows.map { row in
        row.map { $0.golden(in: zone) }.joined(separator: " | ")
      }
      return (kind == "error" ? "query" : kind, rows.joined(separator: "\n"))
    } catch {
      return ("error", error.rendered(in: sql))
    }
  }
}
