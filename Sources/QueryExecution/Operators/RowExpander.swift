import ColumnStore
import QueryLanguage
import QueryPlanning

/// Repeats rows for the values of set-returning functions.
///
/// Batches are cut at `batchSize` rows, so that a long array or series of one row takes no more
/// memory than that. Arrays are computed for a few rows at a time, and set aside as long as they are
/// needed.
struct RowExpander: Sendable {
  private static let batchSize = 65_536
  /// Rows whose arrays are there at once.
  private static let inputSize = 4_096

  private enum Source: Sendable {
    case elements(CompiledExpression)
    case series(Series, ends: [CompiledExpression])
  }

  private let sources: [Source]
  private let types: [DataType]
  private let hasOrdinality: Bool
  private let keepsRows: Bool

  init(_ expansion: Expansion) throws(QueryError) {
    var sources: [Source] = []
    for source in expansion.sources {
      switch source {
      case .elements(let array): sources.append(.elements(try CompiledExpression(array)))
      case .series(let series):
        var ends: [CompiledExpression] = []
        for end in [series.start, series.stop, series.step] {
          ends.append(try CompiledExpression(end))
        }
        sources.append(.series(series, ends: ends))
      }
    }
    self.sources = sources
    types = expansion.sources.map(\.type)
    hasOrdinality = expansion.hasOrdinality
    keepsRows = expansion.keepsRows
  }

  func expanded(_ input: RowStream) -> RowStream {
    RowStream(taskCount: input.taskCount) { task, consume throws(QueryError) in
      try input.produce(task) { view throws(QueryError) in
        let batch = view.batch()
        guard batch.rowCount > Self.inputSize else { return try expand(batch, consume) }
        for start in stride(from: 0, to: batch.rowCount, by: Self.inputSize) {
          let rows = UInt32(start)..<UInt32(min(start + Self.inputSize, batch.rowCount))
          let part = Batch(
            rowCount: rows.count, columns: batch.columns.map { $0.gather(rows: Array(rows)) })
          let isEnough = try QueryScope.batch { () throws(QueryError) in
            try expand(part, consume) == .enough
          }
          if isEnough { return .enough }
        }
        return .more
      }
    }
  }

  /// The values of one source in one row.
  private enum Cursor {
    case elements([Value], next: Int)
    case series(SeriesGenerator, next: Int64?)

    mutating func next() throws(QueryError) -> Value? {
      switch self {
      case .elements(let elements, let index):
        guard index < elements.count else { return nil }
        self = .elements(elements, next: index + 1)
        return elements[index]
      case .series(let generator, let next):
        guard let value = next, !generator.isPast(value) else { return nil }
        self = .series(generator, next: try generator.successor(of: value))
        return generator.value(value)
      }
    }
  }

  private func expand(
    _ batch: Batch, _ consume: RowStream.Consumer
  ) throws(QueryError) -> RowStream.Continuation {
    var arguments: [[Vector]] = []
    for source in sources {
      switch source {
      case .elements(let array): arguments.append([try array.evaluate(batch)])
      case .series(_, let ends):
        var vectors: [Vector] = []
        for end in ends { vectors.append(try end.evaluate(batch)) }
        arguments.append(vectors)
      }
    }
    var rows: [UInt32] = []
    var ordinals: [Int64] = []
    var columns: [[Value]] = sources.map { _ in [] }
    for row in 0..<batch.rowCount {
      var cursors: [Cursor] = []
      for index in sources.indices {
        cursors.append(try cursor(sources[index], arguments[index], row))
      }
      var ordinal: Int64 = 0
      while true {
        var values: [Value?] = []
        for index in cursors.indices { values.append(try cursors[index].next()) }
        let isEmpty = values.allSatisfy { $0 == nil }
        if isEmpty, ordinal > 0 || !keepsRows { break }
        ordinal += 1
        rows.append(UInt32(truncatingIfNeeded: row))
        for index in values.indices { columns[index].append(values[index] ?? .null) }
        ordinals.append(isEmpty ? 0 : ordinal)
        if rows.count == Self.batchSize {
          let isEnough = try QueryScope.batch { () throws(QueryError) in
            try handOn(batch, rows, columns, ordinals, consume) == .enough
          }
          if isEnough { return .enough }
          rows = []
          ordinals = []
          for index in columns.indices { columns[index] = [] }
        }
        if isEmpty { break }
      }
    }
    return rows.isEmpty ? .more : try handOn(batch, rows, columns, ordinals, consume)
  }

  private func cursor(
    _ source: Source, _ arguments: [Vector], _ row: Int
  ) throws(QueryError) -> Cursor {
    switch source {
    case .elements: return .elements(arguments[0].elements(at: row), next: 0)
    case .series(let series, _):
      let generator = try SeriesGenerator(series, ends: arguments.map { $0.value(at: row) })
      return .series(generator, next: generator.first)
    }
  }

  private func handOn(
    _ batch: Batch, _ rows: [UInt32], _ values: [[Value]], _ ordinals: [Int64],
    _ consume: RowStream.Consumer
  ) throws(QueryError) -> RowStream.Continuation {
    // Twice: as values, and as the vectors that these become.
    let width = (batch.columns.count + 1) * 8 + values.count * 2 * MemoryLayout<Value>.stride
    try QueryScope.reserve(rows.count * width, for: "the rows of a set-returning function")
    return try consume(output(batch, rows, values, ordinals))
  }

  private func output(
    _ batch: Batch, _ rows: [UInt32], _ values: [[Value]], _ ordinals: [Int64]
  ) -> BatchView {
    var columns = batch.columns.map { $0.gather(rows: rows) }
    for (values, type) in zip(values, types) { columns.append(Vector(values: values, type: type)) }
    if hasOrdinality {
      columns.append(
        Vector(values: ordinals.map { $0 == 0 ? .null : .integer($0) }, type: .integer))
    }
    return BatchView(Batch(rowCount: rows.count, columns: columns))
  }
}
