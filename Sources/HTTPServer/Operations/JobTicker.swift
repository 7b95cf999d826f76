internal import Jobs
internal import ServiceLifecycle

/// Looks every few seconds, by the service's clock, which jobs are due: beside each other those that read and
/// write the tables alone, and those that wait for receivers.
struct JobTicker: ServiceLifecycle.Service {
  let service: HTTPServer.Service
  static let interval = Duration.seconds(10)

  init(_ service: HTTPServer.Service) { self.service = service }

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      async let telling: Void = run(Job.allCases.filter(\.tells))
      try await run(Job.allCases.filter { !$0.tells })
      try await telling
    }
  }

  private func run(_ jobs: [Job]) async throws {
    while !Task.isCancelled {
      // At the start others have more to do.
      try await Task.sleep(for: Self.interval)
      await service.jobs.runDue(jobs)
    }
  }
}
