extension Store {
  /// Makes a table that has its rows when it becomes visible; nothing is left of it when `body` throws.
  ///
  /// What is filled is encoded on all cores. `body` must not change the store other than by its
  /// appender.
  public func createTable<Failure: Error>(
    _ schema: TableSchema, filledBy body: (Appender) throws(Failure) -> Void
  ) throws {
    try schema.validate()
    writer.lock()
    defer { writer.unlock() }
    var catalog = catalog()
    let contents = try catalog.addTable(schema)
    let known = TableWriter(contents)
    let transaction = TableTransaction(
      contents, catalog, writer: known, limits: BulkLimits(), conflict: .fail,
      records: isRecording)
    try body(transaction.appender)
    let effect = try transaction.finish(writer: known)
    catalog.tables[schema.name]?.partitions = effect?.partitions ?? []
    try publish(
      catalog, .createdFilledTable(schema, rows: transaction.appender.recorded ?? []))
    guard var effect else { return }
    effect.writer.keys = transaction.keys(after: effect)
    writer.tables[schema.name] = effect.writer
  }
}

extension Catalog {
  /// Adds an empty table, with the dictionaries that it needs.
  mutating func addTable(_ schema: TableSchema) throws(StoreError) -> Table {
    guard !hasRelation(schema.name) else { throw .tableExists(schema.name) }
    for column in schema.columns where column.type.physical == .text {
      if dictionaries[column.domain] == nil {
        dictionaries[column.domain] = TextDictionary(domain: column.domain)
      }
    }
    let table = Table(schema: schema, partitions: [])
    tables[schema.name] = table
    return table
  }
}
