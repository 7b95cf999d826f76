public import AccessControl
internal import ColumnStore
public import Engine
internal import QueryLanguage

/// Brings the built-in tables and views of a database to the version of this program.
///
/// What is missing is made; columns that are missing are added; what is there is never removed and no
/// column changes its type. All is compared before anything is changed. A run that was interrupted is
/// finished by the next one.
public struct SchemaMigration: Sendable {
  /// What was done, as statements.
  public struct Outcome: Equatable, Sendable {
    public var statements: [String] = []
    /// Tables whose rows are told apart by more columns from now on.
    public var extendedKeys: [String] = []
  }

  private let engine: Engine
  private let tables: [BuiltInTable]
  private let views: [BuiltInView]
  private let rollUps: [BuiltInRollUp]
  private let version: Int64

  /// `retentionDays`: how long tables that are made now keep their days, if at all; `nil`: as they are
  /// declared; 0: for ever. `auditDays` is the audit log's own. Tables that are there keep what they have,
  /// and so does one that was loaded.
  public init(
    _ engine: Engine, tables: [BuiltInTable] = BuiltInSchema.tables,
    views: [BuiltInView] = BuiltInSchema.views,
    rollUps: [BuiltInRollUp] = BuiltInSchema.rollUps, version: Int = BuiltInSchema.version,
    retentionDays: Int? = nil, auditDays: Int? = nil
  ) {
    self.engine = engine
    self.tables = tables.map { table in
      let isAuditLog = table.name == BuiltInTable.auditLog.name
      guard isAuditLog || table.retentionDays != nil, !table.isRetentionFixed,
        let days = isAuditLog ? auditDays : retentionDays
      else { return table }
      var table = table
      table.retentionDays = days == 0 ? nil : days
      return table
    }
    self.rollUps = rollUps.filter { rollUp in tables.contains { $0.name == rollUp.source } }
    self.views = views
    self.version = Int64(version)
  }

  @discardableResult
  public func run(at now: UnixTime) throws(SchemaProblem) -> Outcome {
    let catalog = engine.store.catalog()
    let known = try records(in: catalog)
    var problems: [SchemaProblem.Item] = []
    var steps: [(relation: String, definition: String, statements: [String])] = []
    var logs: [String] = []
    var keys: [(table: String, columns: [String])] = []
    for (name, record) in known.sorted(by: { $0.key < $1.key }) where record.version > version {
      problems.append(SchemaProblem.Item(name, .newer(version: record.version)))
    }
    for table in tables {
      let comparison = TableComparison(table, in: catalog, isKnown: known[table.name] != nil)
      problems += comparison.problems
      if comparison.makesAppendOnly { logs.append(table.name) }
      if !comparison.newKeyColumns.isEmpty { keys.append((table.name, comparison.newKeyColumns)) }
      steps.append((table.name, table.definition, comparison.statements))
    }
    for view in views {
      if let problem = objection(to: view, in: catalog, isKnown: known[view.name] != nil) {
        problems.append(problem)
      }
      let isThere = catalog.views[view.name]?.definition == view.query
      steps.append((view.name, view.query, isThere ? [] : [view.definition]))
    }
    for rollUp in rollUps {
      if let problem = objection(to: rollUp, in: catalog) { problems.append(problem) }
      let isThere = catalog.tables[rollUp.name] != nil
      steps.append((rollUp.name, rollUp.query, isThere ? [] : [rollUp.definition]))
    }
    guard problems.isEmpty else { throw SchemaProblem(problems) }
    var outcome = Outcome()
    for step in steps {
      for statement in step.statements { try run(statement, of: step.relation) }
      outcome.statements += step.statements
    }
    for key in keys {
      try alter(key.table, key.columns.map { .addKeyColumn($0, value: 0) })
      outcome.extendedKeys.append(key.table)
    }
    for name in logs { try alter(name, [.setAppendOnly]) }
    // Recorded last: the table of records is made by a step.
    for step in steps
    where !step.statements.isEmpty || known[step.relation] == nil
      || outcome.extendedKeys.contains(step.relation)
    {
      try record(step.relation, step.definition, at: now)
    }
    return outcome
  }

  private func objection(
    to view: BuiltInView, in catalog: Catalog, isKnown: Bool
  ) -> SchemaProblem.Item? {
    if catalog.tables[view.name] != nil {
      return SchemaProblem.Item(view.name, .taken(why: "it is a table"))
    }
    guard !isKnown, let other = catalog.views[view.name], other.definition != view.query else {
      return nil
    }
    return SchemaProblem.Item(view.name, .taken(why: "it is a view of yours"))
  }

  private func objection(to rollUp: BuiltInRollUp, in catalog: Catalog) -> SchemaProblem.Item? {
    if catalog.views[rollUp.name] != nil {
      return SchemaProblem.Item(rollUp.name, .taken(why: "it is a view"))
    }
    guard let found = catalog.tables[rollUp.name], found.schema.rollUp?.source != rollUp.source
    else { return nil }
    return SchemaProblem.Item(rollUp.name, .taken(why: "it is a table"))
  }

  // MARK: - What was made before

  private struct Record {
    var version: Int64
  }

  private func records(in catalog: Catalog) throws(SchemaProblem) -> [String: Record] {
    let table = BuiltInTable.relations
    guard catalog.tables[table.name] != nil else { return [:] }
    let comparison = TableComparison(table, in: catalog, isKnown: true)
    guard comparison.problems.isEmpty, comparison.statements.isEmpty else {
      throw SchemaProblem(
        comparison.problems.isEmpty
          ? [SchemaProblem.Item(table.name, .taken(why: "it lacks columns"))] : comparison.problems)
    }
    var records: [String: Record] = [:]
    for row in try run("SELECT relation_name, version FROM \(table.name)", of: table.name).rows {
      guard row.count == 2, case .text(let name) = row[0], case .integer(let version) = row[1]
      else {
        continue
      }
      records[name] = Record(version: version)
    }
    return records
  }

  private func record(
    _ relation: String, _ definition: String, at now: UnixTime
  ) throws(SchemaProblem) {
    try run(
      """
      INSERT INTO \(BuiltInTable.relations.name) (relation_name, version, definition, changed_at) \
      VALUES ($1, $2, $3, $4) ON CONFLICT (relation_name) DO UPDATE SET version = excluded.version, \
      definition = excluded.definition, changed_at = excluded.changed_at
      """,
      [
        .text(relation), .integer(version), .text(definition), .timestamp(now.milliseconds),
      ], of: relation)
  }

  private func alter(
    _ table: String, _ alterations: [TableAlteration]
  ) throws(SchemaProblem) {
    do throws(StoreError) {
      try engine.store.alterTable(table, alterations)
    } catch {
      throw SchemaProblem([SchemaProblem.Item(table, .refused("\(error)"))])
    }
  }

  @discardableResult
  private func run(
    _ statement: String, _ parameters: [Value] = [], of relation: String
  ) throws(SchemaProblem) -> QueryResult {
    var session = Session()
    do throws(QueryError) {
      return try engine.execute(statement, parameters: parameters, in: &session)
    } catch {
      throw SchemaProblem([SchemaProblem.Item(relation, .refused(error.message))])
    }
  }
}
