public import ColumnStore

/// Tables of a seed, in a store: `a` by day with a few hundred rows, `b` and `c` small, `d` without
/// rows, and on demand `big` with more rows in one day than a segment takes.
public struct RandomDatabase: Sendable {
  public struct RandomTable: Sendable {
    public var schema: TableSchema
    public var columns: [RandomColumn]
    public var rowCount: Int
  }

  public let store: Store
  public let tables: [RandomTable]

  public init(seed: UInt64, hasBigTable: Bool) throws {
    var random = SplitMix64(seed: seed)
    let store = Store()
    var tables: [RandomTable] = []
    for (name, rowCount) in [("a", 300), ("b", 40), ("c", 12), ("d", 0), ("big", 70_000)]
    where name != "big" || hasBigTable {
      let columns = Self.columns(of: name, &random)
      let table = RandomTable(
        schema: Self.schema(name, columns), columns: columns,
        rowCount: rowCount == 300 ? 100 + random.below(400) : rowCount)
      try store.createTable(table.schema)
      try Self.fill(table, 0..<table.rowCount, store, &random)
      tables.append(table)
    }
    self.store = store
    self.tables = tables
  }

  /// Adds `rowCount` rows to each table that has rows.
  public func grow(by rowCount: Int, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for table in tables where table.rowCount > 0 {
      let start = store.catalog().tables[table.schema.name]?.rowCount ?? 0
      try Self.fill(table, start..<(start + rowCount), store, &random)
    }
  }

  /// A number for each row, a key to join by, and what chance adds.
  private static func columns(of name: String, _ random: inout SplitMix64) -> [RandomColumn] {
    func nullShare() -> Double { random.pick([0, 0, 0.1, 0.1, 0.5, 0.95, 1]) }
    var columns = [
      RandomColumn("id", .serial),
      RandomColumn("k", .key, nullShare: random.pick([0, 0.1])),
      RandomColumn("n", .smallInteger, nullShare: random.pick([0, 0.2])),
    ]
    if name == "a" || name == "big" {
      columns.append(
        RandomColumn(
          "ts", random.pick([.timestamp, .timestampWithTimeZone, .date]),
          nullShare: name == "big" ? 0 : random.pick([0, 0.05])))
    }
    let kinds = RandomColumn.Content.allCases.filter { $0 != .serial }
    for index in 0..<(4 + random.below(6)) {
      columns.append(RandomColumn("x\(index)", random.pick(kinds), nullShare: nullShare()))
    }
    return columns
  }

  private static func schema(_ name: String, _ columns: [RandomColumn]) -> TableSchema {
    TableSchema(
      name: name,
      columns: columns.map { column in
        // Texts of one content share a dictionary across tables, whatever the columns are called.
        ColumnDefinition(
          name: column.name, type: column.type,
          domain: column.content == .unicodeText ? "words" : column.content == .key ? "k" : nil,
          textStorage: column.content == .longText ? .plain : .automatic)
      }, partitionColumn: columns.firstIndex { $0.name == "ts" })
  }

  /// By several transactions of which some seal, so that segments of all kinds come about.
  private static func fill(
    _ table: RandomTable, _ range: Range<Int>, _ store: Store, _ random: inout SplitMix64
  ) throws {
    let isBig = table.schema.name == "big"
    let day: Int64 = 19_720 + Int64(random.below(30))
    var next = range.lowerBound
    while next < range.upperBound {
      let count = isBig ? 40_000 : 1 + random.below(200)
      let rows = (next..<min(range.upperBound, next + count)).map { row in
        table.columns.map { $0.value(row: row, day: day, days: isBig ? 1 : 6, &random) }
      }
      next += rows.count
      try store.append(to: table.schema.name, sealsTails: random.chance(0.4)) {
        (appender) throws(StoreError) in
        try appender.append(RowBatch(rows, schema: table.schema))
      }
    }
  }
}
