internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

enum HTTPTransport {
  static let path = "/api/analytics/"
  /// A batch's answer names each of its records.
  private static let largestAnswer = 4 << 20

  static func make(_ settings: ClientSettings) throws(ClientSettingsError) -> ClientTransport {
    var url = settings.url
    while url.hasSuffix("/") { url.removeLast() }
    let scheme = url.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https", url.utf8.count > scheme.utf8.count + 3,
      url.dropFirst(scheme.count).hasPrefix("://"),
      url.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), !url.contains("?"), !url.contains("#")
    else {
      throw ClientSettingsError(
        description: "the URL of the service must be as https://daybook.example.org")
    }
    guard !settings.key.isEmpty, settings.key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw ClientSettingsError(description: "the emitter key must be as dbk_..., without blanks")
    }
    var configuration = HTTPClient.Configuration()
    // A redirect would carry the key elsewhere.
    configuration.redirectConfiguration = .disallow
    configuration.timeout.connect = .seconds(5)
    // Who tries again, and when, is decided here.
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let target = url + Self.path
    let authorization = "Bearer \(settings.key)"
    let timeout = TimeAmount(settings.requestTimeout)
    return ClientTransport(
      post: { path, body in
        var request = HTTPClientRequest(url: target + path)
        request.method = .POST
        request.headers.add(name: "Authorization", value: authorization)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: timeout)
        let answer = try await response.body.collect(upTo: largestAnswer)
        return ServiceAnswer(
          status: Int(response.status.code),
          retryAfter: response.headers.first(name: "Retry-After").flatMap { Int64($0) }
            .flatMap { $0 >= 0 ? .seconds($0) : nil },
          body: Array(answer.readableBytesView))
      },
      close: { try? await client.shutdown() })
  }
}
