internal import AccessControl
internal import ColumnStore

extension Intake {
  /// Users and resources: a row per key, of which a record changes the fields that it names.
  func storeProfiles(
    _ batch: DecodedBatch, at now: Int64, in transaction: StoreTransaction
  ) throws -> Work {
    let table: IntakeTable = batch.schema.kind == .user ? .users : .resources
    let schema = try schema(of: table, transaction)
    let rows = batch.problems.indices.filter { batch.problems[$0] == nil }
    var results: [BatchResults.Result] = batch.problems.map { $0.map { .failed($0) } ?? .accepted }
    guard !rows.isEmpty else { return Work(results: results) }
    let new = NamedColumns(batch).rows(of: schema)
    let target = try transaction.table(table.rawValue)
    let keys = new.keeping(rows.map { UInt32($0) })
    let places = try target.locations(
      ofKeys: schema.primaryKey.map { keys.columns[$0] }, rowCount: rows.count)
    // Of several records of one key each goes on from the one before.
    var changed: [[Value]: [Value]] = [:]
    var order: [[Value]] = []
    let organizationColumn = schema.columnIndex("organization_id")
    for (number, row) in rows.enumerated() {
      let values = schema.columns.indices.map {
        new.value(row, column: $0, type: schema.columns[$0].type)
      }
      let key = schema.primaryKey.map { values[$0] }
      var old = changed[key]
      if old == nil, let place = places[number] {
        old = try transaction.catalog.tables[table.rawValue]?.row(at: place)
      }
      if let old, let column = organizationColumn, old[column] != values[column] {
        // What is another organisation's is not taken over, and not told either.
        results[row] = .failed(RecordProblem(.organizationMismatch, "organization_id"))
        continue
      }
      if changed[key] == nil { order.append(key) }
      changed[key] = merged(values, onto: old, row, of: batch, schema, at: now)
    }
    var merged = TableRows(schema)
    for key in order { if let row = changed[key] { merged.append(row) } }
    try target.append(merged.batch, onConflict: .replace)
    return Work(results: results) { [self] in
      if table == .resources { noteResources(merged.rows, schema) }
    }
  }

  private func merged(
    _ values: [Value], onto old: [Value]?, _ row: Int, of batch: DecodedBatch,
    _ schema: TableSchema, at now: Int64
  ) -> [Value] {
    var merged = values
    for (column, definition) in schema.columns.enumerated() {
      if definition.name == "updated_at" {
        merged[column] = .timestamp(now)
      } else if merged[column].isNull, let old,
        !(batch.cleared[definition.name]?.contains(row) ?? false)
      {
        merged[column] = old[column]
      }
    }
    return merged
  }

  func noteResources(_ rows: [[Value]], _ schema: TableSchema) {
    guard let type = schema.columnIndex("resource_type"),
      let id = schema.columnIndex("resource_id"),
      let organization = schema.columnIndex("organization_id")
    else { return }
    for row in rows {
      guard let type = row[type].words, let id = row[id].words,
        let organization = row[organization].words.flatMap({ OrganizationID($0) })
      else { continue }
      resources.set(organization, type: type, id: id)
    }
  }
}
