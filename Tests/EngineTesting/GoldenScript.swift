internal import ColumnStore
internal import Engine
internal import Foundation
internal import QueryLanguage
internal import Synchronization

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
/// A line `snapshot` keeps the tables for `SET as_of`, as those of 1970-01-01 at as many hours as
/// snapshots were kept by then. A record `retention` drops what is due at a time, and tells of it:
///
/// ```
/// retention
/// 2024-03-02 00:00
/// ----
/// events 2023-12-01: 3 rows
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
      guard ["statement ok", "query", "error", "plan", "retention"].contains(first) else {
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
    let history = GoldenHistory()
    let engine = Engine(threads: 2, history: history)
    var session = Session()
    session.fixedNow = Self.now
    var mismatches: [Mismatch] = []
    var lines: [String] = []
    for block in blocks {
      switch block {
      case .other(let line):
        if line == "snapshot" { history.keep(engine.store.catalog()) }
        lines.append(line)
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
      if kind == "retention" { return (kind, try retention(at: sql, engine)) }
      let result = try engine.execute((kind == "plan" ? "EXPLAIN " : "") + sql, in: &session)
      if kind == "statement ok" { return (kind, "") }
      let zone = session.timeZone
      let rows = result.rows.map { row in
        row.map { $0.golden(in: zone) }.joined(separator: " | ")
      }
      return (kind == "error" ? "query" : kind, rows.joined(separator: "\n"))
    } catch {
      return ("error", (error as? QueryError)?.rendered(in: sql) ?? "\(error)")
    }
  }

  private static func retention(at time: String, _ engine: Engine) throws -> String {
    var session = Session()
    let now = try engine.execute("SELECT '\(time)'::timestamptz", in: &session).rows[0][0]
    guard case .timestampWithTimeZone(let now) = now else { return "no time" }
    return try engine.applyRetention(now: now).flatMap { outcome in
      outcome.drops.map { drop in
        "\(drop.table) \(ClockText.date(drop.day)): \(drop.rowCount) rows"
      }
    }.joined(separator: "\n")
  }
}

/// What the lines `snapshot` kept, an hour after each other.
private final class GoldenHistory: CatalogHistory {
  private let catalogs = Mutex<[Catalog]>([])

  func keep(_ catalog: Catalog) { catalogs.withLock { $0.append(catalog) } }

  func moment(_ reference: CatalogReference) throws(CatalogHistoryError) -> CatalogMoment {
    let count = UInt64(catalogs.withLock { $0.count })
    let number: UInt64 =
      switch reference {
      case .number(let number): number
      case .time(let time): time < 0 ? 0 : min(count, UInt64(time) / 3_600_000)
      }
    guard number > 0, number <= count else {
      throw CatalogHistoryError(.notThere, "there is no such snapshot")
    }
    return CatalogMoment(number: number, name: "\(number)")
  }

  func catalog(at moment: CatalogMoment) throws(CatalogHistoryError) -> Catalog {
    catalogs.withLock { $0[Int(moment.number) - 1] }
  }
}
