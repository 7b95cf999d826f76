import ColumnStore
import Engine
import EngineTesting
import Foundation
import QueryLanguage

/// Writes random tables and what Daybook answers to random queries over them, for `compare.py` to
/// ask another database the same.
///
/// `differential --seed S --count N --out DIR`: a folder per database below DIR, with a CSV file per
/// table (texts in quotes, nulls empty), `tables.json` and `queries.ndjson`.
///
/// `differential --seed S --ask SQL` shows what Daybook and the reference answer over one database.
@main struct Differential {
  /// Queries per database.
  static let share = 100

  static func main() throws {
    var options = ["--seed": "1", "--count": "2000", "--out": ".build/differential", "--ask": ""]
    var arguments = CommandLine.arguments.dropFirst()
    while let name = arguments.popFirst() {
      guard options[name] != nil, let value = arguments.popFirst() else {
        fail("usage: differential [--seed S] [--count N] [--out DIR] [--ask SQL]")
      }
      options[name] = value
    }
    guard let seed = options["--seed"].flatMap(UInt64.init),
      let count = options["--count"].flatMap({ Int($0) }), count > 0, let out = options["--out"]
    else { fail("seed and count are numbers") }
    if let sql = options["--ask"], !sql.isEmpty { return try ask(sql, seed: seed) }
    for index in 0..<(count + share - 1) / share {
      let folder = "\(out)/\(seed + UInt64(index))"
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try write(
        seed: seed + UInt64(index), queries: min(share, count - index * share), to: folder)
    }
  }

  private static func ask(_ sql: String, seed: UInt64) throws {
    let database = try database(seed)
    let answers = [
      ("Daybook", Answer(sql, engine: Engine(store: database.store))),
      ("reference", try Answer(sql, reference: ReferenceEngine(database.store.catalog()))),
    ]
    for (name, answer) in answers {
      print("\(name):")
      switch answer {
      case .failure(let code): print("  error \(code)")
      case .rows(let rows):
        for row in rows { print("  " + row.map { $0.formatted() }.joined(separator: " | ")) }
      }
    }
  }

  private static func database(_ seed: UInt64) throws -> RandomDatabase {
    try RandomDatabase(seed: seed, hasBigTable: seed % 10 == 0)
  }

  private static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(64)
  }

  private static func write(seed: UInt64, queries count: Int, to folder: String) throws {
    let database = try database(seed)
    let engine = Engine(store: database.store)
    let reference = ReferenceEngine(database.store.catalog())
    for table in database.tables {
      let rows = try reference.tableRows(table.schema.name)
      let lines = rows.map { $0.map(\.csv).joined(separator: ",") + "\n" }
      try save(lines, to: "\(folder)/\(table.schema.name).csv")
    }
    let tables = database.tables.map { table in
      let columns = table.schema.columns.map { "[\($0.name.json),\($0.type.sqlName.json)]" }
      return "\(table.schema.name.json):[\(columns.joined(separator: ","))]"
    }
    try save(["{\(tables.joined(separator: ","))}\n"], to: "\(folder)/tables.json")
    var queries = RandomQueries(database, seed: seed, isPortable: true)
    try save(
      (0..<count).map { _ in line(for: queries.next(), engine) }, to: "\(folder)/queries.ndjson")
  }

  private static func line(for query: RandomQuery, _ engine: Engine) -> String {
    var session = Session()
    var line = "{\"sql\":\(query.sql.json),\"ordered\":\(query.isOrdered),"
    do {
      let result = try engine.execute(query.sql, in: &session)
      let types = result.columns.map(\.type.sqlName.json).joined(separator: ",")
      let rows = result.rows.map { "[" + $0.map(\.json).joined(separator: ",") + "]" }
      line += "\"types\":[\(types)],\"rows\":[\(rows.joined(separator: ","))]}"
    } catch {
      line += "\"error\":\("\(error.code.rawValue) \(error.message)".json)}"
    }
    return line + "\n"
  }

  private static func save(_ lines: [String], to path: String) throws {
    try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: path))
  }
}

extension String {
  fileprivate var json: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{20}"...: text.unicodeScalars.append(scalar)
      default: text += "\\u" + String(scalar.value + 0x10000, radix: 16).dropFirst()
      }
    }
    return text + "\""
  }
}

extension Value {
  /// Numbers that JSON lacks, dates and times are strings.
  fileprivate var json: String {
    switch self {
    case .null: "null"
    case .boolean, .integer: formatted()
    case .double(let value) where value.isFinite: "\(value)"
    case .array(let values): "[\(values.map(\.json).joined(separator: ","))]"
    default: formatted().json
    }
  }

  fileprivate var csv: String {
    switch self {
    case .null: return ""
    case .text(let text), .json(let text):
      return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    case .double(let value): return value.isFinite ? "\(value)" : formatted()
    default: return formatted()
    }
  }
}
