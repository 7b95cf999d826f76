import Authentication
import Testing

/// A stream of server-sent events as a browser reads it.
///
/// Used by one thread after the other.
final class EventStream: @unchecked Sendable {
  struct Event: Sendable {
    var name = ""
    var id = ""
    var data = ""
    var comment = ""
    var retry = ""

    var json: [String: StrictJSON] {
      (try? StrictJSON(Array(data.utf8)))?.members ?? [:]
    }

    /// Of a counter, since midnight; `nil` where the event does not have it.
    func today(_ counter: String) -> Int64? {
      json["counters"]?.members?[counter]?.members?["today"]?.integer
    }
  }

  private let connection: RawConnection
  /// As they came, in chunks.
  private var raw: [UInt8] = []
  private var content: [UInt8] = []
  private(set) var head = ""
  private var isAtEnd = false

  init(
    port: Int, token: String, query: String = "", headers: [String] = [],
    receiveBuffer: Int32? = nil
  ) throws {
    connection = try RawConnection(port: port, receiveBuffer: receiveBuffer)
    let lines =
      [
        "GET /api/admin/live\(query) HTTP/1.1", "Host: localhost", "Accept-Encoding: gzip",
        "Authorization: Bearer \(token)",
      ] + headers
    try connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
  }

  func readHead() throws {
    while true {
      if let end = raw.firstRange(of: Array("\r\n\r\n".utf8)) {
        head = String(decoding: raw[..<end.lowerBound], as: UTF8.self)
        raw = Array(raw[end.upperBound...])
        return
      }
      let more = try connection.read()
      guard !more.isEmpty else {
        isAtEnd = true
        return
      }
      raw += more
    }
  }

  /// The next event or comment; `nil` at the end.
  func next() throws -> Event? {
    if head.isEmpty { try readHead() }
    while true {
      if let end = content.firstRange(of: [10, 10]) {
        let text = String(decoding: content[..<end.lowerBound], as: UTF8.self)
        content = Array(content[end.upperBound...])
        return Self.event(text)
      }
      if takeChunk() { continue }
      if isAtEnd { return nil }
      let more = try connection.read()
      if more.isEmpty { isAtEnd = true }
      raw += more
    }
  }

  /// The next event that is no comment and no time to wait.
  func nextEvent() throws -> Event? {
    while let event = try next() { if !event.name.isEmpty { return event } }
    return nil
  }

  private func takeChunk() -> Bool {
    guard let line = raw.firstRange(of: [13, 10]),
      let count = Int(String(decoding: raw[..<line.lowerBound], as: UTF8.self), radix: 16),
      raw.count >= line.upperBound + count + 2
    else { return false }
    if count == 0 { isAtEnd = true }
    content += raw[line.upperBound..<line.upperBound + count]
    raw = Array(raw[(line.upperBound + count + 2)...])
    return true
  }

  private static func event(_ text: String) -> Event {
    var event = Event()
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
      switch parts[0] {
      case "event": event.name = value
      case "id": event.id = value
      case "data": event.data = value
      case "retry": event.retry = value
      default: event.comment = value
      }
    }
    return event
  }
}
