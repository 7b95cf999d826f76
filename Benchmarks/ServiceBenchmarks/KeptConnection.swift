import Glibc

/// One connection that asks one query after the other, with as little of its own time as can be.
final class KeptConnection {
  /// In milliseconds.
  struct Sample {
    var roundTrip: Double
    var engine: Double
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let descriptor: Int32
  private let token: String
  private var bytes = [UInt8](repeating: 0, count: 1 << 20)

  init(port: UInt16, token: String) throws {
    self.token = token
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

  func ask(_ sql: String) throws -> Sample {
    let body = "{\"sql\":\"\(sql)\"}"
    let head =
      "POST /api/query?organizations=all HTTP/1.1\r\nHost: localhost\r\n"
      + "Authorization: Bearer \(token)\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n"
    let request = Array((head + body).utf8)
    let start = ContinuousClock.now
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
      throw Failure(description: "the request could not be sent")
    }
    let count = try readAnswer()
    let roundTrip = (ContinuousClock.now - start) / .milliseconds(1)
    guard bytes[9..<12].elementsEqual("200".utf8) else {
      throw Failure(description: String(decoding: bytes[..<count], as: UTF8.self))
    }
    guard let place = bytes[..<count].firstRange(of: Array("\"elapsed_ms\":".utf8)),
      let engine = Double(
        String(
          decoding: bytes[place.upperBound..<count].prefix { $0 != UInt8(ascii: "}") },
          as: UTF8.self))
    else { throw Failure(description: "the answer has no receipt") }
    return Sample(roundTrip: roundTrip, engine: engine)
  }

  /// Reads head and body; returns how many bytes they have. Within the time that is measured, so it
  /// makes no text of them.
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
      if end == nil { end = try endOfAnswer(count) }
    }
    return count
  }

  /// `nil` where the head is not there yet.
  private func endOfAnswer(_ count: Int) throws -> Int? {
    try bytes.withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
        let head = strstr(base, "\r\n\r\n")
      else { return nil }
      guard let length = strstr(base, "Content-Length:") ?? strstr(base, "content-length:") else {
        throw Failure(description: "the answer has no Content-Length")
      }
      return UnsafePointer(head) - base + 4 + strtol(length + 15, nil, 10)
    }
  }
}
