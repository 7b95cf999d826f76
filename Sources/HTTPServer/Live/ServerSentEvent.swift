/// What a stream of events says, as the HTML standard has it (section 9.2, "Server-sent events").
enum ServerSentEvent {
  static let contentType = "text/event-stream"

  /// `data` has no line breaks: JSON as it is written here.
  static func event(_ name: String, id: String? = nil, data: String) -> [UInt8] {
    var text = ""
    if let id { text += "id: \(id)\n" }
    text += "event: \(name)\ndata: \(data)\n\n"
    return Array(text.utf8)
  }

  /// Says nothing, and keeps connections open.
  static func comment(_ text: String) -> [UInt8] { Array(": \(text)\n\n".utf8) }

  /// How long to wait before connecting again.
  static func retry(milliseconds: Int) -> [UInt8] { Array("retry: \(milliseconds)\n\n".utf8) }
}
