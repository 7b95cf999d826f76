import ColumnStore
import QueryLanguage
import QueryPlanning

/// What is told, and to whom.
extension Engine {
  /// Runs what reads columns that a reveal opens, with those who record it told before and after.
  func opening(
    _ query: PlannedQuery, _ session: Session, _ body: () throws(QueryError) -> QueryResult
  ) throws(QueryError) -> QueryResult {
    let recorder = query.openedColumns.isEmpty ? nil : session.access.reveal?.recorder
    try recorder?.willOpen(query.openedColumns)
    var result = try body()
    result.openedColumns = query.openedColumns
    recorder?.didOpen(query.openedColumns, rowCount: result.rowCount)
    if !session.access.mayOperate { result.statistics.withhold() }
    return result
  }
}

extension QueryStatistics {
  /// The time is known to who waited for the answer.
  fileprivate mutating func withhold() {
    self = QueryStatistics()
    isWithheld = true
  }
}

extension Catalog {
  /// Domains of hidden columns: how many texts are in their dictionaries tells whether one is there.
  func hiddenDomains(from access: QueryAccess) -> Set<String> {
    var domains: Set<String> = []
    for table in tables.values {
      for column in table.schema.columns where access.hides(column, of: table.schema) {
        domains.insert(column.domain)
      }
    }
    return domains
  }

  /// An older state of the tables with the labels of today as well: what is hidden now is hidden as it
  /// was then. A column that is not there any more, nobody may know the label of.
  func labelled(as newest: Catalog, for access: QueryAccess) -> Catalog {
    guard !access.isUnrestricted else { return self }
    var catalog = self
    for (name, table) in tables {
      guard let current = newest.tables[name]?.schema else {
        // For who holds the folder it has the labels that it had.
        if !access.mayWrite { catalog.tables[name] = nil }
        continue
      }
      var table = table
      for index in table.schema.columns.indices {
        table.schema.columns[index].takeLabel(from: current, strict: !access.mayWrite)
      }
      catalog.tables[name] = table
    }
    return catalog
  }
}

extension ColumnDefinition {
  /// The stricter of both labels.
  fileprivate mutating func takeLabel(from current: TableSchema, strict: Bool) {
    if label?.hides == true { return }
    guard let column = current.columnIndex(name) else {
      if strict, label == nil { label = .sealed }
      return
    }
    label = current.columns[column].label ?? label
  }
}
