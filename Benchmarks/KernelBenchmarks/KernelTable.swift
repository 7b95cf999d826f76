import Benchmark
import ColumnStore
import Engine
import QueryLanguage

/// A table with a column for each encoding, named after it, and an engine to ask.
///
/// The kernels are not visible outside of the engine, so that they are reached through SQL. What
/// that costs besides, some ten microseconds per query, is small beside a million rows.
struct KernelTable: Sendable {
  private let engine: Engine

  init() {
    let store = Store()
    engine = Engine(store: store, threads: 1)
    let columns = Self.columns()
    let schema = TableSchema(
      name: "kernels", columns: columns.map(\.definition), partitionColumn: nil)
    do {
      try store.createTable(schema)
      try store.append(to: schema.name, sealsTails: true) { (appender) throws(StoreError) in
        try appender.append(RowBatch(rowCount: rowCount, columns: columns.map(\.values)))
      }
    } catch {
      preconditionFailure("the benchmark's table cannot be made: \(error)")
    }
    checkEncodings(store.catalog())
  }

  /// Adds a benchmark that asks `sql` of the table.
  func add(_ name: String, _ sql: String) {
    Benchmark(name) { benchmark in
      for _ in benchmark.scaledIterations {
        var session = Session()
        do {
          blackHole(try engine.execute(sql, in: &session))
        } catch {
          benchmark.error("\(error)")
        }
      }
    }
  }

  /// A benchmark that measures another encoding than its name says is worse than none.
  private func checkEncodings(_ catalog: Catalog) {
    for memory in catalog.tables["kernels"]?.memory() ?? [] {
      let expected = memory.column.replacing("_", with: "-")
      precondition(
        expected.hasPrefix("other") || expected == memory.encoding,
        "column \(memory.column) is encoded as \(memory.encoding)")
    }
  }

  private static func columns() -> [(definition: ColumnDefinition, values: ColumnValues)] {
    var random = RandomNumbers(seed: 2)
    func integers(_ bound: UInt64) -> ColumnValues {
      ColumnValues(storage: .integers((0..<rowCount).map { _ in Int64(random.below(bound)) }))
    }
    func doubles(_ value: (UInt64) -> Double) -> ColumnValues {
      ColumnValues(storage: .doubles((0..<rowCount).map { _ in value(random.next()) }))
    }
    func texts(_ count: Int, _ text: (Int) -> String) -> ColumnValues {
      let pool = TextPool()
      for entry in 0..<count { pool.append(text(entry)) }
      let codes =
        count == rowCount
        ? (0..<UInt32(rowCount)).map { $0 }
        : (0..<rowCount).map { _ in UInt32(random.below(UInt64(count))) }
      return ColumnValues(storage: .text(codes: codes, pool: pool))
    }
    func column(
      _ name: String, _ type: DataType, _ values: ColumnValues, _ storage: TextStorage = .automatic
    ) -> (definition: ColumnDefinition, values: ColumnValues) {
      (ColumnDefinition(name: name, type: type, isNotNull: true, textStorage: storage), values)
    }
    let constant = ColumnValues(storage: .integers(Array(repeating: 7, count: rowCount)))
    let texts1 = texts(200) { "/v1/route/\($0)" }
    let texts2 = texts(20_000) { "/v1/customer/\($0)" }
    let uuids = texts(rowCount) { uuid(UInt64($0)) }
    let plain = texts(rowCount) { "request \($0) answered in \($0 % 977) milliseconds" }
    return [
      column("constant", .integer, constant),
      column("frame_of_reference_1", .integer, integers(200)),
      column("frame_of_reference_2", .integer, integers(50_000)),
      column("frame_of_reference_4", .integer, integers(1_000_000_000)),
      column("frame_of_reference_8", .integer, integers(1 << 60)),
      column("decimal_4", .double, doubles { Double($0 % 100_000_000) / 100 }),
      column("doubles", .double, doubles { Double($0) / 3e10 }),
      column("dictionary_1", .text, texts1, .dictionary),
      column("dictionary_2", .text, texts2, .dictionary),
      column("uuid", .text, uuids, .plain),
      column("compressed_text", .text, plain, .plain),
      column("other_narrow", .integer, integers(24)),
      column("other_many", .integer, integers(500_000)),
    ]
  }

  private static func uuid(_ number: UInt64) -> String {
    var random = RandomNumbers(seed: number)
    let digits =
      hexadecimal(random.next()) + hexadecimal(random.next())
    var text = ""
    for (position, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(position) { text += "-" }
      text.append(digit)
    }
    return text
  }

  private static func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
