package import AccessControl
internal import HTTPTypes
internal import Synchronization

/// The memory of bodies of records, from when they come until they are stored: bounded in all, and for
/// each sender by half of that, so that none keeps the others out.
package final class RecordQueue: Sendable {
  private struct State {
    var byteCount = 0
    var bySender: [ExactText: Int] = [:]
    /// When those came that are complete and not stored yet.
    var arrivals: [UInt64: UnixTime] = [:]
    var next: UInt64 = 0
  }

  package let byteLimit: Int
  private let state = Mutex(State())

  package init(byteLimit: Int) { self.byteLimit = byteLimit }

  package var byteCount: Int { state.withLock { $0.byteCount } }
  /// Batches that are complete and not stored yet.
  package var batchCount: Int { state.withLock { $0.arrivals.count } }
  /// When the oldest of these came.
  package var oldest: UnixTime? { state.withLock { $0.arrivals.values.min() } }

  /// For how long the oldest has waited, in milliseconds.
  package func lag(at now: UnixTime) -> Int64 {
    max(0, oldest.map { now.milliseconds - $0.milliseconds } ?? 0)
  }

  fileprivate func take(_ count: Int, of sender: ExactText, isKept: Bool) throws(Problem) {
    let problem = state.withLock { state -> Problem? in
      let own = state.bySender[sender] ?? 0
      guard own + count <= byteLimit / 2 else { return .senderQueueFull }
      guard state.byteCount + count <= byteLimit else { return .queueFull }
      if isKept {
        state.byteCount += count
        state.bySender[sender] = own + count
      }
      return nil
    }
    if let problem { throw problem }
  }

  fileprivate func give(_ count: Int, of sender: ExactText) {
    guard count > 0 else { return }
    state.withLock { state in
      state.byteCount -= count
      let own = (state.bySender[sender] ?? 0) - count
      state.bySender[sender] = own > 0 ? own : nil
    }
  }

  /// The time is read within: whoever asks for the oldest before gets an earlier one, or none.
  fileprivate func arrive(_ now: () -> UnixTime) -> (number: UInt64, time: UnixTime) {
    state.withLock { state in
      let time = now()
      state.next += 1
      state.arrivals[state.next] = time
      return (state.next, time)
    }
  }

  fileprivate func leave(_ number: UInt64) { state.withLock { $0.arrivals[number] = nil } }
}

/// What one body has of the queue. It is given back when nobody holds this any more, however that comes.
///
/// `@unchecked Sendable`: the request's task and the thread that stores have it one after the other.
package final class RecordRoom: @unchecked Sendable {
  private let queue: RecordQueue
  private let sender: ExactText
  private var byteCount = 0
  private var arrival: UInt64?

  package init(_ queue: RecordQueue, of sender: String) {
    self.queue = queue
    self.sender = ExactText(sender)
  }

  deinit {
    queue.give(byteCount, of: sender)
    if let arrival { queue.leave(arrival) }
  }

  /// Whether there is room for so many bytes at this moment.
  package func check(_ count: Int) throws(Problem) {
    try queue.take(count, of: sender, isKept: false)
  }

  package func grow(by count: Int) throws(Problem) {
    try queue.take(count, of: sender, isKept: true)
    byteCount += count
  }

  /// From here on the batch is on its way into the tables; returns when that is.
  package func arrive(_ now: () -> UnixTime) -> UnixTime {
    let (number, time) = queue.arrive(now)
    arrival = number
    return time
  }
}

/// How many records and bytes a sender may send. What it costs is known when it is done, so a sender who is
/// within his limits is taken whole, and waits longer afterwards.
package final class RecordQuota: Sendable {
  private let records: RateLimiter?
  private let bytes: RateLimiter?

  /// 0: any number.
  package init(recordsPerSecond: Int, bytesPerSecond: Int) {
    records = RateLimiter(perSecond: recordsPerSecond, burst: recordsPerSecond * 2)
    bytes = RateLimiter(perSecond: bytesPerSecond, burst: bytesPerSecond * 2)
  }

  /// `now` is nanoseconds of a clock that does not go back.
  package func check(_ sender: String, at now: Int64) throws(Problem) {
    for (limiter, what) in [(records, "records"), (bytes, "bytes")] {
      guard let wait = limiter?.wait(sender, at: now) else { continue }
      var problem = Problem(
        .tooManyRequests, "quota_exceeded", "Quota exceeded",
        "this sender has sent more \(what) than it may: try again in \(wait) seconds")
      problem.retryAfter = wait
      throw problem
    }
  }

  package func charge(_ sender: String, records count: Int, at now: Int64) {
    records?.charge(sender, count, at: now)
  }

  package func charge(_ sender: String, bytes count: Int, at now: Int64) {
    bytes?.charge(sender, count, at: now)
  }
}

extension Problem {
  static var queueFull: Problem {
    .busy("too much is waiting to be stored: try again in a second")
  }

  static var senderQueueFull: Problem {
    var problem = Problem(
      .tooManyRequests, "sender_queue_full", "Too much at once",
      "what this sender has sent before is not stored yet: try again in a second")
    problem.retryAfter = 1
    return problem
  }
}
