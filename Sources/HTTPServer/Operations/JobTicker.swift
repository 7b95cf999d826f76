internal import Jobs
internal import ServiceLifecycle

/// Looks every few seconds, by the service's clock, which jobs are due.
struct JobTicker: ServiceLifecycle.Service {
  let service: HTTPServer.Service
  static let interval = Duration.seconds(10)

  init(_ service: HTTPServer.Service) { self.service = service }

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        // At the start others have more to do.
        try await Task.sleep(for: Self.interval)
        await service.jobs.runDue()
      }
    }
  }
}
