import ColumnStore
import QueryExecution
public import QueryLanguage
import QueryPlanning

extension Engine {
  /// Drops the days of tables that were kept long enough, as of `now` (milliseconds since 1970-01-01
  /// UTC): of each table in one change, which also gives its materialised views what they need of
  /// these days. A run after that finds nothing to do.
  ///
  /// `report` is told of each table once its change is kept. With `isDryRun` nothing is changed.
  /// Stops at the first table that fails, which then is as it was.
  @discardableResult
  public func applyRetention(
    now: Int64, policy: RetentionPolicy = RetentionPolicy(), isDryRun: Bool = false,
    report: (RetentionOutcome) -> Void = { _ in }
  ) throws(QueryError) -> [RetentionOutcome] {
    if !isDryRun, !expired(store.catalog(), policy, now).isEmpty {
      do throws(StoreError) { try store.prepareForChanges() } catch {
        throw QueryError(error, table: "")
      }
    }
    var outcomes: [RetentionOutcome] = []
    // As they are now: another process may have changed them before the folder was locked.
    for var outcome in expired(store.catalog(), policy, now) {
      if !isDryRun {
        outcome.drops = try dropExpiredDays(of: outcome.table, after: outcome.retentionDays, now)
        guard !outcome.drops.isEmpty else { continue }
      }
      report(outcome)
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// Tables before their roll-ups, each by name.
  private func expired(
    _ catalog: Catalog, _ policy: RetentionPolicy, _ now: Int64
  ) -> [RetentionOutcome] {
    let tables = catalog.tables.values.sorted {
      ($0.schema.rollUp == nil ? 0 : 1, $0.schema.name)
        < ($1.schema.rollUp == nil ? 0 : 1, $1.schema.name)
    }
    return tables.compactMap { table in
      guard let days = policy.days(of: table.schema) else { return nil }
      let drops = table.expired(after: days, now: now).compactMap {
        RetentionDrop($0, of: table.schema.name, at: now)
      }
      guard !drops.isEmpty else { return nil }
      return RetentionOutcome(
        table: table.schema.name, retentionDays: days, drops: drops,
        rollUps: catalog.rollUps(of: [table.schema.name]).map(\.name))
    }
  }

  private func dropExpiredDays(
    of table: String, after days: Int, _ now: Int64
  ) throws(QueryError) -> [RetentionDrop] {
    do {
      return try store.dropExpiredDays(of: table, after: days, now: now) { schema, catalog in
        try rollUp(schema, catalog)
      }
    } catch let error as QueryError {
      throw error
    } catch {
      throw QueryError(error, table: table)
    }
  }

  /// The groups of a materialised view over the days that `catalog` has of its source.
  private func rollUp(
    _ schema: TableSchema, _ catalog: Catalog
  ) throws(QueryError) -> [RowBatch] {
    let text = schema.rollUp?.definition ?? ""
    let session = Session()
    let statement = try SQLParser.parseOne(text)
    let query = begin(statement, text, session)
    do throws(QueryError) {
      let scope = QueryScope(cancellation: query.cancellation, memory: query.memory)
      let planned = try scope.enter { () throws(QueryError) in
        try Planner(catalog: catalog, context: planningContext(session))
          .planDefinition(of: schema)
      }
      let batches = try Executor(context(catalog, query, session)).run(planned.plan)
      end(query, rowCount: batches.reduce(0) { $0 + $1.rowCount }, error: nil)
      return batches.map { $0.rowBatch(schema) }
    } catch {
      end(query, rowCount: 0, error: error.code)
      throw QueryError(
        error.code, "materialized view '\(schema.name)': \(error.message)",
        hint: "nothing was dropped; \(error.hint ?? "DROP MATERIALIZED VIEW lets the days go")")
    }
  }
}
