internal import Authentication
internal import Glibc
package import Logging

/// The log: one line for each event, as text or JSON, to standard error.
///
/// What may stand in it is the business of those who write: no token, no text of SQL, no value of a row, no
/// path or query as it was sent.
package struct ServiceLog: LogHandler {
  package enum Format: String, Sendable { case text, json }

  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]
  private let format: Format
  private let now: @Sendable () -> Int64
  private let write: @Sendable (String) -> Void

  /// `now` is milliseconds since 1970; `write` is given whole lines.
  package init(
    format: Format, level: Logger.Level, now: @escaping @Sendable () -> Int64,
    write: @escaping @Sendable (String) -> Void = Self.standardError
  ) {
    self.format = format
    self.now = now
    self.write = write
    logLevel = level
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var fields = metadata
    if let more = event.metadata { fields.merge(more) { $1 } }
    if let error = event.error { fields["error"] = "\(error)" }
    let sorted = fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let time = Self.time(now())
    switch format {
    case .json:
      let members =
        [("time", time), ("level", "\(event.level)"), ("message", "\(event.message)")] + sorted
      let text = members.map { "\(StrictJSON.quoted($0)):\(StrictJSON.quoted($1))" }
      write("{\(text.joined(separator: ","))}\n")
    case .text:
      let text = sorted.map { " \($0)=\(Self.shown($1))" }.joined()
      write("\(time) \(event.level) \(Self.plain("\(event.message)"))\(text)\n")
    }
  }

  /// One call for a line, so that lines of several threads do not mix.
  package static let standardError: @Sendable (String) -> Void = { line in
    let bytes = Array(line.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }

  /// In quotes where it is not one plain word.
  private static func shown(_ text: String) -> String {
    let isWord = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 34 && $0 != 92 && $0 != 61 }
    return isWord && !text.isEmpty ? text : StrictJSON.quoted(text)
  }

  private static func plain(_ text: String) -> String {
    text.utf8.allSatisfy { $0 >= 32 && $0 != 127 } ? text : StrictJSON.quoted(text)
  }

  /// RFC 3339 in UTC with milliseconds.
  static func time(_ milliseconds: Int64) -> String {
    var seconds = time_t(milliseconds / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let day =
      "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
    let time =
      "\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
    return "\(day)T\(time).\(digits(Int32(milliseconds % 1000), 3))Z"
  }
}
