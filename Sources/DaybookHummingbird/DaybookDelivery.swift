public import DaybookClient
public import ServiceLifecycle

/// Delivers for a client beside a Hummingbird application, and lets it send what waits at a graceful stop.
///
///     var app = Application(router: router)
///     app.addServices(DaybookDelivery(client))
public struct DaybookDelivery: Service {
  private let client: DaybookClient

  public init(_ client: DaybookClient) { self.client = client }

  public func run() async throws {
    await withGracefulShutdownHandler {
      await client.run()
    } onGracefulShutdown: {
      client.stop()
    }
  }
}
