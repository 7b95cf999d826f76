import DaybookClient
import Foundation
import Synchronization

/// A client, and what it sends, taken apart.
final class RecordedEvents: Sendable {
  let client: DaybookClient
  private let service = Service()

  init() {
    client = DaybookClient(
      ClientSettings(url: "http://stub", key: "dbk_test"), environment: .real,
      transport: ClientTransport(post: service.take))
  }

  /// Delivers, stops, and gives all events.
  func all() async throws -> [[String: Any]] {
    client.stop()
    await client.run()
    return try service.bodies.flatMap(Service.events)
  }

  private final class Service: Sendable {
    private let taken = Mutex<[[UInt8]]>([])
    var bodies: [[UInt8]] { taken.withLock { $0 } }

    func take(_ path: String, _ body: [UInt8]) throws -> ServiceAnswer {
      taken.withLock { $0.append(body) }
      let ids = try Self.events(in: body).compactMap { $0["client_event_id"] as? String }
      let answer: [String: Any] = ["accepted": ids, "duplicates": [String](), "failed": [String]()]
      return ServiceAnswer(
        status: 200, body: Array(try JSONSerialization.data(withJSONObject: answer)))
    }

    static func events(in body: [UInt8]) throws -> [[String: Any]] {
      let json = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
      return json?["events"] as? [[String: Any]] ?? []
    }
  }
}
