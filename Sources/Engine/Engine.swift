public import ColumnStore
import Glibc
public import Persistence
public import QueryExecution
public import QueryLanguage
package import QueryPlanning
import Synchronization

/// The facade: takes SQL in, gives answers out.
///
/// A query holds one catalog from start to end: rows that arrive meanwhile belong to the next one.
public final class Engine: Sendable {
  public let store: Store
  let workers: WorkerPool
  private let keptResults: Mutex<PartialResultCache>
  let history: (any CatalogHistory)?
  let health: (@Sendable () -> DatabaseHealth)?
  let registry = QueryRegistry()
  let watcher = DeadlineWatcher()
  /// What receipts must not promise yet.
  package let pending = PendingChanges()
  let pins = PinnedTablesRegister()
  let answers: KnownAnswers
  /// The memory of all statements that run.
  package let memory: MemoryBudget

  /// `threads` bounds what one query may use; `nil`: as many as the machine has cores.
  /// `cacheByteLimit` bounds what is kept of aggregations for when they are asked again.
  /// `memoryLimit` bounds what all queries together use beside the tables, in bytes; `nil`: three
  /// quarters of the machine's memory. `history` is where `SET as_of` finds older states,
  /// `health` what `system.database` shows.
  public init(
    store: Store = Store(), threads: Int? = nil, cacheByteLimit: Int = 256 << 20,
    memoryLimit: Int? = nil, history: (any CatalogHistory)? = nil,
    health: (@Sendable () -> DatabaseHealth)? = nil
  ) {
    self.store = store
    self.history = history
    self.health = health
    memory = MemoryBudget(limit: memoryLimit ?? PhysicalMemory.byteCount / 4 * 3)
    keptResults = Mutex(PartialResultCache(byteLimit: cacheByteLimit))
    answers = KnownAnswers(byteLimit: cacheByteLimit / 8)
    workers = WorkerPool(threadCount: threads ?? WorkerPool.coreCount)
  }

  var cache: PartialResultCache { keptResults.withLock { $0 } }

  /// Forgets what queries have left. One that still runs keeps what it has, and leaves nothing.
  func forgetKeptResults() {
    pins.forget()
    answers.forget()
    keptResults.withLock { $0 = PartialResultCache(byteLimit: $0.byteLimit) }
  }

  /// Memory of what queries have left for later ones.
  public var partialCacheByteCount: Int { cache.statistics.byteCount + answers.byteCount }

  /// Runs one statement. `parameters` are the values of `$1`, `$2`, ...: a text becomes what its place
  /// wants, as a quoted literal does; other values have their own types.
  public func execute(
    _ sql: String, parameters: [Value] = [], in session: inout Session
  ) throws(QueryError) -> QueryResult {
    let begun = ContinuousClock.now
    return try execute(
      try SQLParser.parseOne(sql), text: sql, parameters: parameters, in: &session, begun: begun)
  }

  /// Runs one statement of a text that was parsed already. Errors name places in `text`.
  ///
  /// `cancellation` stops it from outside, before it has a number; its time-out stands in place of the
  /// session's. `begun` is when it was begun to be parsed, for the time that it takes.
  public func execute(
    _ statement: Statement, text: String, parameters: [Value] = [], in session: inout Session,
    cancellation: CancellationToken? = nil, begun: ContinuousClock.Instant? = nil
  ) throws(QueryError) -> QueryResult {
    let query = begin(statement, text, session, cancellation)
    do throws(QueryError) {
      var result = try run(
        statement, text, parameters.map { QueryParameter($0) }, query, &session)
      result.statistics.elapsed = ContinuousClock.now - (begun ?? query.begun)
      result.receipt = QueryReceipt(
        result, query, session, elapsed: result.statistics.elapsed)
      end(query, rowCount: result.rowCount, error: nil)
      return result
    } catch {
      end(query, rowCount: 0, error: error.code)
      throw error.widened(in: text)
    }
  }

  func run(
    _ statement: Statement, _ text: String, _ parameters: [QueryParameter],
    _ running: QueryHandle, _ session: inout Session
  ) throws(QueryError) -> QueryResult {
    if statement.mayChangeTables, session.asOf == nil, session.access.mayWrite {
      try storing { () throws(StoreError) in try store.prepareForChanges() }
    }
    // Before the catalog: what comes in between is in the catalog, and not in what is promised.
    let knownUntil = session.pinned?.knownUntil ?? self.knownUntil
    let catalog = try visibleCatalog(statement, session)
    running.note(catalog, knownUntil: knownUntil)
    // Constants are evaluated while planning: within the statement's limits, like all else.
    let scope = QueryScope(
      cancellation: running.cancellation, memory: running.memory,
      pseudonyms: session.access.pseudonyms)
    let planned = try scope.enter { () throws(QueryError) in
      try plan(statement, text, parameters, catalog, session, running.cancellation)
    }
    try refuseChange(planned, session)
    switch planned {
    case .query(let query):
      return try opening(query, session) { () throws(QueryError) in
        try answer(query, context(catalog, running, session), rowLimit: session.rowLimit)
      }
    case .explain(let query, let analyze, let change):
      return try opening(query, session) { () throws(QueryError) in
        let profile = QueryProfile()
        return try explain(
          query, analyze: analyze, change, profile,
          context(catalog, running, session, profile: profile), session.access)
      }
    case .insert(let schema, let query):
      return try opening(query, session) { () throws(QueryError) in
        try insert(query, into: schema, context(catalog, running, session))
      }
    case .changeRows(let change):
      return try opening(change.query, session) { () throws(QueryError) in
        try self.change(change) { context($0, running, session) }
      }
    case .truncate(let names): return try truncate(names)
    case .createTable(let schema, let ifNotExists):
      let tag = schema.rollUp == nil ? "CREATE TABLE" : "CREATE MATERIALIZED VIEW"
      if ifNotExists, catalog.hasRelation(schema.name) { return .command(tag) }
      try storing { () throws(StoreError) in try store.createTable(schema) }
      return .command(tag)
    case .createTableAs(let schema, let query):
      guard let query else { return .command("CREATE TABLE AS") }
      return try opening(query, session) { () throws(QueryError) in
        try createTable(schema, from: query, context(catalog, running, session))
      }
    case .createDomain(let name):
      try storing { () throws(StoreError) in try store.createDomain(name) }
      return .command("CREATE DOMAIN")
    case .createView(let view, let replacing):
      try storing { () throws(StoreError) in try store.createView(view, replacing: replacing) }
      return .command("CREATE VIEW")
    case .alterTable(let name, let alterations):
      if !alterations.isEmpty {
        try storing { () throws(StoreError) in try store.alterTable(name, alterations) }
      }
      return .command("ALTER TABLE")
    case .label(let table, let column, let label):
      try storing { () throws(StoreError) in
        try store.alterTable(table, [.setLabel(column, label)])
      }
      return .command("SECURITY LABEL")
    case .drop(let names, let tag):
      try storing { () throws(StoreError) in try store.drop(names) }
      return .command(tag)
    case .checkpoint:
      try storing { () throws(StoreError) in try store.checkpoint() }
      return .command("CHECKPOINT")
    case .copyFrom(let source): return try copy(from: source, text, session, running.cancellation)
    case .copyTo(let query, let target):
      try requireFileAccess(for: target, text, session)
      return try opening(query, session) { () throws(QueryError) in
        try copy(
          try answer(query, context(catalog, running, session)), to: target, text, session)
      }
    case .prepare(let name, let statement):
      return try prepare(statement, named: name, text, &session)
    case .execute(let name, let values):
      return try execute(name, with: values, text, running, &session)
    case .deallocate(let name):
      return try deallocate(name, text, &session)
    case .showTables: return .tables(catalog, session.access)
    case .describe(let schema): return .description(schema, catalog, session.access)
    case .describeView(let view): return .description(view)
    case .show(let setting):
      return .setting(
        setting, session, workers.threadCount, memoryLimit: defaultMemoryLimit)
    case .set(AsOfSetting.name, let value):
      try setAsOf(value, &session)
      return .command("SET")
    case .set(let setting, let value):
      session.set(setting, value)
      return .command("SET")
    }
  }

  package func plan(
    _ statement: Statement, _ text: String, _ parameters: [QueryParameter] = [],
    _ catalog: Catalog, _ session: Session, _ cancellation: CancellationToken? = nil
  ) throws(QueryError) -> PlannedStatement {
    var context = planningContext(session)
    if let cancellation {
      context.check = { () throws(QueryError) in try cancellation.check() }
    }
    context.parameters = parameters
    context.systemRows = { [self] in systemRows(of: $0, catalog, session) }
    return try Planner(catalog: catalog, context: context).plan(statement, text: text)
  }

  func planningContext(_ session: Session) -> PlanningContext {
    var context = PlanningContext(
      timeZone: session.timeZone, now: session.fixedNow ?? Self.currentTime(),
      evaluate: { $0.evaluatedConstant })
    context.valueOfNoRows = { $0.valueOfNoRows }
    context.access = session.access
    return context
  }

  /// Milliseconds since 1970-01-01 UTC.
  static func currentTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  // MARK: - Queries

  func context(
    _ catalog: Catalog, _ query: QueryHandle, _ session: Session, profile: QueryProfile? = nil
  ) -> QueryContext {
    QueryContext(
      catalog: catalog, workers: workers, threads: session.threads,
      cache: session.usesPartialCache ? cache : nil, profile: profile, counters: query.counters,
      cancellation: query.cancellation, memory: query.memory,
      pseudonyms: session.access.pseudonyms)
  }

  private func answer(
    _ query: PlannedQuery, _ context: QueryContext, rowLimit: Int? = nil
  ) throws(QueryError) -> QueryResult {
    // One row more than that tells whether there are more.
    let plan =
      rowLimit.map { Plan.limit(query.plan, count: min($0, .max - 1) + 1, offset: 0) } ?? query.plan
    let batches = try Executor(context).run(plan)
    let columns = query.columnNames.indices.map {
      QueryResult.Column(
        name: query.columnNames[$0], type: query.plan.types[$0],
        isRedacted: query.redactedColumns.contains($0))
    }
    var result = QueryResult(
      columns: columns, tag: "", statistics: QueryStatistics(context.counters), batches: batches)
    if let rowLimit { result.truncate(to: rowLimit) }
    result.tag = "SELECT \(result.rowCount)"
    result.approximateOutput = query.plan.approximateOutput
    result.tablesOfCurrentValues = query.plan.tablesOfCurrentValues.sorted()
    result.sources = query.sources
    return result
  }

  private func explain(
    _ query: PlannedQuery, analyze: Bool, _ change: String?, _ profile: QueryProfile,
    _ context: QueryContext, _ access: QueryAccess
  ) throws(QueryError) -> QueryResult {
    let explanation = Explanation(query.plan, profile: profile)
    let lines: [String]
    if !access.mayOperate {
      // How many rows and segments are read depends on rows of others.
      guard !analyze else {
        throw QueryError(
          .insufficientPrivilege, "EXPLAIN ANALYZE tells of rows of others",
          hint: "EXPLAIN alone shows the plan")
      }
      lines = explanation.planned
    } else if analyze {
      let clock = ContinuousClock()
      let start = clock.now
      _ = try Executor(context).run(query.plan)
      lines = explanation.analyzed(elapsed: clock.now - start, threads: context.threads)
    } else {
      try Executor(context).prepare(query.plan)
      let planned = explanation.planned
      lines =
        change.map { name in
          [name] + planned.map { "  " + $0.replacing(RowAddress.columnName, with: "row address") }
        } ?? planned
    }
    var result = QueryResult(
      columns: [.init(name: "plan", type: .text)], values: lines.map { [.text($0)] },
      tag: "EXPLAIN")
    result.statistics = QueryStatistics(context.counters)
    return result
  }

  // MARK: - Changes

  private func insert(
    _ query: PlannedQuery, into schema: TableSchema, _ context: QueryContext
  ) throws(QueryError) -> QueryResult {
    let batches = try Executor(context).run(query.plan)
    do {
      try store.append(to: schema.name) { (appender) throws(StoreError) in
        try appender.require(schema)
        for batch in batches { try appender.append(batch.rowBatch(schema)) }
      }
    } catch {
      throw QueryError(error, table: schema.name)
    }
    let rowCount = batches.reduce(0) { $0 + $1.rowCount }
    return .command("INSERT 0 \(rowCount)")
  }

  private func createTable(
    _ schema: TableSchema, from query: PlannedQuery, _ context: QueryContext
  ) throws(QueryError) -> QueryResult {
    let batches = try Executor(context).run(query.plan)
    do {
      try store.append(to: schema.name, from: .new(schema), sealsTails: true) {
        (appender) throws(StoreError) in
        for batch in batches { try appender.append(batch.rowBatch(schema)) }
      }
    } catch {
      throw QueryError(error, table: schema.name)
    }
    let rowCount = batches.reduce(0) { $0 + $1.rowCount }
    return .command("SELECT \(rowCount)")
  }

  private func storing(_ change: () throws(StoreError) -> Void) throws(QueryError) {
    do throws(StoreError) {
      try change()
    } catch {
      throw QueryError(error, table: "")
    }
  }
}
