internal import Alerting
internal import Jobs
internal import ServiceLifecycle

/// Sends what is to be told, beside all else, until the service is told to stop. What has not arrived by then, the
/// next one sends.
struct WebhookTask: ServiceLifecycle.Service {
  let service: HTTPServer.Service

  func run() async throws {
    let service = service
    try? await cancelWhenGracefulShutdown {
      await service.tellAlerts()
      // Services that end would end the others.
      while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
    }
  }
}

extension HTTPServer.Service {
  /// Sends messages of alerts until its task is cancelled, first those that an earlier process left.
  package func tellAlerts() async {
    guard let webhook = alerts.webhook else { return }
    let (deliveries, environment) = (alerts.deliveries, environment)
    await webhook.run {
      let kept = try? await run { deliveries.kept(at: environment.now()) }
      return kept ?? []
    } settled: { message in
      // Where it stays, it is sent again: a receiver knows it by its name.
      try? await run {
        try deliveries.remove([message.id] + AlertMonitor.deliveriesBefore(message.id))
      }
    }
  }
}
