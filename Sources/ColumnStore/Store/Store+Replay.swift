extension Store {
  /// Does again what a transaction did, to a store with the rows that it found: for recovery, on a
  /// store without a log that nobody else has. After an error the store is of no use.
  public func apply(_ changes: [StoreChange]) throws(StoreError) {
    precondition(log == nil, "what is replayed is kept already")
    let version = catalog().version
    for change in changes {
      switch change {
      case .createdDomain(let name): try createDomain(name)
      case .createdTable(let schema): try createTable(schema)
      case .createdView(let view): try createView(view, replacing: true)
      case .dropped(let names):
        try self.change { (catalog, writers) throws(StoreError) in
          for name in names { writers[name] = nil }
          catalog.remove(names)
          return []
        }
      case .alteredTable(let name, let alterations): try alterTable(name, alterations)
      case .truncatedTable(let name): try truncateTable(name)
      case .droppedDays(let drops): try dropDays(drops)
      case .changedRows(let table, let deleted, let appended):
        do {
          try replay(table, deleted, appended)
        } catch let error as StoreError {
          throw error
        } catch {
          preconditionFailure("transactions throw what their caller throws")
        }
      }
    }
    restate(version: version + 1)
  }

  private func replay(_ table: String, _ deleted: [DeletedRows], _ appended: [RowBatch]) throws {
    try change(table, limits: nil, conflict: .fail, isReplayed: true) { transaction in
      guard let contents = transaction.catalog.tables[table] else {
        throw StoreError.unknownTable(table)
      }
      for rows in deleted {
        guard let locations = contents.locations(of: rows) else {
          throw StoreError.unknownRow(table: table)
        }
        try transaction.delete(locations)
      }
      for batch in appended { try transaction.append(batch, onConflict: .replace) }
    }
  }
}
