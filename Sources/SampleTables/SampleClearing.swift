public import Engine

/// Takes out what a sample has filled.
///
/// All tables at once, or none. A table with rows that generate did not make is only emptied where the
/// caller names it. What the audit log has of it stays, since nothing is ever taken from it.
public struct SampleClearing: Sendable {
  private let record: SampleRecord

  public init(_ engine: Engine) { record = SampleRecord(engine: engine) }

  /// Rows that were taken out, by table; empty where there was nothing.
  public func run(
    named: Set<String> = []
  ) throws(SampleFillingError) -> [(table: String, count: Int64)] {
    if let other = named.sorted().first(where: { !SampleRecord.filledTables.contains($0) }) {
      throw .unknownTable(other)
    }
    let counts = try record.rowCounts()
    var cleared: [(table: String, count: Int64)] = []
    for table in SampleRecord.filledTables {
      guard let count = try record.rowCount(of: table), count > 0 else { continue }
      if !named.contains(table) {
        let foreign = try record.foreignRowCount(of: table, counts)
        guard foreign == 0 else {
          throw .foreignRows(table: table, count: foreign, isClearing: true)
        }
      }
      cleared.append((table, count))
    }
    if !cleared.isEmpty {
      try record.run("TRUNCATE " + cleared.map { $0.table }.joined(separator: ", "))
    }
    if counts != nil { try record.run("DROP TABLE \(SampleRecord.table)") }
    return cleared
  }
}
