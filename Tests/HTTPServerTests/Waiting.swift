import Glibc
import HTTPServer
import Synchronization

enum Pause {
  static func milliseconds(_ count: Int) { usleep(UInt32(count) * 1000) }
}

/// `@unchecked Sendable`: one thread after the other uses it.
final class Shared<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}

final class Answers: Sendable {
  private let content = Mutex<[UInt8]?>(nil)
  var bytes: [UInt8]? { content.withLock { $0 } }
  func set(_ bytes: [UInt8]) { content.withLock { $0 = bytes } }
}

extension TestService {
  /// Returns when a request is being answered.
  func waitForRequest() async throws {
    while !service.metrics.registry.text.contains("daybook_http_requests_in_flight 1") {
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
