import ColumnStore
import Engine
import EngineTesting
import Foundation
import Ingestion
import Testing

/// Four public data sets, whose `README.md` states facts that were computed with other tools.
///
/// They are not part of the package: their folder is `DAYBOOK_SHARED_DATA`, or `../shared/data`
/// beside the package. Each set is loaded once, when the first test asks for it.
enum RealData {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["DAYBOOK_SHARED_DATA"] {
      return URL(fileURLWithPath: path)
    }
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    return package.deletingLastPathComponent().appendingPathComponent("shared/data")
  }()

  static let isPresent = FileManager.default.fileExists(
    atPath: folder.appendingPathComponent("online-retail.csv.gz").path)

  static let absence: Comment =
    "the real data sets are not here: set DAYBOOK_SHARED_DATA to their folder"

  static let interactions = loaded { engine in
    var session = Session()
    // Who acts and who is acted upon are the same people.
    _ = try engine.execute("CREATE DOMAIN account AS text", in: &session)
    _ = try engine.execute(
      """
      CREATE TABLE interactions (src account, dst account, ts timestamptz, event text)
      PARTITION BY DAY (ts)
      """, in: &session)
    for event in ["a2q", "c2q", "c2a"] {
      var options = LoadOptions()
      options.format = .spaces
      options.hasHeader = false
      options.columns = ["src", "dst", "ts"]
      options.constants = [(name: "event", value: event)]
      try load(["sx-mathoverflow-\(event).txt.gz"], into: "interactions", engine, options)
    }
  }

  static let retail = loaded { engine in
    var options = LoadOptions()
    options.columns = [
      "invoice", "item", "description", "quantity", "ts", "price", "customer", "country",
    ]
    options.hasHeader = true
    options.types = ["invoice": "text", "item": "text", "customer": "text"]
    try load(["online-retail.csv.gz"], into: "lines", engine, options)
  }

  static let telemetry = loaded { engine in
    var options = LoadOptions()
    options.renames = [(from: "timestamp", to: "ts")]
    try load(["agent-telemetry-events.csv.gz"], into: "events", engine, options)
  }

  static let probes = loaded { engine in
    var options = LoadOptions()
    options.renames = [(from: "committed_at", to: "ts")]
    try load(["http-probes.csv.gz"], into: "probes", engine, options)
  }

  private static func loaded(_ fill: (Engine) throws -> Void) -> Result<Engine, any Error> {
    Result {
      let engine = Engine()
      try fill(engine)
      return engine
    }
  }

  private static func load(
    _ names: [String], into table: String, _ engine: Engine, _ options: LoadOptions
  ) throws {
    _ = try Loader(store: engine.store, options: options).load(
      names.map { .path(folder.appendingPathComponent($0).path) }, into: table)
  }
}

/// Checks what a query answers: a line per row, columns separated by ` | `.
func expect(
  _ sql: String, in data: Result<Engine, any Error>, _ expected: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var session = Session()
  let rows = try data.get().execute(sql, in: &session).rows.map { row in
    row.map { $0.formatted() }.joined(separator: " | ")
  }
  #expect(rows == expected, "\(sql)", sourceLocation: sourceLocation)
}

/// Checks a single number within a share of it.
func expect(
  _ sql: String, in data: Result<Engine, any Error>, near expected: Double, within share: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var session = Session()
  let text = try data.get().execute(sql, in: &session).rows.first?.first?.formatted() ?? ""
  let number = try #require(Double(text), "\(sql)", sourceLocation: sourceLocation)
  #expect(
    abs(number - expected) <= share * abs(expected), "\(sql)", sourceLocation: sourceLocation)
}
