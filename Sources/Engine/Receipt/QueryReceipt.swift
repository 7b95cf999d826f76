import QueryExecution
public import QueryPlanning

/// What an answer rests on: which state of the tables, how much of them was read, what is estimated
/// and what is hidden.
///
/// Nothing of it is measured by row. It has no text of the statement and no value of a row.
public struct QueryReceipt: Sendable, Equatable {
  /// A column whose values are estimates.
  public struct ApproximateColumn: Sendable, Equatable {
    public var name: String
    public var approximation: Approximation

    public init(name: String, approximation: Approximation) {
      self.name = name
      self.approximation = approximation
    }
  }

  /// The engine's number of the statement, as `system.queries` has it.
  public var number: QueryID
  /// The name that its client gave it.
  public var name: String?
  /// How many changes the tables had seen: two answers with the same number are about the same rows.
  /// It survives restarts.
  public var sequenceNumber: UInt64
  /// The snapshot that `SET as_of` chose; `nil`: the newest tables.
  public var snapshot: String?
  /// IANA name of the zone in which days begin.
  public var timeZone: String
  /// Every row that was accepted up to this moment is in the answer's tables: milliseconds since
  /// 1970-01-01 UTC. `nil`: not known, of a snapshot.
  ///
  /// A change is published before it is acknowledged, so it is the moment at which the statement
  /// began, before it took its catalog; for a folder that is only read, the moment before it was
  /// read, since another process may have changed it afterwards.
  public var freshAsOf: Int64?
  /// Rows of the answer.
  public var rowCount: Int
  /// There were more rows than the session's limit.
  public var isTruncated: Bool
  /// What was read for it; `nil` for who may not know, since it tells of rows of others.
  public var work: Work?
  public var approximateColumns: [ApproximateColumn]
  /// What decides which rows there are, where that is estimated.
  public var approximateRows: Approximation
  /// Tables that were read and keep one row per key, with the values of now (of the snapshot, where there
  /// is one): a role or a status from them is not that of the time of an event.
  public var tablesOfCurrentValues: [String]
  /// Columns of the answer that were hidden.
  public var redactedColumns: [String]
  /// From text to answer.
  public var elapsed: Duration

  /// How much was read, and how much was known already.
  public struct Work: Sendable, Equatable {
    /// Rows of tables that were read.
    public var rowsRead: Int
    public var segmentsRead: Int
    /// Segments that their bounds excluded.
    public var segmentsSkipped: Int
    /// Segments whose part was known from an earlier query.
    public var segmentsCached: Int
    /// The whole answer was known from an earlier query.
    public var isWholeAnswerCached: Bool

    public init(
      rowsRead: Int, segmentsRead: Int, segmentsSkipped: Int, segmentsCached: Int,
      isWholeAnswerCached: Bool
    ) {
      self.rowsRead = rowsRead
      self.segmentsRead = segmentsRead
      self.segmentsSkipped = segmentsSkipped
      self.segmentsCached = segmentsCached
      self.isWholeAnswerCached = isWholeAnswerCached
    }

    /// Of the segments that the answer needed, the share that was known from earlier queries, 0 to 1;
    /// `nil`: it needed none.
    public var cachedShare: Double? {
      let needed = segmentsRead + segmentsCached
      return needed == 0 ? nil : Double(segmentsCached) / Double(needed)
    }
  }
}

extension QueryReceipt {
  init(_ result: QueryResult, _ query: QueryHandle, _ session: Session, elapsed: Duration) {
    let state = query.readState
    number = query.id
    name = query.origin.name
    sequenceNumber = state.sequenceNumber
    snapshot = session.asOf?.name
    timeZone = session.timeZone
    freshAsOf = session.asOf == nil ? min(query.start, state.knownUntil ?? query.start) : nil
    rowCount = result.rowCount
    isTruncated = result.isTruncated
    if session.access.mayOperate {
      work = Work(
        rowsRead: query.counters.rows, segmentsRead: query.counters.read,
        segmentsSkipped: query.counters.skipped, segmentsCached: query.counters.cached,
        isWholeAnswerCached: query.counters.isWholeAnswerKnown)
    }
    if let approximate = result.approximateOutput {
      approximateColumns = zip(result.columns, approximate.columns).compactMap {
        $1.isEmpty ? nil : ApproximateColumn(name: $0.name, approximation: $1)
      }
      approximateRows = approximate.rows
    } else {
      approximateColumns = []
      approximateRows = Approximation()
    }
    tablesOfCurrentValues = result.tablesOfCurrentValues
    redactedColumns = result.redactedColumns
    self.elapsed = elapsed
  }
}

/// Who gave a statement to the engine.
public struct QueryOrigin: Sendable, Equatable {
  /// What its client calls it, to find it again.
  public var name: String?
  /// The principal on whose behalf it runs; `nil`: who runs the process.
  public var principal: String?
  /// The address that it came from, or the program.
  public var client: String?

  public init(name: String? = nil, principal: String? = nil, client: String? = nil) {
    self.name = name
    self.principal = principal
    self.client = client
  }
}
