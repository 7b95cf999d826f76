import QueryLanguage
import Synchronization

/// The rows of an operator: tasks that may run in parallel, each giving batches in order. The rows
/// of the query are those of the tasks in the order of their numbers.
struct RowStream: Sendable {
  typealias Consumer = (BatchView) throws(QueryError) -> Continuation

  enum Continuation {
    case more
    /// The task need not go on.
    case enough
  }

  let taskCount: Int
  /// Runs one task to its end; called at most once per task.
  let produce: @Sendable (_ task: Int, _ consume: Consumer) throws(QueryError) -> Void

  /// A stream of rows that are in memory already, one task per batch.
  init(_ batches: [Batch]) {
    let batches = batches.filter { $0.rowCount > 0 }
    taskCount = batches.count
    produce = { task, consume throws(QueryError) in
      try QueryScope.batch { () throws(QueryError) in _ = try consume(BatchView(batches[task])) }
    }
  }

  init(
    taskCount: Int,
    produce: @escaping @Sendable (Int, Consumer) throws(QueryError) -> Void
  ) {
    self.taskCount = taskCount
    self.produce = produce
  }

  /// The rows of one stream after the other.
  init(concatenating streams: [RowStream]) {
    var tasks: [(stream: Int, task: Int)] = []
    for (index, stream) in streams.enumerated() {
      for task in 0..<stream.taskCount { tasks.append((index, task)) }
    }
    let places = tasks
    taskCount = places.count
    produce = { task, consume throws(QueryError) in
      try streams[places[task].stream].produce(places[task].task, consume)
    }
  }

  /// Each batch changed by `transform`; `nil` drops it.
  func map(
    _ transform: @escaping @Sendable (BatchView) throws(QueryError) -> BatchView?
  ) -> RowStream {
    RowStream(taskCount: taskCount) { task, consume throws(QueryError) in
      try produce(task) { view throws(QueryError) in
        guard let changed = try transform(view), changed.rowCount > 0 else { return .more }
        return try consume(changed)
      }
    }
  }

  /// All rows, in order. With a `limit` no more rows than that are sure to be given, and tasks stop
  /// as soon as those before them have enough.
  func collect(_ context: QueryContext, limit: Int? = nil) throws(QueryError) -> [Batch] {
    let progress = Mutex(CollectProgress(taskCount: taskCount))
    try context.run(taskCount: taskCount) { task throws(QueryError) in
      if let limit, progress.withLock({ $0.rowsBefore(task) >= limit }) { return }
      try context.checkCancellation()
      var batches: [Batch] = []
      var rows = 0
      var pools: Set<ObjectIdentifier> = []
      try produce(task) { view throws(QueryError) in
        try context.checkCancellation()
        var batch = view.batch()
        batch.reservation = try .ofQuery(
          batch.byteCount(counted: &pools), for: "rows that are kept")
        batches.append(batch)
        rows += view.rowCount
        if let limit, rows >= limit { return .enough }
        return .more
      }
      progress.withLock { $0.finish(task, batches) }
    }
    return progress.withLock { $0.batches.flatMap { $0 ?? [] } }
  }
}

/// What the tasks of a `collect` have brought so far.
private struct CollectProgress {
  var batches: [[Batch]?]

  init(taskCount: Int) {
    batches = Array(repeating: nil, count: taskCount)
  }

  mutating func finish(_ task: Int, _ batches: [Batch]) {
    self.batches[task] = batches
  }

  /// Rows that are certain to come before those of `task`.
  func rowsBefore(_ task: Int) -> Int {
    var rows = 0
    for done in batches[..<task] {
      guard let done else { break }
      rows += done.reduce(0) { $0 + $1.rowCount }
    }
    return rows
  }
}
