/// Where a value stands as a whole: rows of one column, deleted ones too.
public struct ValuePlace: Sendable, Hashable {
  public var table: String
  public var column: String
  public var rowCount: Int

  public init(table: String, column: String, rowCount: Int) {
    self.table = table
    self.column = column
    self.rowCount = rowCount
  }
}

/// What a search for a value found in tables.
package struct FoundValue: Sendable {
  package private(set) var rowCounts: [String: [String: Int]] = [:]
  /// Dictionaries that have it.
  package private(set) var domains: Set<String> = []

  package init() {}

  package var isEmpty: Bool { rowCounts.isEmpty && domains.isEmpty }

  /// By table, then by column.
  package var places: [ValuePlace] {
    rowCounts.sorted { $0.key < $1.key }.flatMap { table, columns in
      columns.sorted { $0.key < $1.key }.map {
        ValuePlace(table: table, column: $0.key, rowCount: $0.value)
      }
    }
  }

  package mutating func look(
    for value: SoughtValue, in segment: Segment, of schema: TableSchema
  ) throws(DamagedChunk) {
    for (column, chunk) in zip(schema.columns, segment.chunks) where column.mayName(value) {
      let rows = try chunk.rows(with: value)
      guard !rows.isEmpty else { continue }
      rowCounts[schema.name, default: [:]][column.name, default: 0] += rows.count
    }
  }

  package mutating func look(for value: SoughtValue, in view: DictionaryView) {
    if value.code(in: view) != nil { domains.insert(view.dictionary.domain) }
  }
}

extension ColumnDefinition {
  /// Numbers name nobody, unless their column says so.
  fileprivate func mayName(_ value: SoughtValue) -> Bool {
    type.physical == .text || type == .integer && domain == Erasure.domain
  }
}

extension Catalog {
  /// Looks through all rows and dictionaries.
  package func finding(_ value: SoughtValue) throws(StoreError) -> FoundValue {
    var found = FoundValue()
    for dictionary in dictionaries.values { found.look(for: value, in: dictionary.view) }
    for table in tables.values {
      for segment in table.partitions.lazy.flatMap(\.segments) {
        do throws(DamagedChunk) {
          try found.look(for: value, in: segment, of: table.schema)
        } catch {
          throw .damagedSegment(table: table.schema.name, reason: error.reason)
        }
      }
    }
    return found
  }
}

extension RowBatch {
  /// Whether a text of the batch is this one.
  package func has(_ value: SoughtValue) -> Bool {
    columns.contains { column in
      guard case .text(let codes, let pool) = column.storage else { return false }
      return codes.indices.contains { row in
        column.validity?[row] != 0 && pool.withBytes(Int(codes[row]), value.equals)
      }
    }
  }
}
