public import Hummingbird

/// No port of this machine was given to the server.
struct NoPort: Error {}

/// Runs `body` with the port of a server of this machine that answers by `router`, and ends it after.
public func withLoopbackServer(
  _ router: Router<BasicRequestContext>,
  _ body: @escaping @Sendable (_ port: Int) async throws -> Void
) async throws {
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  let server = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
    onServerRunning: { port.yield($0.localAddress?.port ?? 0) })
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { try await server.run() }
    defer { group.cancelAll() }
    var numbers = ports.makeAsyncIterator()
    guard let number = await numbers.next() else { throw NoPort() }
    try await body(number)
  }
}
