internal import ColumnStore

/// Rows that are made of single values: for the few that intake adds or changes one at a time.
struct TableRows {
  let schema: TableSchema
  private(set) var rows: [[Value]] = []

  init(_ schema: TableSchema) { self.schema = schema }

  /// Columns that are not named are null; names that the table lacks are passed over.
  mutating func append(_ values: [String: Value]) {
    rows.append(schema.columns.map { values[$0.name] ?? .null })
  }

  mutating func append(_ row: [Value]) { rows.append(row) }

  var batch: RowBatch { RowBatch(rows: rows, of: schema) }
}

extension Value {
  var whole: Int64? {
    switch self {
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      value
    default: nil
    }
  }

  var words: String? {
    switch self {
    case .text(let text), .json(let text): text
    default: nil
    }
  }

  var flag: Bool? { if case .boolean(let value) = self { value } else { nil } }
}

extension Table {
  /// Calls `body` with some columns of each row that is not deleted. Segments whose bounds of a column
  /// say that nothing in them is as late as `earliest` are passed over.
  func visitRows(
    _ names: [String], from earliest: (column: String, time: Int64)? = nil,
    _ body: ([Value]) -> Void
  ) throws(DamagedChunk) {
    let places = names.map { schema.columnIndex($0) }
    let bound = earliest.flatMap { earliest in
      schema.columnIndex(earliest.column).map { ($0, earliest.time) }
    }
    for partition in partitions {
      for segment in partition.segments {
        if let (column, time) = bound,
          case .integers(let range)? = segment.chunks[column].zone.bounds, range.upperBound < time
        {
          continue
        }
        var columns: [[Value]?] = []
        for place in places {
          columns.append(
            try place.map { (place) throws(DamagedChunk) in
              try segment.chunks[place].values()
            })
        }
        for row in 0..<segment.rowCount where segment.live?[row] ?? true {
          body(columns.map { $0?[row] ?? .null })
        }
      }
    }
  }

  /// One row as it is.
  func row(at location: RowLocation) throws(DamagedChunk) -> [Value]? {
    guard let partition = partitions.first(where: { $0.key == location.partition }),
      partition.segments.indices.contains(location.segment)
    else { return nil }
    let segment = partition.segments[location.segment]
    var row: [Value] = []
    for chunk in segment.chunks { row.append(try chunk.value(at: location.row)) }
    return row
  }
}
