internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// How a message gets to its receiver.
public struct WebhookTransport: Sendable {
  public typealias Header = (name: String, value: String)

  /// Returns the status of the answer; throws where there is none.
  public var post:
    @Sendable (
      _ url: String, _ headers: [Header], _ body: [UInt8], _ timeout: Duration
    ) async throws -> Int
  public var close: @Sendable () async -> Void

  public init(
    post: @escaping @Sendable (String, [Header], [UInt8], Duration) async throws -> Int,
    close: @escaping @Sendable () async -> Void = {}
  ) {
    self.post = post
    self.close = close
  }

  /// Over the network. Redirects are not followed: they would carry the message elsewhere. What is answered
  /// is not read beyond its head.
  public static func network() -> WebhookTransport {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(5)
    // Who tries again, and when, is decided here.
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    return WebhookTransport(
      post: { url, headers, body, timeout in
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: TimeAmount(timeout))
        return Int(response.status.code)
      },
      close: { try? await client.shutdown() })
  }
}
