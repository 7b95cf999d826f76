import Glibc

/// A connection that sends one request after the other.
final class Connection {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let descriptor: Int32
  private var bytes = [UInt8](repeating: 0, count: 1 << 20)

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var on: Int32 = 1
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Failure(description: "nothing listens on port \(port)") }
  }

  deinit { close(descriptor) }

  /// Sends a request and waits for its answer, which must be 200 and hold `text`.
  func exchange(_ request: [UInt8], expecting text: String) throws {
    var sent = 0
    while sent < request.count {
      let count = request.withUnsafeBytes {
        send(
          descriptor, $0.baseAddress.map { $0 + sent }, request.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "the request could not be sent") }
      sent += count
    }
    let count = try readAnswer()
    let isRight = bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return false }
      return strncmp(base + 9, "200", 3) == 0 && strstr(base, text) != nil
    }
    guard isRight else {
      throw Failure(description: String(decoding: bytes[..<min(count, 2_000)], as: UTF8.self))
    }
  }

  private func readAnswer() throws -> Int {
    var count = 0
    var end: Int?
    while end.map({ count < $0 }) ?? true {
      let more = bytes.withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count - 1, 0)
      }
      guard more > 0 else { throw Failure(description: "the connection ended") }
      count += more
      bytes[count] = 0
      if end == nil { end = try endOfAnswer() }
    }
    return count
  }

  /// `nil` where the head is not there yet.
  private func endOfAnswer() throws -> Int? {
    try bytes.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
        let head = strstr(base, "\r\n\r\n")
      else { return nil }
      // ClickHouse answers with nothing, in chunks.
      if strstr(base, "chunked") != nil {
        guard let last = strstr(head, "\r\n0\r\n\r\n") else { return nil }
        return UnsafePointer(last) - base + 7
      }
      guard let length = strstr(base, "Content-Length:") ?? strstr(base, "content-length:") else {
        throw Failure(description: "the answer has no Content-Length")
      }
      return UnsafePointer(head) - base + 4 + strtol(length + 15, nil, 10)
    }
  }
}
