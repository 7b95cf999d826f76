/// A record that waits, as it will be sent however often.
struct QueuedEvent: Sendable {
  let kind: ClientRecordKind
  let id: String
  let json: [UInt8]
  /// On the clock of `ClientEnvironment.now`.
  let time: Duration
  /// In which order they came.
  var number: UInt64 = 0
}

/// What waits to be sent, bounded in records and in bytes. What is being sent counts until it is settled.
struct EventQueue {
  enum Step {
    case idle
    case wait(Duration)
    case send([QueuedEvent])
    case done
  }

  private let settings: ClientSettings
  /// By `LaneName`.
  private var lanes = LaneName.allCases.map { _ in EventLane() }
  private(set) var counts = ClientCounts()
  private(set) var isStopping = false
  private var isEnded = false
  private var isFlushing = false
  private var nextNumber: UInt64 = 0

  init(_ settings: ClientSettings) { self.settings = settings }

  private var isFull: Bool {
    counts.pending > settings.queueRecordCount
      || counts.pendingByteCount > settings.queueByteCount
  }

  /// Of those with a record that waits and as `isWanted` says, the one whose first record is the oldest.
  private func oldestLane(where isWanted: (EventLane) -> Bool = { _ in true }) -> Int? {
    var oldest: (lane: Int, number: UInt64)?
    for (lane, records) in lanes.enumerated() {
      guard let first = records.first, first.number < oldest?.number ?? .max, isWanted(records)
      else { continue }
      oldest = (lane, first.number)
    }
    return oldest?.lane
  }

  /// True where whoever delivers must be woken.
  mutating func add(_ event: QueuedEvent) -> Bool {
    counts.emitted += 1
    guard !isStopping, !isEnded, event.json.count <= settings.recordByteCount else {
      counts.dropped += 1
      return false
    }
    let wasEmpty = lanes.allSatisfy { $0.count == 0 }
    let lane = LaneName(event.kind).rawValue
    let hadWholeBatch = lanes[lane].hasWholeBatch(settings)
    nextNumber += 1
    var numbered = event
    numbered.number = nextNumber
    lanes[lane].append(numbered)
    counts.pending += 1
    counts.pendingByteCount += event.json.count
    while isFull {
      let dropped =
        switch settings.overflow {
        case .dropOldest: oldestLane().flatMap { lanes[$0].takeFirst() }
        case .dropNewest: lanes[lane].takeLast()
        }
      guard let dropped else { break }
      drop(dropped)
    }
    return wasEmpty || lanes[lane].hasWholeBatch(settings) && !hadWholeBatch
  }

  mutating func step(at now: Duration) -> Step {
    guard let oldest = oldestLane(), let first = lanes[oldest].first else {
      isFlushing = false
      return isStopping ? .done : .idle
    }
    let age = now - first.time
    if isStopping || isFlushing || age >= settings.batchInterval {
      return .send(lanes[oldest].takeBatch(settings))
    }
    guard let whole = oldestLane(where: { $0.hasWholeBatch(settings) }) else {
      return .wait(settings.batchInterval - age)
    }
    return .send(lanes[whole].takeBatch(settings))
  }

  mutating func flush() { isFlushing = true }
  mutating func stop() { isStopping = true }

  /// What is left is dropped, with what comes later.
  mutating func end() -> [QueuedEvent] {
    isEnded = true
    var left: [QueuedEvent] = []
    while let lane = oldestLane(), let event = lanes[lane].takeFirst() {
      drop(event)
      left.append(event)
    }
    return left
  }

  private mutating func drop(_ event: QueuedEvent) {
    counts.dropped += 1
    counts.pending -= 1
    counts.pendingByteCount -= event.json.count
  }

  /// Records of a batch that have come to an end.
  mutating func settle(
    _ events: some Collection<QueuedEvent>, as count: WritableKeyPath<ClientCounts, Int>
  ) {
    counts[keyPath: count] += events.count
    counts.pending -= events.count
    counts.pendingByteCount -= events.reduce(0) { $0 + $1.json.count }
  }

  mutating func noteRequest(isRetry: Bool) {
    counts.requests += 1
    if isRetry { counts.retries += 1 }
  }
}
