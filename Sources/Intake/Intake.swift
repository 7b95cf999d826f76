public import AccessControl
internal import Authentication
internal import CXXHash
public import ColumnStore
internal import Pricing
internal import Synchronization

/// Takes records from emitters: each is stored once, or is among the dead letters with the reason, and
/// the books say so.
///
/// One call of `accept` is one change of the store: the records, the dead letters, the row of the
/// ledger. It returns when that is on disk (as the database's durability has it). Any number of threads
/// may call; decoding is done side by side, and changes that wait for the disk wait together.
///
/// What is kept in memory (ids, sums, open sessions) is made of the tables at the start, so nothing can
/// get out of step with them.
public final class Intake: Sendable {
  public let store: Store
  public let rules: IntakeRules
  /// Of the hashes of ids, which live as long as this.
  let seed: UInt64
  let random: @Sendable () -> UInt64
  let index: Mutex<IdempotencyIndex>
  let ledger = Ledger()
  let answers: BatchAnswers
  let resources = ResourceDirectory()
  let sessions = SessionBook()
  let prices = CurrentPrices()
  private let decoders: DecoderPool
  private let scrubbed = Mutex(ScrubCounts())
  let observer = Mutex<Observer?>(nil)

  /// Not a closure by itself: that is converted to its generic form and back whenever the lock is taken, each
  /// time by another closure around the last.
  struct Observer: Sendable {
    let tell: @Sendable (ActivityBatch) -> Void
  }

  /// Reads what the tables say of the ids, the books and the sessions.
  ///
  /// The database is open for changes by now: what others changed later would not be known. `random`
  /// gives any 64 bits. Fails where a table is missing, is not as it must be, or is damaged.
  public init(
    _ store: Store, _ rules: IntakeRules, at now: UnixTime, random: @escaping @Sendable () -> UInt64
  ) throws(IntakeSetupError) {
    self.store = store
    self.rules = rules
    self.random = random
    seed = random()
    decoders = DecoderPool(rules)
    index = Mutex(
      IdempotencyIndex(
        windowMilliseconds: Int64(rules.limits.idHours) * 3_600_000,
        countLimit: rules.limits.idCount))
    answers = BatchAnswers(limit: rules.limits.batchKeyCount)
    try recover(at: now.milliseconds)
  }

  /// Takes a body: one record, an array of records, or an object with such an array as `events`.
  ///
  /// `batchKey` is an `Idempotency-Key`: the same key of the same emitter gives the same answer, without
  /// anything being stored or booked again, as long as ids are remembered.
  public func accept(
    _ body: [UInt8], _ kind: IntakeKind, from emitter: Emitter, at now: UnixTime,
    batchKey: String? = nil
  ) throws(IntakeRefusal) -> IntakeOutcome {
    guard emitter.kinds.contains(kind.recordKind) else {
      throw IntakeRefusal(
        .kindNotAllowed, "this key is not for records of kind \(kind.recordKind.rawValue)")
    }
    guard let batchKey else {
      let batch = try decode(body, kind, from: emitter, at: now.milliseconds)
      return outcome(
        of: batch, try take(batch, from: emitter, at: now.milliseconds, BatchMark(batch, emitter)))
    }
    guard Identifier(batchKey) != nil else {
      throw IntakeRefusal(.invalidKey, "an Idempotency-Key is \(Identifier.allowed)")
    }
    // People share an emitter's name, not their keys.
    let person = emitter.user?.text ?? ""
    let name = NameUUID.text(of: ["batch", emitter.id, kind.rawValue, batchKey, person])
    let hash = body.withUnsafeBytes { XXH3_64bits($0.baseAddress, $0.count) }
    switch answers.begin(name) {
    case .inProgress:
      throw IntakeRefusal(.inProgress, "the same Idempotency-Key is being answered; try again")
    case .known(let answer):
      return try replay(answer, hash, body, kind, from: emitter, at: now.milliseconds)
    case .new: break
    }
    var answer: BatchAnswers.Answer?
    defer { answers.end(name, answer) }
    let batch = try decode(body, kind, from: emitter, at: now.milliseconds)
    var mark = BatchMark(batch, emitter)
    mark.key = (name, hash)
    let work = try take(batch, from: emitter, at: now.milliseconds, mark)
    answer = BatchAnswers.Answer(bodyHash: hash, results: BatchResults(work.results).text)
    return outcome(of: batch, work)
  }

  private func replay(
    _ answer: BatchAnswers.Answer, _ hash: UInt64, _ body: [UInt8], _ kind: IntakeKind,
    from emitter: Emitter, at now: Int64
  ) throws(IntakeRefusal) -> IntakeOutcome {
    guard answer.bodyHash == hash else {
      throw IntakeRefusal(.keyReused, "this Idempotency-Key came before with another body")
    }
    // Only for the names of the records: what became of them is known.
    let batch = try decode(body, kind, from: emitter, at: now)
    guard let known = BatchResults(answer.results, limit: batch.rowCount),
      known.results.count == batch.rowCount
    else { throw IntakeRefusal(.notStored, "the answer to this Idempotency-Key is damaged") }
    var outcome = outcome(of: batch, Work(results: known.results))
    outcome.isReplay = true
    return outcome
  }

  func decode(
    _ body: [UInt8], _ kind: IntakeKind, from emitter: Emitter, at now: Int64
  ) throws(IntakeRefusal) -> DecodedBatch {
    let decoder = decoders.take(kind)
    defer { decoders.put(decoder, kind) }
    let result = body.withUnsafeBufferPointer { bytes in
      Result { () throws(IntakeRefusal) in
        try decoder.decode(bytes, from: emitter, at: now, resources: resources)
      }
    }
    let batch = try result.get()
    scrubbed.withLock { $0.add(batch.counts) }
    return batch
  }

  /// Stores what is right of a batch.
  func take(
    _ batch: DecodedBatch, from emitter: Emitter, at now: Int64, _ mark: BatchMark
  ) throws(IntakeRefusal) -> Work {
    // An empty batch with a number has come: it must not be missing later.
    guard batch.rowCount > 0 || mark.sequence != nil else { return Work(results: []) }
    let work: (StoreTransaction) throws -> Work =
      switch batch.schema.kind {
      case .event, .tokenUsage, .request:
        { try self.storeEvents(batch, from: emitter, at: now, in: $0) }
      case .feedback, .threat: { try self.storeKeyed(batch, at: now, in: $0) }
      case .user, .resource: { try self.storeProfiles(batch, at: now, in: $0) }
      case .login, .heartbeat, .logout: { try self.storeMessages(batch, at: now, in: $0) }
      }
    return try book(batch, from: emitter, at: now, mark, work)
  }

  private func outcome(of batch: DecodedBatch, _ work: Work) -> IntakeOutcome {
    let results = work.results
    var outcome = IntakeOutcome()
    outcome.isBatch = batch.isBatch
    outcome.session = work.session
    outcome.scrubbed = batch.counts
    outcome.accepted.reserveCapacity(results.count)
    let names = batch.names
    for (row, result) in results.enumerated() {
      let name = names.text(row)
      switch result {
      case .accepted: outcome.accepted.append(name ?? "")
      case .duplicate: outcome.duplicates.append(name ?? "")
      case .ignored: outcome.ignored.append(name ?? "")
      case .failed(let problem):
        outcome.failed.append(
          IntakeFailure(
            index: row, id: name, problem: problem,
            message: problem.message(rules.limits, batch.schema.kind)))
      }
    }
    return outcome
  }

  // MARK: - What is known

  /// Has `observer` told of each batch that added events, once these are kept and visible, on the thread
  /// that brought it: it must be quick. There is one; `nil`: nobody is told, and nothing is counted.
  public func observe(_ observer: (@Sendable (ActivityBatch) -> Void)?) {
    self.observer.withLock { $0 = observer.map { Observer(tell: $0) } }
  }

  /// The books of every emitter and organisation.
  public var ledgerTotals: [LedgerAccount: LedgerTotals] { ledger.totals }

  /// The same, with the batches that never came.
  public var ledgerBook: LedgerBook { ledger.book }

  /// Batches of an emitter that it numbered and that never came.
  public func sequenceGaps(of emitter: String) -> [SequenceGap] { ledger.gaps(of: emitter) }

  /// How often each rule of scrubbing was applied since the start.
  public var scrubCounts: ScrubCounts { scrubbed.withLock { $0 } }

  /// Ids that are remembered, their memory in bytes, and since when: later than the window says where
  /// there are too many.
  public var idMemory: (count: Int, byteCount: Int, knownSince: UnixTime) {
    index.withLock { ($0.count, $0.byteCount, UnixTime(milliseconds: $0.knownSince)) }
  }

  public var openSessionCount: Int { sessions.count }
}

/// What belongs to a batch as a whole.
struct BatchMark {
  var stream: String?
  var sequence: Int64?
  var key: (name: String, bodyHash: UInt64)?
  /// The account of a record that is taken out of the dead letters: it was received, and failed, there.
  var replayed: LedgerAccount?
  var isReplay: Bool { replayed != nil }

  /// Numbers of people who share a name would be gaps of each other.
  init(_ batch: DecodedBatch, _ emitter: Emitter) {
    guard emitter.user == nil else { return }
    stream = batch.stream
    sequence = batch.sequence
  }
}

/// Decoders that nobody uses at the moment.
///
/// Sound because a decoder is in the pool or with the one thread that took it.
private final class DecoderPool: @unchecked Sendable {
  private let rules: IntakeRules
  private let lock = Mutex(())
  private var idle: [IntakeKind: [RecordDecoder]] = [:]

  init(_ rules: IntakeRules) { self.rules = rules }

  func take(_ kind: IntakeKind) -> RecordDecoder {
    lock.withLock { _ in idle[kind]?.popLast() } ?? RecordDecoder(kind, rules)
  }

  func put(_ decoder: RecordDecoder, _ kind: IntakeKind) {
    lock.withLock { _ in
      // One for each thread that is likely to come again.
      if idle[kind, default: []].count < 16 { idle[kind, default: []].append(decoder) }
    }
  }
}
