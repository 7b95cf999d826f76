internal import Intake
internal import Logging
internal import ServiceLifecycle

/// Ends, once a minute, the sessions of which nothing was heard for half an hour.
struct SessionSchedule: ServiceLifecycle.Service {
  let service: HTTPServer.Service
  let interval: Duration

  init(_ service: HTTPServer.Service, every interval: Duration = .seconds(60)) {
    self.service = service
    self.interval = interval
  }

  func run() async throws {
    let service = service
    try? await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await service.run { service.closeInactiveSessions() }
        try await Task.sleep(for: interval)
      }
    }
  }
}

extension Service {
  /// Ends sessions that were silent for too long by the service's clock. What failed is tried again by the
  /// next run.
  package func closeInactiveSessions() {
    do throws(IntakeRefusal) {
      let count = try intake.closeInactiveSessions(at: environment.now())
      if count > 0 { log.info("ended inactive sessions", metadata: ["sessions": "\(count)"]) }
    } catch {
      log.error("inactive sessions were not ended", metadata: ["reason": "\(error.message)"])
    }
  }
}
