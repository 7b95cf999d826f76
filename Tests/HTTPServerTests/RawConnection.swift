import Foundation
import Glibc
import Synchronization

/// Runs what blocks on a thread of its own: the tasks of the tests and of the service share few.
func onThread<Value: Sendable>(
  _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
  }
}

struct SocketFailure: Error {
  let call: String
  let code: Int32
}

/// A connection of bytes, so that requests can be wrong in every way.
final class RawConnection {
  private let descriptor: Int32

  /// Nothing is waited for longer than `patience` seconds: a service that does not answer is a failure.
  /// `receiveBuffer`: bytes that the system keeps before they are read, about.
  init(port: Int, patience: Int = 20, receiveBuffer: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw SocketFailure(call: "socket", code: errno) }
    if var size = receiveBuffer {
      setsockopt(
        descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    var time = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    guard code == 0 else {
      let failure = SocketFailure(call: "connect", code: errno)
      close(descriptor)
      throw failure
    }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      // The service may have closed: what it said before can still be read.
      if count < 0, errno == EPIPE || errno == ECONNRESET { return }
      if count < 0 { throw SocketFailure(call: "send", code: errno) }
      sent += count
    }
  }

  /// Some bytes; none where the connection has ended.
  func read(_ most: Int = 1 << 16) throws -> [UInt8] {
    var block = [UInt8](repeating: 0, count: most)
    let count = recv(descriptor, &block, most, 0)
    if count < 0, errno == ECONNRESET { return [] }
    guard count >= 0 else { throw SocketFailure(call: "recv", code: errno) }
    return Array(block[..<count])
  }

  func readToEnd() throws -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try read()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }
}

struct RawAnswer: Sendable {
  var status: Int
  /// In lower case.
  var headers: [String: String]
  var body: String

  subscript(name: String) -> String? { headers[name] }

  /// The answers in a stream of bytes, without those to `Expect`.
  static func all(in bytes: [UInt8]) -> [RawAnswer] {
    var answers: [RawAnswer] = []
    var rest = bytes[...]
    while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
      let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
      rest = rest[end.upperBound...]
      let words = (lines.first ?? "").split(separator: " ")
      let status = words.count > 1 ? Int(words[1]) ?? 0 : 0
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].dropFirst()) : ""
      }
      if status == 100 { continue }
      let body: ArraySlice<UInt8>
      if let count = headers["content-length"].flatMap({ Int($0) }) {
        body = rest.prefix(count)
        rest = rest.dropFirst(count)
      } else {
        body = rest
        rest = []
      }
      answers.append(
        RawAnswer(
          status: status, headers: headers, body: String(decoding: body, as: UTF8.self)))
    }
    return answers
  }
}
