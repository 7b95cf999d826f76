internal import ServiceLifecycle

/// Does something at the start and then again and again, until the service is told to stop.
struct Schedule: ServiceLifecycle.Service {
  let service: HTTPServer.Service
  let interval: Duration
  /// May block: it is run where calls of the engine are.
  let work: @Sendable (HTTPServer.Service) -> Void

  func run() async throws {
    let (service, work) = (service, work)
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // Where no thread takes it, the next round does.
        try? await service.run { work(service) }
        try await Task.sleep(for: interval)
      }
    }
  }

  /// Days that were kept long enough, once an hour.
  static func retention(_ service: HTTPServer.Service) -> Schedule {
    Schedule(service: service, interval: .seconds(3600)) { $0.applyRetention() }
  }

  /// Sessions of which nothing was heard for half an hour, once a minute.
  static func sessions(_ service: HTTPServer.Service) -> Schedule {
    Schedule(service: service, interval: .seconds(60)) { $0.closeInactiveSessions() }
  }
}
