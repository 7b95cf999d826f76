/// A record that waits, as it will be sent however often.
struct QueuedEvent: Sendable {
  let kind: ClientRecordKind
  let id: String
  let json: [UInt8]
  /// On the clock of `ClientEnvironment.now`.
  let time: Duration
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
  /// Those before `head` were taken.
  private var events: [QueuedEvent?] = []
  private var head = 0
  private var byteCount = 0
  private(set) var counts = ClientCounts()
  private(set) var isStopping = false
  private var isEnded = false
  private var isFlushing = false

  init(_ settings: ClientSettings) { self.settings = settings }

  private var waitingCount: Int { events.count - head }
  private var isFull: Bool {
    counts.pending > settings.queueRecordCount
      || counts.pendingByteCount > settings.queueByteCount
  }
  private var hasWholeBatch: Bool {
    waitingCount >= settings.batchRecordCount || byteCount >= settings.batchByteCount
  }

  /// True where whoever delivers must be woken.
  mutating func add(_ event: QueuedEvent) -> Bool {
    counts.emitted += 1
    guard !isStopping, !isEnded, event.json.count <= settings.recordByteCount else {
      counts.dropped += 1
      return false
    }
    let wasEmpty = waitingCount == 0
    let hadWholeBatch = hasWholeBatch
    append(event)
    while isFull, waitingCount > 0 {
      switch settings.overflow {
      case .dropOldest: _ = takeFirst()
      case .dropNewest: _ = takeLast()
      }
      counts.dropped += 1
    }
    return wasEmpty || hasWholeBatch && !hadWholeBatch
  }

  mutating func step(at now: Duration) -> Step {
    guard let first = waitingCount > 0 ? events[head] : nil else {
      isFlushing = false
      return isStopping ? .done : .idle
    }
    if !isStopping, !isFlushing, !hasWholeBatch {
      let age = now - first.time
      if age < settings.batchInterval { return .wait(settings.batchInterval - age) }
    }
    var batch: [QueuedEvent] = []
    var bytes = 0
    while waitingCount > 0, batch.count < settings.batchRecordCount,
      let next = events[head], next.kind == first.kind,
      batch.isEmpty || bytes + next.json.count <= settings.batchByteCount
    {
      bytes += next.json.count
      batch.append(next)
      advance(past: next)
    }
    return .send(batch)
  }

  mutating func flush() { isFlushing = true }
  mutating func stop() { isStopping = true }

  /// What is left is dropped, with what comes later.
  mutating func end() -> [QueuedEvent] {
    isEnded = true
    var left: [QueuedEvent] = []
    while waitingCount > 0, let event = takeFirst() { left.append(event) }
    counts.dropped += left.count
    return left
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

  // MARK: - The ends

  private mutating func append(_ event: QueuedEvent) {
    events.append(event)
    byteCount += event.json.count
    counts.pending += 1
    counts.pendingByteCount += event.json.count
  }

  private mutating func advance(past event: QueuedEvent) {
    events[head] = nil
    head += 1
    byteCount -= event.json.count
    if head >= 1024, head * 2 >= events.count {
      events.removeFirst(head)
      head = 0
    }
  }

  private mutating func takeFirst() -> QueuedEvent? {
    guard let event = events[head] else { return nil }
    advance(past: event)
    forget(event)
    return event
  }

  private mutating func takeLast() -> QueuedEvent? {
    guard let event = events.popLast() ?? nil else { return nil }
    byteCount -= event.json.count
    forget(event)
    return event
  }

  private mutating func forget(_ event: QueuedEvent) {
    counts.pending -= 1
    counts.pendingByteCount -= event.json.count
  }
}
