import ColumnStore
import Glibc
import Ingestion
import Synchronization

/// Loads files without a store: the rows are kept as values, or dropped if the load fails.
struct LoadHarness {
  var options = LoadOptions()
  var existing: TableSchema?

  struct Loaded {
    var report: LoadReport
    var schema: TableSchema
    var rows: [[Value]]

    var types: [String: String] {
      Dictionary(uniqueKeysWithValues: report.columns.map { ($0.name, $0.type.sqlName) })
    }
    func column(_ name: String) -> [Value] {
      guard let index = schema.columnIndex(name) else { return [] }
      return rows.map { $0[index] }
    }
  }

  func load(_ sources: [InputSource]) throws(LoadError) -> Loaded {
    var schema = TableSchema(name: "", columns: [], partitionColumn: nil)
    var rows: [[Value]] = []
    let target = LoadTarget(existing: existing) { opened, isNew, fill in
      schema = opened
      let collected = Mutex<[[Value]]>([])
      try fill { batch in
        let values = unpacked(batch, opened)
        collected.withLock { $0 += values }
      }
      rows = collected.withLock { $0 }
    }
    let report = try Loader(store: Store(), options: options).load(sources, into: "t", target)
    return Loaded(report: report, schema: schema, rows: rows)
  }

  func load(_ paths: String...) throws(LoadError) -> Loaded {
    try load(paths.map { InputSource($0) })
  }

  /// Loads a file with this content.
  func load(
    text: String, name: String = "input.csv", block: Int? = nil
  ) throws(LoadError) -> Loaded {
    try load(bytes: Array(text.utf8), name: name, block: block)
  }

  func load(
    bytes: [UInt8], name: String = "input.csv", block: Int? = nil
  ) throws(LoadError) -> Loaded {
    let file = TemporaryFile(bytes, name: name)
    var harness = self
    if let block { harness.options.blockByteCount = block }
    return try harness.load(file.path)
  }
}

/// The values of a batch, row by row.
private func unpacked(_ batch: RowBatch, _ schema: TableSchema) -> [[Value]] {
  (0..<batch.rowCount).map { row in
    zip(batch.columns, schema.columns).map { column, definition in
      if column.validity?[row] == 0 { return .null }
      switch column.storage {
      case .nulls: return .null
      case .booleans(let values): return .boolean(values[row] != 0)
      case .doubles(let values): return .double(values[row])
      case .text(let codes, let pool):
        let string = pool.string(Int(codes[row]))
        return definition.type == .json ? .json(string) : .text(string)
      case .integers(let values):
        switch definition.type {
        case .date: return .date(values[row])
        case .timestamp: return .timestamp(values[row])
        case .timestampWithTimeZone: return .timestampWithTimeZone(values[row])
        default: return .integer(values[row])
        }
      }
    }
  }
}

/// A file that is gone with its last owner.
final class TemporaryFile {
  let path: String
  private let folder: String

  init(_ bytes: [UInt8], name: String = "input.csv") {
    var template = Array("/tmp/daybook-test-XXXXXX".utf8CString)
    folder = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    path = "\(folder)/\(name)"
    let file = fopen(path, "w")
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  deinit {
    unlink(path)
    rmdir(folder)
  }
}

/// The bytes of a file, or nothing.
func contents(of path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var text: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return String(decoding: text, as: UTF8.self) }
    text += buffer[..<count]
  }
}
