internal import HTTPTypes

/// One stream of live counters: a snapshot, then what changed, as often as the caller reads.
struct LiveStream: Sendable {
  /// Why a stream ends; told in its last event.
  enum End: String {
    case stopping
    case tokenExpired = "token_expired"
    case tokenRefused = "token_refused"
  }

  let view: LiveView
  let request: ServiceRequest
  let service: Service
  let place: LiveStreams.Place

  static let retryMilliseconds = 2_000

  func run(_ stream: inout ResponseStream) async throws {
    // The closure must not be entered twice at once, which an `inout` says.
    var writer = stream
    request.connection.keepLittleUnread()
    let place = place
    try await request.connection.following(
      whenClosed: { place.end() }, { try await write(to: &writer) })
    stream = writer
  }

  private func write(to stream: inout ResponseStream) async throws {
    try await stream.write(ServerSentEvent.retry(milliseconds: Self.retryMilliseconds))
    let hub = service.live
    var (tick, shown) = hub.newest(view)
    if request.headers[Self.lastEventID] == id(tick), hub.isNewest(tick) {
      try await stream.write(ServerSentEvent.comment("nothing has changed since"))
    } else {
      try await stream.write(
        ServerSentEvent.event(
          "snapshot", id: id(tick), data: shown.json(view, isComplete: hub.isComplete).string))
    }
    var lastWrite = ContinuousClock.now
    var lastCheck = lastWrite
    for await _ in place.news {
      let now = ContinuousClock.now
      if now - lastCheck >= .seconds(1) {
        lastCheck = now
        if let end = end() { return try await self.end(&stream, end) }
      }
      let reading: LiveReading
      (tick, reading) = hub.newest(view)
      if let changes = reading.json(view, since: shown) {
        shown = reading
        try await stream.write(
          ServerSentEvent.event("update", id: id(tick), data: changes.string))
        lastWrite = .now
      } else if now - lastWrite >= service.limits.liveHeartbeat {
        try await stream.write(ServerSentEvent.comment("still here"))
        lastWrite = .now
      }
    }
    if hub.streams.isStopped { try await end(&stream, .stopping) }
  }

  private func id(_ tick: UInt64) -> String { "\(service.live.epoch)-\(tick)" }

  private func end(_ stream: inout ResponseStream, _ end: End) async throws {
    try await stream.write(
      ServerSentEvent.event(
        "end", data: JSONValue.members(["reason": .text(end.rawValue)]).string))
  }

  /// A token ends by its time, and by the keys being replaced.
  private func end() -> End? {
    do throws(Problem) {
      _ = try service.keys.caller(of: request.headers, at: service.environment.now()) { _ in }
      return nil
    } catch {
      return error.code == "token_expired" ? .tokenExpired : .tokenRefused
    }
  }

  static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .eTag
}
