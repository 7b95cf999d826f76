/// Which records may stand in one line: those of a lane are sent in their order.
///
/// A batch has records of one kind, so each kind has a lane of its own: events and threats that come by turns
/// make two batches. Messages of sessions share one, since a heartbeat before its login is of no session.
enum LaneName: Int, CaseIterable, Sendable {
  case events
  case sessions
  case threats
  case feedback

  init(_ kind: ClientRecordKind) {
    switch kind {
    case .event: self = .events
    case .login, .heartbeat, .logout: self = .sessions
    case .threat: self = .threats
    case .feedback: self = .feedback
    }
  }
}

/// Records that wait, the oldest first.
struct EventLane: Sendable {
  /// Those before `head` were taken.
  private var events: [QueuedEvent?] = []
  private var head = 0
  private(set) var byteCount = 0

  var count: Int { events.count - head }
  var first: QueuedEvent? { count > 0 ? events[head] : nil }

  func hasWholeBatch(_ settings: ClientSettings) -> Bool {
    count >= settings.batchRecordCount || byteCount >= settings.batchByteCount
  }

  mutating func append(_ event: QueuedEvent) {
    events.append(event)
    byteCount += event.json.count
  }

  mutating func takeFirst() -> QueuedEvent? {
    guard let event = first else { return nil }
    events[head] = nil
    head += 1
    byteCount -= event.json.count
    if head >= 1024, head * 2 >= events.count {
      events.removeFirst(head)
      head = 0
    }
    return event
  }

  mutating func takeLast() -> QueuedEvent? {
    guard count > 0, let event = events.popLast() ?? nil else { return nil }
    byteCount -= event.json.count
    return event
  }

  /// The first records, as far as they are of one kind and fit.
  mutating func takeBatch(_ settings: ClientSettings) -> [QueuedEvent] {
    var batch: [QueuedEvent] = []
    var bytes = 0
    while let next = first, batch.count < settings.batchRecordCount,
      next.kind == batch.first?.kind ?? next.kind,
      batch.isEmpty || bytes + next.json.count <= settings.batchByteCount
    {
      bytes += next.json.count
      batch.append(next)
      _ = takeFirst()
    }
    return batch
  }
}
