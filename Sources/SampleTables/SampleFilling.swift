public import AccessControl
internal import ColumnStore
internal import Dispatch
public import Engine
internal import Platform
internal import QueryLanguage
public import SampleData
internal import Synchronization

/// Fills the built-in tables with a sample: not by way of text, day by day, several days at a time.
///
/// Tables that are missing are made as the service makes them, but keep their days for ever: the days
/// of a sample may be long ago. Some days become visible at once (`groupEventCount`), so that what has
/// to be kept in memory does not grow with the sample; a run that was interrupted leaves whole days.
/// The rows and their order do not depend on the number of threads.
public struct SampleFilling: Sendable {
  public struct Progress: Sendable {
    public var eventCount: Int
    public var dayCount: Int
    public var days: Int
  }

  /// What was made, by table in the order of filling.
  public struct Outcome: Sendable, Equatable {
    public var rowCounts: [(table: String, count: Int)] = []

    public static func == (left: Self, right: Self) -> Bool {
      left.rowCounts.elementsEqual(right.rowCounts) { $0.table == $1.table && $0.count == $1.count }
    }
  }

  private let engine: Engine
  private let generator: SampleGenerator
  private let vocabulary: SampleVocabulary
  private let threads: Int
  private let groupEventCount: Int

  /// `groupEventCount`: about how many events become visible at once.
  public init(
    _ engine: Engine, _ generator: SampleGenerator, threads: Int, groupEventCount: Int = 4_000_000
  ) {
    self.engine = engine
    self.generator = generator
    self.threads = threads
    self.groupEventCount = groupEventCount
    vocabulary = SampleVocabulary(generator)
  }

  /// Makes the tables and fills them. They must be empty: a sample among other rows could not be told
  /// from them.
  public func run(
    at now: UnixTime, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws(SampleFillingError) -> Outcome {
    let record = SampleRecord(engine: engine)
    try requireEmpty(record)
    do throws(SchemaProblem) {
      try SchemaMigration(engine, retentionDays: 0).run(at: now)
    } catch {
      throw .refused(table: "events", reason: "\(error)")
    }
    let counts = Mutex<[String: Int]>([:])
    try fillPeople(counts)
    try record.note(counts.withLock { $0 }, of: generator.options)
    var day = 0
    let report = ProgressCount(days: generator.options.days, progress)
    while day < generator.options.days {
      let first = day
      var expected = 0
      repeat {
        expected += generator.expectedEventCount(onDay: day)
        day += 1
      } while day < generator.options.days && expected < groupEventCount
      try fill(first..<day, counts, report)
      try record.note(counts.withLock { $0 }, of: generator.options)
    }
    return Outcome(
      rowCounts: SampleRecord.filledTables.map { table in
        (table, counts.withLock { $0[table] ?? 0 })
      })
  }

  private func requireEmpty(_ record: SampleRecord) throws(SampleFillingError) {
    if try record.rowCounts()?.values.contains(where: { $0 > 0 }) == true { throw .alreadyFilled }
    for table in SampleRecord.filledTables {
      if let count = try record.rowCount(of: table), count > 0 {
        throw .foreignRows(table: table, count: count, isClearing: false)
      }
    }
  }

  private func schema(_ table: String) throws(SampleFillingError) -> TableSchema {
    guard let schema = engine.store.catalog().tables[table]?.schema else {
      throw .refused(table: table, reason: "there is no such table")
    }
    return schema
  }

  private func fillPeople(_ counts: borrowing Mutex<[String: Int]>) throws(SampleFillingError) {
    let people = PeopleRows(generator: generator)
    let users = people.users(try schema("users"))
    let resources = people.resources(try schema("resources"))
    try storing("users") {
      try engine.store.change { transaction in
        try transaction.table("users").append(users)
        try transaction.table("resources").append(resources)
      }
    }
    counts.withLock {
      $0["users"] = users.rowCount
      $0["resources"] = resources.rowCount
    }
  }

  /// The events of some days, then what else they have.
  private func fill(
    _ days: Range<Int>, _ counts: borrowing Mutex<[String: Int]>, _ report: ProgressCount
  ) throws(SampleFillingError) {
    let schemas = DaySchemas(
      events: try schema("events"), sessions: try schema("sessions"),
      feedback: try schema("feedback"), threats: try schema("threats"),
      resources: try schema("resources"))
    let others = DayResults(days.count)
    try storing("events") {
      try engine.store.append(to: "events", sealsTails: true) { appender in
        try append(days, to: appender, schemas, others, report)
      }
    }
    let rows = others.rows
    try storing("sessions") {
      try engine.store.change { transaction in
        for day in rows {
          for (table, batch) in day.batches where batch.rowCount > 0 {
            try transaction.table(table).append(batch)
          }
        }
      }
    }
    counts.withLock { counts in
      for day in rows {
        counts["events", default: 0] += day.eventCount
        for (table, batch) in day.batches { counts[table, default: 0] += batch.rowCount }
      }
    }
  }

  /// Days are made in parallel and appended in their order.
  private func append(
    _ days: Range<Int>, to appender: Appender, _ schemas: DaySchemas, _ others: DayResults,
    _ report: ProgressCount
  ) throws {
    let turns = (0...days.count).map { _ in DispatchSemaphore(value: 0) }
    turns[0].signal()
    inParallel(days.count, threads: threads) { [generator, vocabulary] index in
      let day = generator.sampleDay(days.lowerBound + index)
      let events = EventRows(day, of: generator, vocabulary)
      let rest = DayRows(day, of: generator, vocabulary)
      var result = DayResult(eventCount: day.events.count)
      result.batches = [
        ("sessions", rest.sessions(schemas.sessions)),
        ("feedback", rest.feedback(schemas.feedback)),
        ("threats", rest.threats(schemas.threats)),
        ("resources", rest.resources(schemas.resources)),
      ]
      // Made before its turn, as far as memory allows.
      let early = (0..<min(events.batchCount, Self.earlyBatchCount)).map {
        events.batch($0, of: schemas.events)
      }
      turns[index].wait()
      defer { turns[index + 1].signal() }
      guard !others.hasFailed else { return }
      do throws(StoreError) {
        for batch in early { try appender.append(batch) }
        for number in early.count..<max(early.count, events.batchCount) {
          try appender.append(events.batch(number, of: schemas.events))
        }
        others.set(result, at: index)
        report.add(day.events.count)
      } catch {
        others.fail(error)
      }
    }
    if let failure = others.failure { throw failure }
  }

  /// At about 300 bytes a row, some 120 MB per thread.
  private static let earlyBatchCount = 24

  private func storing(_ table: String, _ body: () throws -> Void) throws(SampleFillingError) {
    do { try body() } catch let error as StoreError {
      if case .notKept(let refusal) = error {
        throw .refused(table: table, reason: refusal.message)
      }
      throw .refused(table: table, reason: "\(error)")
    } catch {
      throw .refused(table: table, reason: "\(error)")
    }
  }
}

private struct DaySchemas: Sendable {
  let events: TableSchema
  let sessions: TableSchema
  let feedback: TableSchema
  let threats: TableSchema
  let resources: TableSchema
}

private struct DayResult: Sendable {
  var eventCount: Int
  var batches: [(String, RowBatch)] = []
}

/// What the threads leave, by day.
private final class DayResults: Sendable {
  private struct State {
    var rows: [DayResult?]
    var failure: StoreError?
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(rows: Array(repeating: nil, count: count))) }

  func set(_ result: DayResult, at index: Int) { state.withLock { $0.rows[index] = result } }
  func fail(_ error: StoreError) { state.withLock { $0.failure = $0.failure ?? error } }
  var hasFailed: Bool { failure != nil }
  var failure: StoreError? { state.withLock { $0.failure } }
  var rows: [DayResult] { state.withLock { $0.rows.compactMap { $0 } } }
}

private final class ProgressCount: Sendable {
  private let state = Mutex((events: 0, days: 0))
  private let days: Int
  private let report: @Sendable (SampleFilling.Progress) -> Void

  init(days: Int, _ report: @escaping @Sendable (SampleFilling.Progress) -> Void) {
    self.days = days
    self.report = report
  }

  func add(_ events: Int) {
    let (events, done) = state.withLock { state in
      state.events += events
      state.days += 1
      return state
    }
    report(SampleFilling.Progress(eventCount: events, dayCount: done, days: days))
  }
}
