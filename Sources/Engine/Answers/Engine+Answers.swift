public import ColumnStore
public import QueryExecution
public import QueryLanguage
import QueryPlanning
import Synchronization

/// Statements whose answers may be known.
extension Engine {
  /// The answer of a query. In a session that is pinned to the newest tables it is, where nothing that it
  /// reads has changed since it was asked, that of then.
  ///
  /// `cancellation` stops it from outside.
  public func answer(
    _ sql: String, parameters: [Value] = [], in session: Session,
    cancellation: CancellationToken? = nil
  ) throws(QueryError) -> QueryResult {
    let begun = ContinuousClock.now
    guard let newest = newestTables(of: session),
      let key = KnownAnswers.Key(sql, parameters, session)
    else { return try execute(sql, parameters, session, cancellation, begun) }
    let epoch = answers.epoch
    if case .rows(let known, let segmentCount)? = answers.answer(key, newest) {
      return try answer(known, segmentCount, sql, session, newest, cancellation, begun)
    }
    let result = try execute(sql, parameters, session, cancellation, begun)
    guard let sources = result.sources, areNewest(sources, of: newest) else {
      return result
    }
    var kept = result
    kept.receipt = nil
    let read = result.statistics
    var pools: Set<ObjectIdentifier> = []
    answers.keep(
      .rows(kept, segmentCount: read.segmentsRead + read.segmentsCached),
      kept.batches.reduce(0) { $0 + $1.byteCount(counted: &pools) }, for: key, from: sources,
      of: newest, epoch: epoch)
    return result
  }

  /// The answers of several queries, in their order. They are asked side by side, as far as there are threads;
  /// those of the same text one after the other, since what one leaves known serves the next.
  public func answers(
    _ queries: [(sql: String, parameters: [Value])], in session: Session,
    cancellation: CancellationToken? = nil
  ) throws(QueryError) -> [QueryResult] {
    let results = Mutex<[QueryResult?]>(Array(repeating: nil, count: queries.count))
    var places: [String: Int] = [:]
    var lines: [[Int]] = []
    for (index, query) in queries.enumerated() {
      if let place = places[query.sql] {
        lines[place].append(index)
      } else {
        places[query.sql] = lines.count
        lines.append([index])
      }
    }
    let tasks = lines
    try workers.run(taskCount: tasks.count, threads: session.threads) { task throws(QueryError) in
      for index in tasks[task] {
        let result = try answer(
          queries[index].sql, parameters: queries[index].parameters, in: session,
          cancellation: cancellation)
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0.compactMap(\.self) }
  }

  /// What was made of the answers of several statements, where none of the tables has changed since; else
  /// `compute`'s.
  ///
  /// `name` says all that it follows from beside the session and the rows of `tables`; no two kinds of values
  /// share a name. `byteCount` is roughly what it takes.
  public func remembered<Kept: Sendable>(
    _ name: String, from tables: Set<String>, in session: Session, byteCount: Int,
    _ compute: () throws(QueryError) -> Kept
  ) throws(QueryError) -> Kept {
    guard let newest = newestTables(of: session),
      let key = KnownAnswers.Key(name, [], session)
    else { return try compute() }
    let epoch = answers.epoch
    if case .value(let known)? = answers.answer(key, newest), let known = known as? Kept {
      return known
    }
    let value = try compute()
    if areNewest(tables, of: newest) {
      answers.keep(.value(value), byteCount, for: key, from: tables, of: newest, epoch: epoch)
    }
    return value
  }

  /// The tables that a session is pinned to, if they are the newest: older ones may have the labels of now, and
  /// are asked about for a minute or two.
  private func newestTables(of session: Session) -> Catalog? {
    let newest = store.catalog()
    return session.pinnedSequenceNumber == newest.version ? newest : nil
  }

  /// Whether tables are still as they were: others may have changed while a question was answered.
  private func areNewest(_ tables: Set<String>, of catalog: Catalog) -> Bool {
    let newest = store.catalog()
    return newest.version == catalog.version
      || tables.allSatisfy { KnownAnswers.isSame($0, in: catalog, and: newest) }
  }

  private func execute(
    _ sql: String, _ parameters: [Value], _ session: Session, _ cancellation: CancellationToken?,
    _ begun: ContinuousClock.Instant
  ) throws(QueryError) -> QueryResult {
    var session = session
    return try execute(
      try SQLParser.parseOne(sql), text: sql, parameters: parameters, in: &session,
      cancellation: cancellation, begun: begun)
  }

  /// Listed and receipted as any other.
  private func answer(
    _ known: QueryResult, _ segmentCount: Int, _ sql: String, _ session: Session,
    _ catalog: Catalog, _ cancellation: CancellationToken?, _ begun: ContinuousClock.Instant
  ) throws(QueryError) -> QueryResult {
    try cancellation?.check()
    let query = begin(sql, session, cancellation)
    query.note(catalog, knownUntil: session.pinned?.knownUntil ?? knownUntil)
    query.counters.noteKnownAnswer(segmentCount: segmentCount)
    var result = known
    if session.access.mayOperate {
      result.statistics = QueryStatistics(query.counters)
    }
    result.statistics.elapsed = ContinuousClock.now - begun
    result.receipt = QueryReceipt(result, query, session, elapsed: result.statistics.elapsed)
    end(query, rowCount: result.rowCount, error: nil)
    return result
  }
}
