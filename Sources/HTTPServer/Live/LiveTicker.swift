internal import ServiceLifecycle

/// Tells the streams of live counters, several times a second, that there is something new; ends them when
/// the service is told to stop, before connections are waited for.
struct LiveTicker: ServiceLifecycle.Service {
  let service: HTTPServer.Service

  init(_ service: HTTPServer.Service) { self.service = service }

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        service.live.advance()
        try await Task.sleep(for: service.limits.liveInterval)
      }
    }
    service.live.streams.stop()
  }
}
