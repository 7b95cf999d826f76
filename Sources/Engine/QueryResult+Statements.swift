import ColumnStore
import QueryExecution
import QueryPlanning

extension QueryResult {
  /// The answer of a statement that has no rows.
  static func command(_ tag: String) -> QueryResult {
    QueryResult(columns: [], tag: tag, statistics: QueryStatistics(), batches: [])
  }

  init(columns: [Column], values: [[Value]], tag: String) {
    let vectors = columns.indices.map { column in
      Vector(values: values.map { $0[column] }, type: columns[column].type)
    }
    self.init(
      columns: columns, tag: tag, statistics: QueryStatistics(),
      batches: [Batch(rowCount: values.count, columns: vectors)])
  }

  /// SHOW TABLES: views too.
  static func tables(_ catalog: Catalog, _ access: QueryAccess) -> QueryResult {
    var rows: [String: [Value]] = catalog.tables.mapValues { table in
      let partition = table.schema.partitionColumn.map { "day(\(table.schema.columns[$0].name))" }
      func total(_ count: Int) -> Value { access.mayOperate ? .integer(Int64(count)) : .null }
      return [
        .text(table.schema.name), .text("table"), total(table.rowCount),
        .integer(Int64(table.schema.columns.count)), table.schema.keyText,
        partition.map(Value.text) ?? .null,
        total(table.partitions.count), total(table.byteCount),
      ]
    }
    for (name, view) in catalog.views {
      rows[name] = [
        .text(name), .text("view"), .null, .integer(Int64(view.columns.count)), .null, .null, .null,
        .null,
      ]
    }
    let sorted = rows.sorted { $0.key < $1.key }.map(\.value)
    let columns = [
      Column(name: "table", type: .text), Column(name: "kind", type: .text),
      Column(name: "rows", type: .integer), Column(name: "columns", type: .integer),
      Column(name: "primary key", type: .text), Column(name: "partition by", type: .text),
      Column(name: "partitions", type: .integer), Column(name: "bytes", type: .integer),
    ]
    return QueryResult(columns: columns, values: sorted, tag: "SHOW")
  }

  private static var descriptionColumns: [Column] {
    [
      Column(name: "column", type: .text), Column(name: "type", type: .text),
      Column(name: "nullable", type: .boolean), Column(name: "domain", type: .text),
      Column(name: "key", type: .integer), Column(name: "partition", type: .text),
      Column(name: "compression", type: .text), Column(name: "encodings", type: .text),
      Column(name: "bytes", type: .integer), Column(name: "label", type: .text),
    ]
  }

  /// DESCRIBE of a view, which has nothing in memory.
  static func description(_ view: View) -> QueryResult {
    let rows = view.columns.map { column -> [Value] in
      [
        .text(column.name), .text(column.type.sqlName), .boolean(true), .null, .null, .text(""),
        .null, .null, .null, .null,
      ]
    }
    return QueryResult(columns: descriptionColumns, values: rows, tag: "DESCRIBE")
  }

  /// DESCRIBE: the columns, and how they are kept in memory.
  static func description(
    _ schema: TableSchema, _ catalog: Catalog, _ access: QueryAccess
  ) -> QueryResult {
    let memory = catalog.tables[schema.name]?.memory() ?? []
    let rows = schema.columns.enumerated().map { index, column -> [Value] in
      let chunks = memory.filter { $0.column == column.name }
      let encodings = chunks.sorted { $0.byteCount > $1.byteCount }.map(\.encoding)
      let isText = column.type.physical == .text
      // How values are kept tells of what they are.
      let isKnown = access.mayOperate && !access.hides(column, of: schema)
      return [
        .text(column.name), .text(column.type.sqlName), .boolean(!column.isNotNull),
        isText ? .text(column.domain) : .null,
        schema.primaryKey.firstIndex(of: index).map { .integer(Int64($0) + 1) } ?? .null,
        .text(index == schema.partitionColumn ? "day" : ""), column.compression,
        isKnown ? .text(encodings.joined(separator: ", ")) : .null,
        isKnown ? .integer(Int64(chunks.reduce(0) { $0 + $1.byteCount })) : .null,
        column.label.map { .text($0.rawValue) } ?? .null,
      ]
    }
    return QueryResult(columns: descriptionColumns, values: rows, tag: "DESCRIBE")
  }

  /// SHOW setting.
  static func setting(
    _ name: String, _ session: Session, _ threads: Int, memoryLimit: Int
  ) -> QueryResult {
    let value: String
    switch name {
    case "timezone": value = session.timeZone
    case "threads": value = String(min(session.threads ?? threads, threads))
    case "partial_cache": value = session.usesPartialCache ? "on" : "off"
    case "statement_timeout":
      value = SettingQuantity.text(milliseconds: session.statementTimeout?.milliseconds ?? 0)
    case "max_memory": value = MemoryBudget.text(session.memoryLimit ?? memoryLimit)
    case AsOfSetting.name: value = session.asOf?.name ?? ""
    default: value = ""
    }
    return QueryResult(
      columns: [Column(name: name, type: .text)], values: [[.text(value)]], tag: "SHOW")
  }
}

extension TableSchema {
  /// The names of the key's columns; null without a key.
  fileprivate var keyText: Value {
    primaryKey.isEmpty
      ? .null : .text(primaryKey.map { columns[$0].name }.joined(separator: ", "))
  }
}

extension ColumnDefinition {
  /// What was declared by `COMPRESSION lz4`, or by the type uuid; null where Daybook chooses.
  var compression: Value {
    type.physical == .text && textStorage == .plain ? .text("lz4") : .null
  }
}

extension QueryStatistics {
  init(_ counters: ScanCounters) {
    self.init()
    rowsScanned = counters.rows
    segmentsRead = counters.read
    segmentsSkipped = counters.skipped
    segmentsCached = counters.cached
  }
}
