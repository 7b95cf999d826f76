internal import AccessControl
internal import HTTPTypes
internal import Synchronization

/// The streams that are open: how many there may be, and how each is told of news.
final class LiveStreams: Sendable {
  /// One of them. It gives its place back when nobody holds it any more.
  final class Place: Sendable {
    /// One for each time that there was news since the last was taken, but at most one.
    let news: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let streams: LiveStreams
    private let number: UInt64

    fileprivate init(_ streams: LiveStreams, _ number: UInt64) {
      self.streams = streams
      self.number = number
      (news, continuation) = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    fileprivate func tell() { continuation.yield() }

    /// No more news.
    func end() { continuation.finish() }

    deinit { streams.remove(number) }
  }

  private struct Entry {
    weak var place: Place?
    var caller: UserID
  }

  private struct State {
    var entries: [UInt64: Entry] = [:]
    var next: UInt64 = 0
    var isStopped = false
  }

  private let state = Mutex(State())
  let largestCount: Int
  let largestCountPerCaller: Int

  init(_ limits: ServiceLimits) {
    largestCount = limits.largestStreamCount
    largestCountPerCaller = limits.largestStreamCountPerCaller
  }

  var count: Int { state.withLock { $0.entries.count } }
  /// Whether the service stops.
  var isStopped: Bool { state.withLock { $0.isStopped } }

  func admit(_ caller: UserID) throws(Problem) -> Place {
    let (number, problem) = state.withLock { state -> (UInt64, Problem?) in
      let own = state.entries.values.count { $0.caller == caller }
      if own >= largestCountPerCaller {
        var problem = Problem(
          .tooManyRequests, "too_many_streams", "Too many streams",
          "you have \(own) streams open, which is as many as one may have",
          hint: "close one, or ask /api/admin/live/snapshot from time to time")
        problem.retryAfter = Self.retrySeconds
        return (0, problem)
      }
      if state.entries.count >= largestCount {
        return (
          0,
          .busy(
            "\(state.entries.count) streams are open, which is as many as there may be",
            retryAfter: Self.retrySeconds)
        )
      }
      state.next += 1
      state.entries[state.next] = Entry(place: nil, caller: caller)
      return (state.next, nil)
    }
    if let problem { throw problem }
    let place = Place(self, number)
    let isStopped = state.withLock { state in
      state.entries[number]?.place = place
      return state.isStopped
    }
    if isStopped { place.end() }
    return place
  }

  private static let retrySeconds = 10

  private func remove(_ number: UInt64) {
    state.withLock { state in _ = state.entries.removeValue(forKey: number) }
  }

  private var places: [Place] { state.withLock { $0.entries.values.compactMap(\.place) } }

  func tell() { for place in places { place.tell() } }

  /// Ends all streams; those that come later end at once.
  func stop() {
    state.withLock { $0.isStopped = true }
    for place in places { place.end() }
  }
}
