import ColumnStore
import QueryExecution
import QueryLanguage
import QueryPlanning

/// INSERT with conflicts, UPDATE, DELETE and TRUNCATE: a query whose rows say what changes, run on the
/// state that the change is made to.
extension Engine {
  /// `context` gives what the query runs in, over a catalog.
  func change(
    _ change: RowChange, in context: (Catalog) -> QueryContext
  ) throws(QueryError) -> QueryResult {
    let schema = change.table
    do {
      return try store.change(schema.name) { transaction in
        guard let table = transaction.catalog.tables[schema.name], table.schema == schema else {
          throw QueryError(.undefinedTable, "table '\(schema.name)' was made anew meanwhile")
        }
        let context = context(transaction.catalog)
        let batches = try Executor(context).run(change.query.plan)
        let rows = try Batch.joined(batches, types: change.query.plan.types)
        var changed: Batch
        let tag: String
        switch change.action {
        case .insert(let conflict):
          changed = try insert(rows, onConflict: conflict, table, transaction)
          tag = "INSERT 0 \(changed.rowCount)"
        case .update:
          let (targets, kept) = table.targets(of: rows)
          changed = Batch(rowCount: rows.rowCount, columns: Array(rows.columns.dropFirst()))
            .keeping(kept)
          try transaction.delete(targets)
          try transaction.append(changed.rowBatch(schema))
          tag = "UPDATE \(targets.count)"
        case .delete:
          let (targets, kept) = table.targets(of: rows)
          changed = Batch(rowCount: rows.rowCount, columns: Array(rows.columns.dropFirst()))
            .keeping(kept)
          try transaction.delete(targets)
          tag = "DELETE \(targets.count)"
        }
        var result = QueryResult.command(tag)
        if let returning = change.returning {
          result = QueryResult(
            columns: returning.expressions.indices.map {
              .init(
                name: returning.columnNames[$0], type: returning.expressions[$0].type,
                isRedacted: returning.redactedColumns.contains($0))
            }, tag: tag, statistics: QueryStatistics(),
            batches: [try changed.evaluating(returning.expressions)])
        }
        result.statistics = QueryStatistics(context.counters)
        return result
      }
    } catch let error as QueryError {
      throw error
    } catch {
      var failure = QueryError(error, table: schema.name)
      if case .update = change.action, failure.code == .uniqueViolation {
        failure.hint = "nothing was changed"
      }
      throw failure
    }
  }

  func truncate(_ names: [String]) throws(QueryError) -> QueryResult {
    do throws(StoreError) { try store.truncateTables(names) } catch {
      throw QueryError(error, table: names.first ?? "")
    }
    return .command("TRUNCATE TABLE")
  }

  /// Returns the rows that were added or changed, as they are now.
  private func insert(
    _ rows: Batch, onConflict conflict: RowChange.Conflict, _ table: Table,
    _ transaction: TableTransaction
  ) throws -> Batch {
    let schema = table.schema
    let batch = rows.rowBatch(schema)
    switch conflict {
    case .fail:
      try transaction.append(batch)
      return rows
    case .skip:
      return try transaction.append(batch, onConflict: .skip).map(rows.keeping) ?? rows
    case .update(let values, let condition):
      // A row must be complete even if it only changes another one.
      try batch.validate(against: schema)
      let update = try ConflictUpdate(
        rows, batch, table, transaction, values: values, condition: condition)
      return try update.apply(transaction)
    }
  }
}

/// What INSERT ... ON CONFLICT DO UPDATE makes of its rows.
private struct ConflictUpdate {
  let rows: Batch
  let batch: RowBatch
  let schema: TableSchema
  /// Rows whose keys are new, ascending.
  var fresh: [UInt32] = []
  /// Rows that change another one, ascending; the row that each changes, and what this becomes.
  var changing: [UInt32] = []
  var targets: [RowLocation] = []
  var changed = Batch(rowCount: 0, columns: [])

  init(
    _ rows: Batch, _ batch: RowBatch, _ table: Table, _ transaction: TableTransaction,
    values: [Expression], condition: Expression?
  ) throws {
    self.rows = rows
    self.batch = batch
    schema = table.schema
    let locations = try transaction.locations(
      ofKeys: schema.primaryKey.map { batch.columns[$0] }, rowCount: batch.rowCount)
    for (row, location) in locations.enumerated() {
      if let location {
        changing.append(UInt32(row))
        targets.append(location)
      } else {
        fresh.append(UInt32(row))
      }
    }
    var pairs = try table.rows(at: targets).joined(with: rows.keeping(changing))
    if let condition {
      let kept = try pairs.rows(where: condition)
      pairs = pairs.keeping(kept)
      changing = kept.map { changing[Int($0)] }
      targets = kept.map { targets[Int($0)] }
    }
    var seen: Set<RowLocation> = []
    for (row, target) in zip(changing, targets) where !seen.insert(target).inserted {
      throw secondTime(
        schema.primaryKey.map {
          batch.value(Int(row), column: $0, type: schema.columns[$0].type)
        })
    }
    changed = try pairs.evaluating(values)
  }

  func apply(_ transaction: TableTransaction) throws -> Batch {
    do throws(StoreError) {
      try transaction.append(batch.keeping(fresh))
    } catch {
      guard case .duplicateKey(_, let values) = error else { throw error }
      throw secondTime(values)
    }
    try transaction.delete(targets)
    try transaction.append(changed.rowBatch(schema))
    // In the order in which they were written.
    let all = try Batch.joined(
      [rows.keeping(fresh), changed], types: schema.columns.map(\.type))
    let order = (fresh + changing).enumerated().sorted { $0.element < $1.element }
    return all.keeping(order.map { UInt32($0.offset) })
  }

  private func secondTime(_ values: [Value]) -> QueryError {
    QueryError(
      .cardinalityViolation,
      "ON CONFLICT DO UPDATE cannot change a row a second time: "
        + keyText(schema.primaryKey.map { schema.columns[$0].name }, values),
      hint: "several of the new rows have this key: keep one of them, with GROUP BY or DISTINCT")
  }
}

extension Table {
  /// The rows whose addresses are in the first column, each once, and the places where they first
  /// come.
  fileprivate func targets(of rows: Batch) -> (locations: [RowLocation], rows: [UInt32]) {
    let placed = placedSegments
    var seen: Set<RowAddress> = []
    var locations: [RowLocation] = []
    var kept: [UInt32] = []
    for row in 0..<rows.rowCount {
      guard case .integer(let number) = rows.columns[0].value(at: row) else { continue }
      let address = RowAddress(number: number)
      guard seen.insert(address).inserted else { continue }
      var location = placed[address.segment].location
      location.row = address.row
      locations.append(location)
      kept.append(UInt32(row))
    }
    return (locations, kept)
  }
}

/// `(user_id, day) = (u1, 2024-05-31)`
func keyText(_ columns: [String], _ values: [Value]) -> String {
  "(\(columns.joined(separator: ", "))) = (\(values.map { $0.formatted() }.joined(separator: ", ")))"
}
