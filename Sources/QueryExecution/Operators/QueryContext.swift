public import ColumnStore
import QueryLanguage
public import QueryPlanning
import Synchronization

/// What the operators of one running query share.
public final class QueryContext: Sendable {
  public let catalog: Catalog
  let workers: WorkerPool
  /// At most so many threads work for the query.
  public let threads: Int
  public let counters: ScanCounters
  /// Times and rows by operator, for EXPLAIN ANALYZE; `nil` when nobody asked.
  let profile: QueryProfile?
  /// `nil`: nothing is taken from earlier queries or kept for later ones.
  let cache: PartialResultCache?
  /// What plans that stand in several places have given.
  let sharedRows = SharedRows()
  /// Whether the query has to stop.
  public let cancellation: CancellationToken
  /// The memory that the query may use.
  public let memory: MemoryBudget
  /// What names hidden values have.
  let pseudonyms: (any PseudonymSource)?

  public init(
    catalog: Catalog, workers: WorkerPool, threads: Int?, cache: PartialResultCache? = nil,
    profile: QueryProfile? = nil, counters: ScanCounters = ScanCounters(),
    cancellation: CancellationToken = CancellationToken(),
    memory: MemoryBudget = MemoryBudget(limit: .max), pseudonyms: (any PseudonymSource)? = nil
  ) {
    self.pseudonyms = pseudonyms
    self.counters = counters
    self.cancellation = cancellation
    self.memory = memory
    self.cache = cache
    self.catalog = catalog
    self.workers = workers
    self.threads = min(max(threads ?? workers.threadCount, 1), workers.threadCount)
    self.profile = profile
  }

  /// Called between batches.
  func checkCancellation() throws(QueryError) {
    try cancellation.check()
  }

  func run(
    taskCount: Int, _ body: @Sendable (Int) throws(QueryError) -> Void
  ) throws(QueryError) {
    try workers.run(taskCount: taskCount, threads: threads) { task throws(QueryError) in
      let scope = QueryScope(
        cancellation: cancellation, memory: memory, pseudonyms: pseudonyms)
      try scope.enter { () throws(QueryError) in
        try cancellation.check()
        try body(task)
      }
    }
  }
}

/// What scans have touched.
public final class ScanCounters: Sendable {
  let rowsScanned = Atomic<Int>(0)
  let segmentsRead = Atomic<Int>(0)
  let segmentsSkipped = Atomic<Int>(0)
  /// Segments whose part of an answer was known from an earlier query.
  let segmentsCached = Atomic<Int>(0)
  /// The whole answer was known.
  let wholeAnswerKnown = Atomic<Bool>(false)

  public init() {}

  /// Of a statement whose answer is known without a plan.
  package func noteKnownAnswer(segmentCount: Int) {
    segmentsCached.add(segmentCount, ordering: .relaxed)
    wholeAnswerKnown.store(true, ordering: .relaxed)
  }

  public var rows: Int { rowsScanned.load(ordering: .relaxed) }
  public var read: Int { segmentsRead.load(ordering: .relaxed) }
  public var skipped: Int { segmentsSkipped.load(ordering: .relaxed) }
  public var cached: Int { segmentsCached.load(ordering: .relaxed) }
  public var isWholeAnswerKnown: Bool { wholeAnswerKnown.load(ordering: .relaxed) }
}
