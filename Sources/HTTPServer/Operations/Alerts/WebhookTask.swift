internal import Alerting
internal import ServiceLifecycle

/// Sends what is to be told, beside all else, until the service is told to stop.
struct WebhookTask: ServiceLifecycle.Service {
  let webhook: Webhook?

  func run() async throws {
    try? await cancelWhenGracefulShutdown {
      if let webhook { await webhook.run() }
      // Services that end would end the others.
      while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
    }
  }
}
